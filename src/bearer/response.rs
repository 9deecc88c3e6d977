//! The form of every answer that this crate gives.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Response, StatusCode};

#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
use crate::request_body::RequestBodyError;

/// The one form of an error's body. `code` and `message` are our own words: plain ASCII without
/// quotes, so that nothing has to be escaped.
pub(crate) fn error_response(
    status: StatusCode,
    code: &'static str,
    message: &'static str,
) -> Response<String> {
    json_response(status, format!(r#"{{"error":"{code}","message":"{message}"}}"#))
}

/// An answer that no cache keeps and no browser guesses about.
pub(crate) fn json_response(status: StatusCode, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers: [(HeaderName, &'static str); 3] = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(crate) fn not_found() -> Response<String> {
    error_response(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path.")
}

pub(crate) fn method_not_allowed(allow: &'static str) -> Response<String> {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let message = "This path does not answer this method.";
    let mut response = error_response(status, "method_not_allowed", message);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

pub(crate) fn body_refused() -> Response<String> {
    let message = "The request body is not what this endpoint takes.";
    error_response(StatusCode::BAD_REQUEST, "invalid_request", message)
}

#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
pub(crate) fn body_not_read(error: RequestBodyError) -> Response<String> {
    match error {
        RequestBodyError::Unreadable => body_refused(),
        RequestBodyError::Late => {
            let message = "The request body did not arrive in time.";
            error_response(StatusCode::REQUEST_TIMEOUT, "request_timeout", message)
        }
    }
}
