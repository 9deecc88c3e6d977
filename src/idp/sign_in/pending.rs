//! A sign-in under way: what ties the browser that comes back to the one that was sent off.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use subtle::ConstantTimeEq as _;

use super::callback::{Callback, Outcome, error_of};
use crate::error::AuthError;
use crate::idp::AuthCode;
use crate::measure;
use crate::secret::{CodeVerifier, text};

/// What to keep while the browser is at the login page: state, PKCE verifier and nonce, each 256
/// random bits of its own.
///
/// **Keep it where only this browser can reach it**: in a server-side session under a cookie, or
/// in a cookie itself, encrypted and authenticated. It serializes for both. The cookie should be
/// `HttpOnly`, `Secure`, `SameSite=Lax` (`Strict` would be left out when the login page sends the
/// browser back), and short-lived. A table of pending sign-ins that is looked up by `state` alone
/// binds nothing: an attacker could finish a sign-in of his own in a victim's browser
/// ([RFC 9700 §4.7](https://www.rfc-editor.org/rfc/rfc9700#section-4.7)).
///
/// **Use it once**: delete it from where it is kept before calling [`accept`](Self::accept),
/// whatever comes of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingSignIn {
    #[serde(deserialize_with = "text")]
    pub(super) state: String,
    #[serde(serialize_with = "exposed")]
    pub(super) code_verifier: CodeVerifier,
    #[serde(deserialize_with = "text")]
    pub(super) nonce: String,
    pub(super) redirect_uri: String,
    pub(super) issuers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_age: Option<Duration>,
    /// Whether `openid` was asked for by name: then an ID token has to come.
    pub(super) openid: bool,
    /// Whether the provider is known to name itself in every callback.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) issuer_required: bool,
}

/// Secrets do not serialize by themselves: this is the one place where a verifier has to.
fn exposed<S: Serializer>(verifier: &CodeVerifier, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verifier.expose())
}

impl PendingSignIn {
    /// The state that was sent: a name to store this under, within the browser's own session.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Hands out the code of a callback, if it is the answer to this sign-in.
    ///
    /// The state is compared first, on error callbacks too, and in constant time. An `iss`
    /// parameter ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)) has to be one of the pool's
    /// issuers; Cognito sends none, so that there need be one only where
    /// [it was required](crate::SignInRequest::require_issuer). The nonce goes along with the code, and is compared with the
    /// ID token's when the code is exchanged; where `openid` was asked for, there has to be one.
    ///
    /// # Errors
    /// [`AuthError::StateMismatch`] when the state is missing or another;
    /// [`AuthError::IssuerMismatch`]; [`AuthError::Refused`] when the provider said no, and
    /// [`AuthError::ServerError`] when it, or an external provider behind it, failed.
    pub fn accept(self, callback: &Callback) -> Result<AuthCode, AuthError> {
        let code = self.code_of(callback);
        if let Err(error) = &code {
            measure::signed_in(Some(error.code()));
        }
        code
    }

    fn code_of(self, callback: &Callback) -> Result<AuthCode, AuthError> {
        let state = callback.state.as_deref().unwrap_or_default();
        let same: bool = self.state.as_bytes().ct_eq(state.as_bytes()).into();
        if !same || state.is_empty() {
            return Err(AuthError::StateMismatch);
        }
        let known = match &callback.issuer {
            Some(issuer) => self.issuers.contains(issuer),
            None => !self.issuer_required,
        };
        if !known {
            return Err(AuthError::IssuerMismatch);
        }
        match &callback.outcome {
            Outcome::Error { error, description } => Err(error_of(error, description.as_deref())),
            Outcome::Code(code) => {
                let mut code = AuthCode::new(code.as_str(), self.redirect_uri)
                    .with_code_verifier(self.code_verifier)
                    .with_nonce(self.nonce);
                code.max_age = self.max_age;
                code.id_token_required = self.openid;
                Ok(code)
            }
        }
    }
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignIn")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}
