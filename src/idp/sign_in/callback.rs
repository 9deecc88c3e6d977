//! [`Callback`]: the authorization response that the browser brings to the redirect URI.

use std::fmt;

use url::{Url, form_urlencoded};

use crate::error::{AuthError, CallbackProblem, Refusal, RefusalCode};
use crate::idp::response::refused;
use crate::idp::trigger::{self, Trigger};

/// The longest query that is read, in bytes. Cognito's is about 100; a strange one may be longer,
/// and no server takes more than this in a request line.
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// The longest authorization code. Cognito's are UUIDs.
pub(crate) const MAX_CODE_BYTES: usize = 4 * 1024;

/// An authorization response, as it arrived at the redirect URI and not yet checked
/// ([RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)). Any client can send one:
/// do not use its values before [`PendingSignIn::accept`](crate::PendingSignIn::accept).
///
/// Answer such a request with a redirect, so that the code leaves the address bar
/// ([RFC 9700 §4.3.1](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.1)), and keep the query
/// out of logs.
#[derive(Clone)]
pub struct Callback {
    pub(super) state: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) response: AuthorizationResponse,
}

#[derive(Clone)]
pub(super) enum AuthorizationResponse {
    Code(String),
    Error { error: String, description: Option<String> },
}

impl Callback {
    /// Reads the query of the request, with or without the question mark in front.
    ///
    /// Parameters without a value count as missing, and unknown ones are ignored
    /// ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
    ///
    /// ```
    /// use cognito_auth::Callback;
    ///
    /// let callback = Callback::from_query("code=a1b2c3d4&state=af0ifjsldkj")?;
    /// assert_eq!(callback.unverified_state(), Some("af0ifjsldkj"));
    ///
    /// let error = Callback::from_query("code=mine&code=yours&state=s").unwrap_err();
    /// assert_eq!(error.code(), "callback_malformed");
    /// # Ok::<(), cognito_auth::AuthError>(())
    /// ```
    ///
    /// # Errors
    /// [`AuthError::Callback`] when the query is longer than 8 KiB, has neither `code` nor `error`, has
    /// both, has a malformed code, or has one of the parameters twice.
    pub fn from_query(query: &str) -> Result<Self, AuthError> {
        let refused = |reason| AuthError::Callback { reason };
        if query.len() > MAX_QUERY_BYTES {
            return Err(refused(CallbackProblem::TooLong));
        }
        let query = query.strip_prefix('?').unwrap_or(query);
        let [mut code, mut state, mut issuer, mut error, mut description] = [const { None }; 5];
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "code" => &mut code,
                "state" => &mut state,
                "iss" => &mut issuer,
                "error" => &mut error,
                "error_description" => &mut description,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(refused(CallbackProblem::ParameterTwice));
            }
        }
        let given = |value: Option<String>| value.filter(|text| !text.is_empty());
        let response = match (given(code), given(error)) {
            (Some(_), Some(_)) => return Err(refused(CallbackProblem::CodeAndError)),
            (None, None) => return Err(refused(CallbackProblem::NeitherCodeNorError)),
            (Some(code), None) if !is_code(&code) => {
                return Err(refused(CallbackProblem::NotACode));
            }
            (Some(code), None) => AuthorizationResponse::Code(code),
            (None, Some(error)) => {
                AuthorizationResponse::Error { error, description: given(description) }
            }
        };
        Ok(Self { state: given(state), issuer: given(issuer), response })
    }

    /// Reads the address that the browser was sent to.
    ///
    /// # Errors
    /// See [`from_query`](Self::from_query).
    pub fn from_url(url: &Url) -> Result<Self, AuthError> {
        Self::from_query(url.query().unwrap_or_default())
    }

    /// The `state` parameter, to find the pending sign-in in a store. The store has to be this browser's own,
    /// or a sign-in of another browser could be completed here.
    pub fn unverified_state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Printable ASCII ([RFC 6749 appendix A.11](https://www.rfc-editor.org/rfc/rfc6749#appendix-A.11)).
pub(crate) fn is_code(code: &str) -> bool {
    let printable = |b: u8| b.is_ascii_graphic() || b == b' ';
    !code.is_empty() && code.len() <= MAX_CODE_BYTES && code.bytes().all(printable)
}

/// What an error at the redirect URI means
/// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1),
/// [OpenID Connect Core §3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
pub(super) fn error_of(error: &str, description: Option<&str>) -> AuthError {
    let words = description.unwrap_or_default();
    let failed = match (error, trigger::of(words)) {
        // The statuses that these two stand for: a redirect cannot carry them.
        ("server_error", _) => Some(500),
        ("temporarily_unavailable", _) => Some(503),
        (_, Some(Trigger::Crashed)) => Some(500),
        (_, Some(Trigger::Refused)) => None,
        (_, None) => failed_provider(words),
    };
    if let Some(status) = failed {
        return AuthError::ServerError { status };
    }
    let code = match error {
        "invalid_request" if trigger::of(words).is_some() => RefusalCode::TriggerFailed,
        "invalid_request" => RefusalCode::InvalidRequest,
        "unauthorized_client" => RefusalCode::UnauthorizedClient,
        "unsupported_response_type" => RefusalCode::UnsupportedResponseType,
        "invalid_scope" => RefusalCode::InvalidScope,
        "access_denied" => RefusalCode::AccessDenied,
        // With `prompt=none`, all four say that the user has to be asked.
        "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => RefusalCode::LoginRequired,
        _ => RefusalCode::Other,
    };
    let words = description.or_else(|| (code == RefusalCode::Other).then_some(error));
    let refusal = match code {
        // Cognito's word for whatever an external provider or a disabled user came to.
        RefusalCode::InvalidRequest => Refusal::new(code).of_the_user(),
        _ => Refusal::new(code),
    };
    refused(refusal, words)
}

/// Cognito reports an external provider that is down as a refusal, `invalid_request` most of the
/// time, told from one by the description only (Developer Guide, "Authorize endpoint"), which is
/// free text. No user was refused then: by a status of 500 to 599, standing alone, or by the words
/// of a connection that failed.
fn failed_provider(description: &str) -> Option<u16> {
    const FAILED: [&str; 10] = [
        "timeout",
        "timed out",
        "connection reset",
        "connection refused",
        "unknownhost",
        "internal server error",
        "bad gateway",
        "service unavailable",
        "server_error",
        "temporarily_unavailable",
    ];
    // A number with letters or further digits at it is another thing's.
    let words = description.split(|c: char| !c.is_alphanumeric() && c != '.');
    let numbers = words.map(|word| word.trim_matches('.')).filter(|word| word.len() == 3);
    let status =
        numbers.filter_map(|word| word.parse::<u16>().ok()).find(|n| (500..600).contains(n));
    let description = description.to_ascii_lowercase();
    let by_words = || FAILED.iter().any(|words| description.contains(words)).then_some(504);
    status.or_else(by_words)
}

// Code and state are secrets of the browser they came with.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.response {
            AuthorizationResponse::Code(_) => "code",
            AuthorizationResponse::Error { .. } => "error",
        };
        f.debug_struct("Callback").field("outcome", &outcome).finish_non_exhaustive()
    }
}
