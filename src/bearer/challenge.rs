//! [`Challenge`]: the response to a request whose bearer token is missing or not accepted.

mod parameters;
mod texts;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::refusal;
use super::response::error_response;
use crate::error::{RefusedAs, VerifyError};
use crate::jwt::TokenUse;
pub(in crate::bearer) use parameters::ChallengeParameters;
use parameters::quotable;

/// `Retry-After` of a 503: about as long as a fetch of the keys takes that times out.
pub(crate) const RETRY_AFTER_UNAVAILABLE: Duration = Duration::from_secs(5);

/// The response to a request that is refused or cannot be checked: status, headers and body
/// ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
///
/// The response contains no part of the request, and does not show why a token was refused. All texts are
/// fixed, except what the application's settings add to `WWW-Authenticate`: the realm, the address of the
/// [metadata][`JwtBearer::resource_metadata`], and what the route requires.
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
///
/// [`JwtBearer::resource_metadata`]: crate::bearer::JwtBearer::resource_metadata
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    reason: Reason,
    parameters: Option<Arc<ChallengeParameters>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    MissingToken,
    InvalidRequest,
    InvalidToken,
    InsufficientScope,
    CrossSite,
    InsufficientAuthentication { required: RequiredAuthentication },
    Unavailable,
}

/// What a new sign-in has to be like ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
#[derive(Debug, Clone, PartialEq, Eq)]
enum RequiredAuthentication {
    /// In seconds.
    MaxAge(u64),
    AcrValues(Box<str>),
    /// The error does not say.
    Unknown,
}

impl Challenge {
    fn new(reason: Reason) -> Self {
        Self { reason, parameters: None }
    }

