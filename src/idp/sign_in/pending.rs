//! [`PendingSignIn`]: the stored values by which a callback is bound to the browser that started the
//! sign-in.

mod stored;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use subtle::ConstantTimeEq as _;

use super::callback::{AuthorizationResponse, Callback, error_of};
use crate::error::AuthError;
use crate::idp::AuthCode;
use crate::idp::auth_code::IssuedTo;
use crate::metrics;
use crate::secret::CodeVerifier;
use stored::Stored;

/// The values to store while the browser is at the login page: state, PKCE verifier and nonce, each of 256
/// random bits.
///
/// **Store it where only this browser can reach it**: in a server-side session that a cookie identifies, or
/// in an encrypted and authenticated cookie. It implements `Serialize` and `Deserialize` for both. The
/// cookie should be short-lived, `HttpOnly`, `Secure` and `SameSite=Lax` (the browser does not send a
/// `Strict` cookie when the login page redirects back). A table of pending sign-ins that is searched by
/// `state` alone does not bind the sign-in to a browser: an attacker could complete a sign-in of their own
/// in a victim's browser ([RFC 9700 §4.7](https://www.rfc-editor.org/rfc/rfc9700#section-4.7)).
///
/// **Use it once**: delete the stored copy before you call [`accept`](Self::accept), whatever the result is.
///
/// **It expires** 15 minutes after the start, or after
/// [`SignInRequest::valid_for`](crate::SignInRequest::valid_for), so a copy from an open session or a
/// stolen cookie cannot be used later.
///
/// The serialized form has a version. The form of another version of this crate, and anything that this
/// version would not have written, fails to deserialize: start the sign-in again. The error is one sentence,
/// and contains no part of the input.
#[derive(Clone, Serialize)]
#[serde(into = "Stored")]
pub struct PendingSignIn {
    pub(super) state: String,
    pub(super) code_verifier: CodeVerifier,
    pub(super) nonce: String,
    pub(super) redirect_uri: String,
    pub(super) issuers: Vec<String>,
    pub(super) client_id: String,
    /// In seconds since 1970: the first at which it is refused.
    pub(super) expires_at: u64,
    pub(super) max_age: Option<Duration>,
    /// Whether `openid` was asked for by name: then an ID token has to come.
    pub(super) openid: bool,
    /// Whether the provider is known to name itself in every callback.
    pub(super) issuer_required: bool,
}

impl PendingSignIn {
    /// The `state` that was sent. It can be the key to store this value under, within the browser's own
    /// session.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// When it expires: it need not be stored for longer.
    pub fn expires_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.expires_at.min(LATEST))
    }

    /// Checks that a callback belongs to this sign-in, by this machine's clock, and returns its code.
    ///
    /// `state` is compared first, also for an error callback, and in constant time. If the callback has the
    /// parameter `iss` ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)), it has to be one of the pool's
    /// issuers. It may be missing, since Cognito sends none, unless
    /// [`require_issuer`](crate::SignInRequest::require_issuer) was called. The nonce is part of the returned
    /// [`AuthCode`], and is compared with the ID token when the code is exchanged.
    ///
    /// # Errors
    /// [`AuthError::StateMismatch`] when the state is missing or differs;
    /// [`AuthError::IssuerMismatch`]; [`AuthError::SignInExpired`]; [`AuthError::Refused`] when the callback
    /// reports a refusal, and [`AuthError::ServerError`] when it reports a failure of Cognito or of an
    /// external provider.
    pub fn accept(self, callback: &Callback) -> Result<AuthCode, AuthError> {
        self.accept_at(callback, SystemTime::now())
    }

    /// As [`accept`](Self::accept), at this time: for tests that move the time.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_at(self, callback: &Callback, now: SystemTime) -> Result<AuthCode, AuthError> {
        let code = self.code_of(callback, now);
        if let Err(error) = &code {
            metrics::signed_in(Some(error.code()));
        }
        code
    }

    fn code_of(self, callback: &Callback, now: SystemTime) -> Result<AuthCode, AuthError> {
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
        if now >= self.expires_at() {
            return Err(AuthError::SignInExpired);
        }
        match &callback.response {
            AuthorizationResponse::Error { error, description } => {
                Err(error_of(error, description.as_deref()))
            }
            AuthorizationResponse::Code(code) => {
                let mut code = AuthCode::new(code.as_str(), self.redirect_uri)
                    .with_code_verifier(self.code_verifier)
                    .with_nonce(self.nonce);
                code.max_age = self.max_age;
                code.id_token_required = self.openid;
                code.issued_to =
                    Some(IssuedTo { issuers: self.issuers, client_id: self.client_id });
                Ok(code)
            }
        }
    }
}

/// The end of the year 9999: a later moment is none that a clock shows, and some cannot hold it.
const LATEST: u64 = 253_402_300_799;

/// The error is not the format's own: that quotes what it did not expect, which can be the whole text
/// when it was encoded twice, or a state where it was the name in a table.
impl<'de> Deserialize<'de> for PendingSignIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer).ok();
        stored.and_then(Stored::into_pending).ok_or_else(|| D::Error::custom(NOT_STORED))
    }
}

const NOT_STORED: &str = "this is no pending sign-in that this version of the crate has stored: treat \
                          it as no sign-in";

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignIn")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}
