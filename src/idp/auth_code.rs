//! The authorization code, on its way to the token endpoint.

use std::fmt;
use std::time::Duration;

use crate::secret::CodeVerifier;

/// An authorization code with what has to be sent beside it.
///
/// [`PendingSignIn::accept`](super::PendingSignIn::accept) makes one after it has checked that the callback belongs to the
/// sign-in that was started. [`AuthCode::new`] is for callers who have done that themselves.
#[derive(Clone)]
pub struct AuthCode {
    pub(crate) code: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_verifier: Option<CodeVerifier>,
    pub(crate) nonce: Option<String>,
    pub(crate) max_age: Option<Duration>,
    /// An exchange without an ID token is refused.
    pub(crate) id_token_required: bool,
}

impl AuthCode {
    /// A code, and the redirect URI it was sent to: byte for byte the one that the authorize
    /// endpoint was given. Whether an ID token comes, and with which nonce, is not looked at:
    /// [`with_nonce`](Self::with_nonce) does.
    pub fn new(code: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            redirect_uri: redirect_uri.into(),
            code_verifier: None,
            nonce: None,
            max_age: None,
            id_token_required: false,
        }
    }

    /// Adds the PKCE code verifier ([RFC 7636 §4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)).
    pub fn with_code_verifier(mut self, code_verifier: impl Into<CodeVerifier>) -> Self {
        self.code_verifier = Some(code_verifier.into());
        self
    }

    /// Adds the nonce that was sent: an ID token must come, and carry it. For sign-ins that asked
    /// for the scope `openid`.
    pub fn with_nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self.id_token_required = true;
        self
    }

    /// The redirect URI.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The code itself: a secret.
    pub fn expose_code(&self) -> &str {
        &self.code
    }

    /// The PKCE code verifier, where there is one.
    pub fn code_verifier(&self) -> Option<&CodeVerifier> {
        self.code_verifier.as_ref()
    }
}

impl fmt::Debug for AuthCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthCode").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

impl Drop for AuthCode {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.code);
    }
}