    /// The request has no bearer token: 401, without an error code in `WWW-Authenticate`
    /// ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    pub fn missing_token() -> Self {
        Self::new(Reason::MissingToken)
    }

    /// The header field, or the cookie, that the token is read from is malformed or repeated: 400.
    pub fn invalid_request() -> Self {
        Self::new(Reason::InvalidRequest)
    }

    pub(crate) fn invalid_token() -> Self {
        Self::new(Reason::InvalidToken)
    }

    /// The response to a token that was not accepted. The reason is written to the log.
    pub(crate) fn refused(error: VerifyError) -> Self {
        Self::from(&error)
    }

    /// As [`refused`](Self::refused), for a route that expects this kind of token.
    pub(crate) fn refused_as(expected: TokenUse, error: &VerifyError) -> Self {
        refusal::of_token(error, Some(expected));
        Self::of(error)
    }

    /// As [`invalid_request`](Self::invalid_request); what to check is written to the log.
    pub(crate) fn malformed(check: &'static str) -> Self {
        refusal::of_request(check);
        Self::invalid_request()
    }

    /// As [`missing_token`](Self::missing_token); what these headers have instead is written to the log.
    pub(crate) fn required(headers: &HeaderMap) -> Self {
        refusal::of_missing_token(headers);
        Self::missing_token()
    }

    /// As [`missing_token`](Self::missing_token); what to check is written to the log.
    pub(crate) fn absent(check: &'static str) -> Self {
        refusal::of_absent_token(check);
        Self::missing_token()
    }

    /// The token is in a cookie, and a page of another site may have caused the request. RFC 6750 has no error
    /// for it.
    pub(super) fn cross_site() -> Self {
        refusal::of_cross_site_request();
        Self::new(Reason::CrossSite)
    }

    /// The only table from error to answer.
    fn of(error: &VerifyError) -> Self {
        Self::new(match error.refused_as() {
            RefusedAs::InvalidToken => Reason::InvalidToken,
            RefusedAs::InsufficientScope => Reason::InsufficientScope,
            RefusedAs::InsufficientAuthentication => {
                Reason::InsufficientAuthentication { required: RequiredAuthentication::of(error) }
            }
            RefusedAs::Unavailable => Reason::Unavailable,
        })
    }

    /// With what the settings of the route add.
    pub(super) fn with(self, parameters: &Option<Arc<ChallengeParameters>>) -> Self {
        Self { parameters: parameters.clone(), ..self }
    }

    /// The status: 400, 401, 403 or 503.
    pub fn status(&self) -> StatusCode {
        match self.reason {
            Reason::MissingToken
            | Reason::InvalidToken
            | Reason::InsufficientAuthentication { .. } => StatusCode::UNAUTHORIZED,
            Reason::InvalidRequest => StatusCode::BAD_REQUEST,
            Reason::InsufficientScope | Reason::CrossSite => StatusCode::FORBIDDEN,
            Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The header `WWW-Authenticate`. A 503 has none, so that the client does not discard a valid token; nor has
    /// the answer to a request that a page of another site may have caused.
    pub fn www_authenticate(&self) -> Option<HeaderValue> {
        if matches!(self.reason, Reason::Unavailable | Reason::CrossSite) {
            return None;
        }
        let mut value = "Bearer".to_owned();
        let mut separator = " ";
        let mut add = |name: &str, text: &str| {
            // Writing to a String cannot fail.
            let _ = write!(value, r#"{separator}{name}="{text}""#);
            separator = ", ";
        };
        let settings = self.parameters.as_deref();
        if let Some(realm) = settings.and_then(ChallengeParameters::realm) {
            add("realm", realm);
        }
        if let Some(error) = self.error() {
            add("error", error);
        }
        match &self.reason {
            Reason::MissingToken | Reason::InsufficientScope => {
                if let Some(scope) = settings.and_then(ChallengeParameters::scope) {
                    add("scope", &scope);
                }
            }
            Reason::InsufficientAuthentication { required } => match required {
                RequiredAuthentication::MaxAge(seconds) => add("max_age", &seconds.to_string()),
                RequiredAuthentication::AcrValues(values) => {
                    if let Some(values) = quotable(values) {
                        add("acr_values", &values);
                    }
                }
                RequiredAuthentication::Unknown => {}
            },
            Reason::InvalidRequest
            | Reason::InvalidToken
            | Reason::CrossSite
            | Reason::Unavailable => {}
        }
        if let Some(address) = settings.and_then(ChallengeParameters::resource_metadata) {
            add("resource_metadata", address);
        }
        HeaderValue::try_from(value).ok()
    }

    /// The wait before another try: five seconds with a 503, `None` otherwise.
    pub fn retry_after(&self) -> Option<Duration> {
        self.is_unavailable().then_some(RETRY_AFTER_UNAVAILABLE)
    }

    /// The error code of RFC 6750 or of RFC 9470, if they have one for this response.
    pub fn error(&self) -> Option<&'static str> {
        match self.reason {
            Reason::MissingToken | Reason::CrossSite | Reason::Unavailable => None,
            _ => Some(self.code()),
        }
    }

    /// Whether the token could not be checked (503), as opposed to refused.
    pub fn is_unavailable(&self) -> bool {
        self.reason == Reason::Unavailable
    }

    /// The complete response. The body is `{"error":"<code>","message":"<one sentence>"}`.
    pub fn into_response(self) -> Response<String> {
        let mut response = error_response(self.status(), self.code(), self.message());
        self.write_headers(&mut response);
        response
    }

    /// Writes `WWW-Authenticate` and `Retry-After`, where the status has them.
    pub(crate) fn write_headers(&self, response: &mut Response<String>) {
        if let Some(value) = self.www_authenticate() {
            response.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        if let Some(wait) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
    }
}

impl RequiredAuthentication {
    fn of(error: &VerifyError) -> Self {
        match error {
            VerifyError::TooOld { limit, .. } => Self::MaxAge(limit.as_secs()),
            VerifyError::AcrInsufficient { acr_values } => Self::AcrValues(acr_values.clone()),
            _ => Self::Unknown,
        }
    }
}

/// The response to this error, for a rule of a handler's own. The reason is written to the log
/// ([what is logged](crate::guide::observe#log-and-traces)), and is not in the response.
impl From<&VerifyError> for Challenge {
    fn from(error: &VerifyError) -> Self {
        refusal::of_token(error, None);
        Self::of(error)
    }
}

impl From<VerifyError> for Challenge {
    fn from(error: VerifyError) -> Self {
        Self::from(&error)
    }
}

#[cfg(test)]
mod tests;
