//! The log of refused requests: every refusal at `debug`, the first one for each reason at `info`.
//!
//! At `info` each reason is logged once and then at a bounded rate. So a developer sees why a request
//! is refused at the usual log level, and a flood of invalid tokens does not flood the log. No event
//! contains a part of a token: only codes, fixed sentences, and the fields of a
//! [`VerifyError`](crate::error::VerifyError).

mod check;
mod sightings;

use std::sync::LazyLock;
use std::time::Instant;

use http::HeaderMap;

use crate::error::VerifyError;
use crate::jwt::TokenUse;
use sightings::Sightings;

/// One for the process: a handler that turns an error into a response has no verifier to hold it.
static SHOWN: Sightings = Sightings::new();
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A token was not accepted. `expected` is the kind of token that the route takes, where it is known.
pub(super) fn of_token(error: &VerifyError, expected: Option<TokenUse>) {
    let code = error.code();
    // The keys and the stores log their outages themselves.
    if error.is_unavailable() {
        tracing::debug!(target: "cognito_auth::verify", code, "a token cannot be checked");
        return;
    }
    tracing::debug!(target: "cognito_auth::verify", code, "a token was refused");
    let check = check::of_token(error, expected);
    // Words of the application's own checks are reasons of their own.
    let reason = if let VerifyError::CustomCheck { code } = error { code } else { check };
    show(code, reason, |not_shown| {
        tracing::info!(target: "cognito_auth::verify", code, %error, check, not_shown, "a request was refused: the token is not accepted");
    });
}

/// `Authorization` is malformed; `check` says how.
pub(super) fn of_request(check: &'static str) {
    without_token("invalid_request", check);
}

/// A bearer token is required, and there is none.
pub(super) fn of_missing_token(headers: &HeaderMap) {
    without_token("missing_token", check::of_missing_token(headers));
}

/// A token is required, and is not in the header field that it is read from.
pub(super) fn of_absent_token(check: &'static str) {
    without_token("missing_token", check);
}

/// The token is in a cookie, and the request does not pass the application's CSRF rules.
pub(super) fn of_cross_site_request() {
    without_token(
        "csrf",
        "Sec-Fetch-Site, Origin: a page of another site may have caused the request",
    );
}

fn without_token(code: &'static str, check: &'static str) {
    tracing::debug!(target: "cognito_auth::verify", code, check, "a request without a usable token was refused");
    show(code, check, |not_shown| {
        tracing::info!(target: "cognito_auth::verify", code, check, not_shown, "a request was refused: it has no usable token");
    });
}

/// The clock is read only where a subscriber takes the event: any client can cause refusals.
fn show(code: &'static str, reason: &'static str, show: impl FnOnce(u64)) {
    if tracing::enabled!(target: "cognito_auth::verify", tracing::Level::INFO)
        && let Some(not_shown) = SHOWN.see((code, reason), START.elapsed().as_secs())
    {
        show(not_shown);
    }
}
