//! The rules of the paths below `/_local/`, which Cognito does not have: for programs of this machine.
//!
//! A page in a browser on this machine must not reach them. The server listens on loopback; a name that
//! leads there (DNS rebinding) is told by `Host`; and a form, or a script without the consent of a
//! preflight that is never given, can neither send `application/json` nor read a response.

use http::header::{ALLOW, CONTENT_TYPE, HOST, HeaderName};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::json;

use crate::loopback::is_loopback_host;
use crate::testing::http::domain::response::domain;
use crate::testing::http::response::{HttpResponse, put};

/// The refusal of a request that is not a program's of this machine, or has another method.
pub(crate) fn refused_request(request: &Request<Vec<u8>>, method: &Method) -> Option<HttpResponse> {
    let headers = request.headers();
    if !has_loopback_host(headers) {
        let message = "Host is not a loopback address or localhost";
        return Some(refused(StatusCode::FORBIDDEN, message));
    }
    if request.method() != method {
        let mut response =
            refused(StatusCode::METHOD_NOT_ALLOWED, &format!("the method is {method}"));
        put(&mut response, ALLOW, method.as_str());
        return Some(response);
    }
    if method == Method::POST && !is_json(headers) {
        let message = "the content type is application/json";
        return Some(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    None
}

pub(crate) fn refused(status: StatusCode, message: &str) -> HttpResponse {
    json_response(status, &json!({ "message": message }))
}

pub(crate) fn json_response(status: StatusCode, body: &serde_json::Value) -> HttpResponse {
    let mut response = domain(status, body.to_string());
    put(&mut response, CONTENT_TYPE, "application/json");
    response
}

/// One `Host`, and it is a name of this machine that no other name resolves to.
fn has_loopback_host(headers: &HeaderMap) -> bool {
    let Some(host) = only(headers, HOST) else { return false };
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    !authority.as_str().contains('@') && is_loopback_host(address)
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = only(headers, CONTENT_TYPE).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The value of a header that is there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}
