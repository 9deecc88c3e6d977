//! HTTP answers in Cognito's form: header sets, redirects, JSON, pages.

use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION, SET_COOKIE,
    WWW_AUTHENTICATE,
};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::testing::http::json_api::error::ApiError;
use crate::error::RefusalCode;

/// An answer with its whole body.
pub(crate) type Answer = Response<Vec<u8>>;

/// What the domain sends with everything, `Strict-Transport-Security` aside: over plain http a
/// browser must ignore it ([RFC 6797 §8.1](https://www.rfc-editor.org/rfc/rfc6797#section-8.1)).
const DOMAIN_HEADERS: [(&str, &str); 7] = [
    ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "1; mode=block"),
    ("server", "Server"),
];

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                           frame-ancestors 'none'";

/// An answer of the pool's domain.
pub(crate) fn domain(status: StatusCode, body: impl Into<Vec<u8>>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    for (name, value) in DOMAIN_HEADERS {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}

/// `302` with `Location`. A target that is no header value cannot come from a registered URI.
pub(crate) fn redirect(target: &str) -> Answer {
    let mut answer = domain(StatusCode::FOUND, "");
    put(&mut answer, LOCATION, target);
    answer
}

/// A page without scripts and without anything from elsewhere.
///
/// The policy has no `form-action`: Chromium applies it to every redirect after the form was sent,
/// and where the app sends the browser after its callback is the app's own affair.
pub(crate) fn page(status: StatusCode, html: String) -> Answer {
    let mut answer = domain(status, html);
    put(&mut answer, CONTENT_TYPE, "text/html; charset=utf-8");
    put(&mut answer, HeaderName::from_static("content-security-policy"), PAGE_POLICY);
    put(&mut answer, HeaderName::from_static("referrer-policy"), "no-referrer");
    put(&mut answer, CACHE_CONTROL, "no-store");
    answer
}

/// JSON of the OAuth endpoints.
pub(crate) fn oauth(status: StatusCode, body: &impl Serialize) -> Answer {
    let mut answer = domain(status, serde_json::to_vec(body).unwrap_or_default());
    put(&mut answer, CONTENT_TYPE, "application/json;charset=UTF-8");
    answer
}

/// An error of the OAuth endpoints ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)),
/// usually without a description.
pub(crate) fn oauth_error(status: StatusCode, code: RefusalCode) -> Answer {
    #[derive(Serialize)]
    struct Body {
        error: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error_description: Option<&'static str>,
    }

    let body = match code {
        RefusalCode::InvalidRedirect => Body {
            error: RefusalCode::UnauthorizedClient.as_str(),
            error_description: Some(INVALID_REDIRECT),
        },
        code => Body { error: code.as_str(), error_description: None },
    };
    oauth(status, &body)
}

/// The one description that is part of the contract.
pub(crate) const INVALID_REDIRECT: &str = "invalid_redirect";

/// userInfo's challenge: Cognito sends it without a scheme word in front.
pub(crate) fn challenge(status: StatusCode, error: &str, description: &str) -> Answer {
    let mut answer = domain(status, "");
    let value = format!("error=\"{error}\", error_description=\"{description}\"");
    put(&mut answer, WWW_AUTHENTICATE, &value);
    answer
}

/// A success of the JSON API.
pub(crate) fn api(body: &impl Serialize) -> Answer {
    json_api(StatusCode::OK, serde_json::to_vec(body).unwrap_or_default())
}

/// A refusal of the JSON API: always 400, the exception in the body and, with a colon behind it, in
/// a header.
pub(crate) fn api_error(error: &ApiError) -> Answer {
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(rename = "__type")]
        exception: &'a str,
        message: &'a str,
    }

    let body = Body { exception: error.exception, message: &error.message };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut answer = json_api(StatusCode::BAD_REQUEST, body);
    let exception = format!("{}:", error.exception);
    put(&mut answer, HeaderName::from_static("x-amzn-errortype"), &exception);
    put(&mut answer, HeaderName::from_static("x-amzn-errormessage"), &error.message);
    answer
}

fn json_api(status: StatusCode, body: Vec<u8>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    put(&mut answer, CONTENT_TYPE, "application/x-amz-json-1.1");
    answer
}

/// Lets scripts of any origin read the answer, as Cognito does at token, revoke and userInfo.
pub(crate) fn any_origin(mut answer: Answer) -> Answer {
    put(&mut answer, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    answer
}

pub(crate) fn with_cookie(mut answer: Answer, cookie: &str) -> Answer {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
    answer
}

/// Sets a header. What cannot be a header value is left out: it can only be an echo of input.
pub(crate) fn put(answer: &mut Answer, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
