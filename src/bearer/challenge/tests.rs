//! What a request is answered that brings no token that counts.

use super::*;
use crate::error::KeysUnavailable;

const INVALID_TOKEN: &str = r#"{"error":"invalid_token","message":"The token is not accepted."}"#;

/// Status, `WWW-Authenticate`, `Retry-After`, body.
fn answer(challenge: Challenge) -> (u16, Option<String>, Option<String>, String) {
    let response = challenge.into_response();
    let header =
        |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("application/json"));
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
    let (challenge, wait) = (header("www-authenticate"), header("retry-after"));
    (response.status().as_u16(), challenge, wait, response.into_body())
}

#[test]
fn every_refused_token_gets_one_answer() {
    let expected =
        (401, Some(r#"Bearer error="invalid_token""#.to_owned()), None, INVALID_TOKEN.to_owned());
    let refused = of_answer(RefusedAs::InvalidToken);
    assert!(refused.len() > 30, "{}", refused.len());
    for error in refused {
        assert_eq!(answer(Challenge::from(&error)), expected, "{error}");
    }
}

/// The errors that are declared with this answer.
fn of_answer(refused_as: RefusedAs) -> Vec<VerifyError> {
    let errors = VerifyError::one_of_each_code();
    errors.into_iter().filter(|error| error.refused_as() == refused_as).collect()
}

/// The list decides; a decision that changes is seen here.
#[test]
fn all_but_these_are_refusals_of_the_token() {
    let codes =
        |refused_as| of_answer(refused_as).iter().map(VerifyError::code).collect::<Vec<_>>();
    assert_eq!(codes(RefusedAs::Unavailable), ["keys_unavailable", "revocation_unavailable"]);
    let insufficient = codes(RefusedAs::InsufficientScope);
    assert!(["scope_missing", "group_missing"].iter().all(|code| insufficient.contains(code)));
}

#[test]
fn what_is_missing_is_forbidden() {
    for error in of_answer(RefusedAs::InsufficientScope) {
        let (status, challenge, wait, body) = answer(Challenge::from(&error));
        assert_eq!(status, 403);
        assert_eq!(challenge.as_deref(), Some(r#"Bearer error="insufficient_scope""#));
        assert_eq!(wait, None);
        assert_eq!(
            body,
            r#"{"error":"insufficient_scope","message":"The token does not allow this."}"#
        );
    }
}

#[test]
fn what_cannot_be_told_is_no_challenge() {
    for error in of_answer(RefusedAs::Unavailable) {
        let (status, challenge, wait, body) = answer(Challenge::from(&error));
        assert_eq!((status, challenge), (503, None));
        assert_eq!(wait.as_deref(), Some("5"));
        assert_eq!(
            body,
            r#"{"error":"temporarily_unavailable","message":"The token cannot be checked at the moment."}"#
        );
    }
}

#[test]
fn requests_without_a_readable_token() {
    let (status, challenge, wait, body) = answer(Challenge::missing_token());
    assert_eq!((status, challenge.as_deref(), wait), (401, Some("Bearer"), None));
    assert_eq!(body, r#"{"error":"missing_token","message":"A bearer token is required."}"#);

    let (status, challenge, wait, body) = answer(Challenge::invalid_request());
    assert_eq!((status, wait), (400, None));
    assert_eq!(challenge.as_deref(), Some(r#"Bearer error="invalid_request""#));
    assert_eq!(
        body,
        r#"{"error":"invalid_request","message":"The token of the request is malformed."}"#
    );
}

#[test]
fn only_what_the_rfc_names_has_an_error_code() {
    assert_eq!(Challenge::missing_token().error(), None);
    assert_eq!(Challenge::invalid_request().error(), Some("invalid_request"));
    assert_eq!(Challenge::invalid_token().error(), Some("invalid_token"));
    let unavailable = Challenge::from(VerifyError::KeysUnavailable(KeysUnavailable::NotFetched));
    assert_eq!(unavailable.error(), None);
}
