//! [`Challenge`]: the answer to a request whose bearer token does not let it in.

use std::fmt;
use std::time::Duration;

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use super::response::error_response;
use crate::error::VerifyError;

/// How long to wait after "cannot tell": about as long as a fetch of the keys takes with its
/// time-out and one more try.
pub(crate) const RETRY_AFTER_UNAVAILABLE: Duration = Duration::from_secs(5);

/// Why a request is not let in, as status, header and body
/// ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
///
/// Everything in it is fixed text: nothing of the request is echoed, and no refused token can be
/// told from another by it.
///
/// ```
/// use cognito_auth::bearer::Challenge;
///
/// let response = Challenge::missing_token().into_response();
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["www-authenticate"], "Bearer");
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// assert_eq!(
///     response.body(),
///     r#"{"error":"missing_token","message":"A bearer token is required."}"#,
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge(Reason);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    MissingToken,
    InvalidRequest,
    InvalidToken,
    InsufficientScope,
    Unavailable,
}

impl Challenge {
    /// There is no bearer token: 401, and no error code, since nothing is wrong yet
    /// ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    pub fn missing_token() -> Self {
        Self(Reason::MissingToken)
    }

    /// `Authorization` is malformed or repeated: 400.
    pub fn invalid_request() -> Self {
        Self(Reason::InvalidRequest)
    }

    pub(crate) fn invalid_token() -> Self {
        Self(Reason::InvalidToken)
    }

    /// The answer to a token that was not accepted. The reason goes to the log, and only there.
    pub(crate) fn refused(error: VerifyError) -> Self {
        let code = error.code();
        // Strangers can cause one for each request. What is out of reach says so itself, once.
        if error.is_unavailable() {
            tracing::debug!(target: "cognito_auth::verify", code, "a token cannot be checked");
        } else {
            tracing::debug!(target: "cognito_auth::verify", code, "a token was refused");
        }
        Self::from(&error)
    }

    /// The status: 400, 401, 403 or 503.
    pub fn status(&self) -> StatusCode {
        match self.0 {
            Reason::MissingToken | Reason::InvalidToken => StatusCode::UNAUTHORIZED,
            Reason::InvalidRequest => StatusCode::BAD_REQUEST,
            Reason::InsufficientScope => StatusCode::FORBIDDEN,
            Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The header `WWW-Authenticate`; none with a 503, lest the client drop a good token.
    pub fn www_authenticate(&self) -> Option<HeaderValue> {
        let value = match self.0 {
            Reason::MissingToken => "Bearer",
            Reason::InvalidRequest => r#"Bearer error="invalid_request""#,
            Reason::InvalidToken => r#"Bearer error="invalid_token""#,
            Reason::InsufficientScope => r#"Bearer error="insufficient_scope""#,
            Reason::Unavailable => return None,
        };
        Some(HeaderValue::from_static(value))
    }

    /// When trying again makes sense: five seconds with a 503, else never.
    pub fn retry_after(&self) -> Option<Duration> {
        self.is_unavailable().then_some(RETRY_AFTER_UNAVAILABLE)
    }

    /// The error code of RFC 6750, where it has one for this.
    pub fn error(&self) -> Option<&'static str> {
        match self.0 {
            Reason::MissingToken | Reason::Unavailable => None,
            _ => Some(self.code()),
        }
    }

    /// A stable word for logs, metrics and the body.
    pub fn code(&self) -> &'static str {
        match self.0 {
            Reason::MissingToken => "missing_token",
            Reason::InvalidRequest => "invalid_request",
            Reason::InvalidToken => "invalid_token",
            Reason::InsufficientScope => "insufficient_scope",
            Reason::Unavailable => "temporarily_unavailable",
        }
    }

    /// "We cannot tell", as opposed to "not with this token".
    pub fn is_unavailable(&self) -> bool {
        self.0 == Reason::Unavailable
    }

    /// The whole answer. The body is `{"error":"<code>","message":"<one sentence>"}`.
    pub fn into_response(self) -> Response<String> {
        let mut response = error_response(self.status(), self.code(), self.message());
        self.write_headers(&mut response);
        response
    }

    /// The headers that say the same whatever the status.
    pub(crate) fn write_headers(&self, response: &mut Response<String>) {
        if let Some(value) = self.www_authenticate() {
            response.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        if let Some(wait) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
    }

    fn message(&self) -> &'static str {
        match self.0 {
            Reason::MissingToken => "A bearer token is required.",
            Reason::InvalidRequest => "The Authorization header is malformed.",
            Reason::InvalidToken => "The token is not accepted.",
            Reason::InsufficientScope => "The token does not allow this.",
            Reason::Unavailable => "The token cannot be checked at the moment.",
        }
    }
}

