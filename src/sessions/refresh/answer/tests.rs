//! Tests of `sessions::refresh::answer`.

use super::*;
use crate::error::{Refusal, RefusalCode, Unreachable};

#[test]
fn every_error_has_one_outcome() {
    let refused = |code| AuthError::Refused(Refusal::new(code));
    let with_token = |error: AuthError| error.with_new_refresh_token(Some("new".into()));
    let undecodable =
        || AuthError::Undecodable { status: 200, reason: crate::error::AnswerProblem::Other("") };
    for (error, expected) in [
        (refused(RefusalCode::InvalidGrant), Outcome::UserRefused),
        (refused(RefusalCode::RefreshTokenReused), Outcome::UserRefused),
        (refused(RefusalCode::UserDisabled), Outcome::UserRefused),
        (refused(RefusalCode::InvalidClient), Outcome::Misconfigured),
        (refused(RefusalCode::Other), Outcome::NotDone),
        (AuthError::Unreachable(Unreachable::Connect), Outcome::NotDone),
        (AuthError::Unreachable(Unreachable::HostNotFound), Outcome::NotDone),
        (AuthError::Unreachable(Unreachable::Tls), Outcome::NotDone),
        (AuthError::Unreachable(Unreachable::Timeout), Outcome::Unknown),
        (AuthError::Unreachable(Unreachable::CutOff), Outcome::Unknown),
        (undecodable(), Outcome::Unknown),
        (AuthError::ServerError { status: 500 }, Outcome::NotDone),
        (AuthError::RateLimited { retry_after: None }, Outcome::NotDone),
        (AuthError::Blocked { status: 403, retry_after: None }, Outcome::NotDone),
        (with_token(undecodable()), Outcome::Granted),
        (with_token(AuthError::IdTokenMismatch { claim: "aud" }), Outcome::UserRefused),
    ] {
        assert_eq!(Answer::of(Err(error.clone())).outcome(), expected, "{error:?}");
    }
}
