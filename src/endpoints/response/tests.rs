//! Tests of `endpoints::response`.

use super::*;
use crate::error::{ConfigError, RefusalCode};

#[test]
fn the_wait_is_whole_seconds_within_bounds() {
    for (asked, given) in [(None, 5), (Some(0), 1), (Some(1), 1), (Some(1500), 2)] {
        let error = AuthError::RateLimited { retry_after: asked.map(Duration::from_millis) };
        assert_eq!(Failure::of(&error, "test"), Failure::Unavailable(Duration::from_secs(given)));
    }
    let error = AuthError::RateLimited { retry_after: Some(Duration::MAX) };
    assert_eq!(Failure::of(&error, "test"), Failure::Unavailable(MOST_RETRY_AFTER));
}

#[test]
fn a_setting_is_no_refusal() {
    let error = AuthError::Config(ConfigError::NoTlsBackend);
    assert_eq!(Failure::of(&error, "test"), Failure::Misconfigured);
    assert_eq!(Failure::of(&AuthError::StateMismatch, "test"), Failure::Refused);
}

#[test]
fn refusals_that_say_nothing_of_the_token() {
    let unavailable = Failure::Unavailable(RETRY_AFTER_UNAVAILABLE);
    for (code, failure) in [
        (RefusalCode::InvalidClient, Failure::Misconfigured),
        (RefusalCode::UnauthorizedClient, Failure::Misconfigured),
        (RefusalCode::InvalidRedirect, Failure::Misconfigured),
        (RefusalCode::UnsupportedGrantType, Failure::Misconfigured),
        (RefusalCode::ResourceNotFound, Failure::Misconfigured),
        (RefusalCode::InvalidRequest, Failure::Misconfigured),
        (RefusalCode::InvalidScope, Failure::Misconfigured),
        (RefusalCode::InvalidParameter, Failure::Misconfigured),
        (RefusalCode::OperationNotEnabled, unavailable),
        (RefusalCode::Other, unavailable),
        (RefusalCode::NotAuthorized, Failure::Refused),
        (RefusalCode::TokenExpired, Failure::Refused),
        (RefusalCode::TriggerFailed, Failure::Refused),
    ] {
        let error = AuthError::from(crate::error::Refusal::new(code));
        assert_eq!(Failure::of(&error, "test"), failure, "{code:?}");
    }
}
