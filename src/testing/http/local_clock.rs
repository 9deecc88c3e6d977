//! `POST /_local/clock`: what a program in another process does with [`LocalUserPool::advance`].
//!
//! It is no endpoint of Cognito's, and a page in a browser on this machine must not reach it. The
//! server listens on loopback; a name that leads there (DNS rebinding) is told by `Host`; and a form,
//! or a script without the consent of a preflight that is never given, cannot send `application/json`.
//!
//! [`LocalUserPool::advance`]: crate::testing::LocalUserPool::advance

use std::time::Duration;

use http::header::{ALLOW, CONTENT_TYPE, HOST, HeaderName};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::loopback::is_loopback_host;
use crate::testing::http::domain::response::domain;
use crate::testing::http::response::{HttpResponse, put};
use crate::testing::pool::state::Core;

/// Ten years, the longest that anything of a pool lives.
const MOST_SECONDS: u64 = 315_360_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// The response to a request for the clock; `None` for any other path.
pub(crate) fn respond(core: &Core, request: &Request<Vec<u8>>) -> Option<HttpResponse> {
    (request.uri().path() == "/_local/clock").then(|| move_clock(core, request))
}

fn move_clock(core: &Core, request: &Request<Vec<u8>>) -> HttpResponse {
    let headers = request.headers();
    if !has_loopback_host(headers) {
        return refused(StatusCode::FORBIDDEN, "Host is not a loopback address or localhost");
    }
    if request.method() != Method::POST {
        let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, "the method is POST");
        put(&mut response, ALLOW, "POST");
        return response;
    }
    if !is_json(headers) {
        let message = "the content type is application/json";
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    match serde_json::from_slice(request.body()) {
        Ok(Advance { advance_seconds }) if advance_seconds <= MOST_SECONDS => {
            core.clock.advance(Duration::from_secs(advance_seconds));
            json(StatusCode::OK, &json!({ "now": core.clock.since_epoch().as_secs() }))
        }
        _ => {
            let message = "the body is {\"advance_seconds\": n}, n from 0 to 315360000 (10 years)";
            refused(StatusCode::BAD_REQUEST, message)
        }
    }
}

fn refused(status: StatusCode, message: &str) -> HttpResponse {
    json(status, &json!({ "message": message }))
}

fn json(status: StatusCode, body: &serde_json::Value) -> HttpResponse {
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