/// The only table from error to answer.
impl From<&VerifyError> for Challenge {
    fn from(error: &VerifyError) -> Self {
        Self(if error.is_unavailable() {
            Reason::Unavailable
        } else if error.is_insufficient() {
            Reason::InsufficientScope
        } else {
            Reason::InvalidToken
        })
    }
}

impl From<VerifyError> for Challenge {
    fn from(error: VerifyError) -> Self {
        Self::from(&error)
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::MissingToken => "there is no bearer token",
            Reason::InvalidRequest => "the Authorization header is malformed",
            Reason::InvalidToken => "the token is refused",
            Reason::InsufficientScope => "the token lacks a scope or group",
            Reason::Unavailable => "the token cannot be checked at the moment",
        })
    }
}

impl std::error::Error for Challenge {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{KeysUnavailable, Part, RevocationError};

    const INVALID_TOKEN: &str =
        r#"{"error":"invalid_token","message":"The token is not accepted."}"#;

    /// Status, `WWW-Authenticate`, `Retry-After`, body.
    fn answer(challenge: Challenge) -> (u16, Option<String>, Option<String>, String) {
        let response = challenge.into_response();
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(header("content-type").as_deref(), Some("application/json"));
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        let (challenge, wait) = (header("www-authenticate"), header("retry-after"));
        (response.status().as_u16(), challenge, wait, response.into_body())
    }

    #[test]
    fn every_refused_token_gets_one_answer() {
        let expected = (
            401,
            Some(r#"Bearer error="invalid_token""#.to_owned()),
            None,
            INVALID_TOKEN.to_owned(),
        );
        let mut codes = std::collections::BTreeSet::new();
        for error in [
            VerifyError::TooLarge { limit: 1 },
            VerifyError::HeaderTooLarge { limit: 1 },
            VerifyError::NotThreeParts,
            VerifyError::NotBase64Url { part: Part::Header },
            VerifyError::NotBase64Url { part: Part::Payload },
            VerifyError::NotBase64Url { part: Part::Signature },
            VerifyError::NotJsonObject { part: Part::Header },
            VerifyError::NotJsonObject { part: Part::Payload },
            VerifyError::DuplicateMember { part: Part::Header },
            VerifyError::DuplicateMember { part: Part::Payload },
            VerifyError::AlgorithmNotAllowed,
            VerifyError::CriticalHeader,
            VerifyError::EmbeddedKey,
            VerifyError::KeyIdUnusable,
            VerifyError::IssuerNotAllowed,
            VerifyError::UnknownKey,
            VerifyError::KeyMismatch,
            VerifyError::SignatureInvalid,
            VerifyError::ClaimMissing { claim: "exp" },
            VerifyError::ClaimMalformed { claim: "exp" },
            VerifyError::TokenUseMismatch,
            VerifyError::ClientNotAllowed,
            VerifyError::Expired { ago: 1 },
            VerifyError::LifetimeTooLong { limit: 1 },
            VerifyError::NotYetValid { ahead: 1 },
            VerifyError::IssuedInFuture { ahead: 1 },
            VerifyError::AudienceNotAllowed,
            VerifyError::UserRequired,
            VerifyError::TooOld { age: 2, limit: 1 },
            VerifyError::NonceMismatch,
            VerifyError::AccessTokenHashMismatch,
            VerifyError::SubjectMismatch,
            VerifyError::CustomCheck { code: "quota" },
            VerifyError::Revoked,
        ] {
            assert_eq!(answer(Challenge::from(&error)), expected, "{error}");
            codes.insert(error.code());
        }
        // All that `code()` has but two that are insufficient and two that are unavailable: there is
        // no list of an enum's variants.
        let source = include_str!("../error/verify.rs");
        let (_, rest) = source.split_once("pub fn code(&self)").unwrap();
        let (words, _) = rest.split_once("\n    }\n").unwrap();
        assert_eq!(codes.len() + 4, words.matches("=> \"").count());
    }

    #[test]
    fn what_is_missing_is_forbidden() {
        for error in [VerifyError::ScopeMissing, VerifyError::GroupMissing] {
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
        for error in [
            VerifyError::KeysUnavailable(KeysUnavailable::Timeout),
            VerifyError::RevocationUnavailable(RevocationError::new("down")),
        ] {
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
            r#"{"error":"invalid_request","message":"The Authorization header is malformed."}"#
        );
    }

    #[test]
    fn only_what_the_rfc_names_has_an_error_code() {
        assert_eq!(Challenge::missing_token().error(), None);
        assert_eq!(Challenge::invalid_request().error(), Some("invalid_request"));
        assert_eq!(Challenge::invalid_token().error(), Some("invalid_token"));
        let unavailable =
            Challenge::from(VerifyError::KeysUnavailable(KeysUnavailable::NotFetched));
        assert_eq!(unavailable.error(), None);
    }
}
