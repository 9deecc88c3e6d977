//! The answers that are no success, and the table from an error to one of them.

use std::time::Duration;

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::bearer::challenge::{Challenge, RETRY_AFTER_UNAVAILABLE};
use crate::bearer::response::{error_response, json_response};
use crate::error::{AuthError, Verdict};

/// The longest wait that is passed on to a client: a provider's bad number must not lock it out.
const MOST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

pub(super) fn ok(body: &impl Serialize) -> Response<String> {
    match serde_json::to_string(body) {
        Ok(body) => json_response(StatusCode::OK, body),
        Err(_) => server_error(),
    }
}

/// No `Retry-After`: the same request again would bring a code that is spent.
pub(super) fn sign_in_incomplete() -> Response<String> {
    let message = "The sign-in could not be finished; start it again later.";
    error_response(StatusCode::SERVICE_UNAVAILABLE, "sign_in_incomplete", message)
}

/// RFC 9110 §15.5.2: a 401 carries a challenge.
pub(super) fn sign_in_refused() -> Response<String> {
    let message = "The sign-in was refused; start it again.";
    let mut response = error_response(StatusCode::UNAUTHORIZED, "sign_in_refused", message);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// One body for every request that is not authenticated; the challenge says what to do about it. "Cannot
/// tell" keeps its own status.
pub(super) fn not_authenticated(status: StatusCode, challenge: Challenge) -> Response<String> {
    if challenge.is_unavailable() {
        return unavailable(RETRY_AFTER_UNAVAILABLE);
    }
    let mut response = error_response(status, "not_authenticated", "Not authenticated.");
    challenge.write_headers(&mut response);
    response
}

pub(super) fn unsupported_media_type() -> Response<String> {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    error_response(status, "unsupported_media_type", "The request body must be application/json.")
}

pub(super) fn server_error() -> Response<String> {
    let message = "This service is not set up correctly.";
    error_response(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
}

pub(super) fn unavailable(wait: Duration) -> Response<String> {
    let message = "This cannot be answered at the moment; try again later.";
    unavailable_because("temporarily_unavailable", message, wait)
}

pub(super) fn unavailable_because(
    code: &'static str,
    message: &'static str,
    wait: Duration,
) -> Response<String> {
    let mut response = error_response(StatusCode::SERVICE_UNAVAILABLE, code, message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    response
}

/// Any user can cause it, so it is for debugging.
pub(super) fn log_refused(error: &AuthError, operation: &'static str) {
    let code = error.code();
    tracing::debug!(target: "cognito_auth::endpoints", operation, code, "refused");
}

/// What the endpoints answer to an error of the identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    Refused,
    Unavailable(Duration),
    Misconfigured,
}

impl Failure {
    /// The error's own answer, and a line in the log: what operators have to know is a warning,
    /// and a refusal is for debugging.
    pub(super) fn of(error: &AuthError, operation: &'static str) -> Self {
        let code = error.code();
        match error.verdict() {
            Verdict::Refused => {
                log_refused(error, operation);
                Self::Refused
            }
            Verdict::Misconfigured => {
                tracing::warn!(target: "cognito_auth::endpoints", operation, code, %error, "not set up: check the settings of this service and of the app client");
                Self::Misconfigured
            }
            Verdict::Unavailable => {
                tracing::warn!(target: "cognito_auth::endpoints", operation, code, %error, "no answer");
                Self::Unavailable(wait(error))
            }
        }
    }
}

/// Whole seconds, at least one: zero would be an invitation to hammer.
fn wait(error: &AuthError) -> Duration {
    let wait = match error {
        AuthError::RateLimited { retry_after: Some(wait) }
        | AuthError::Blocked { retry_after: Some(wait), .. } => *wait,
        _ => RETRY_AFTER_UNAVAILABLE,
    };
    Duration::from_secs_f64(wait.min(MOST_RETRY_AFTER).as_secs_f64().ceil().max(1.0))
}

#[cfg(test)]
mod tests;
