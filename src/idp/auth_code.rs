//! [`AuthCode`]: an authorization code that the token endpoint exchanges for tokens.

use std::fmt;
use std::time::Duration;

use crate::error::{AuthError, InputProblem};
use crate::pool::UserPool;
use crate::secret::CodeVerifier;

/// An authorization code, with the redirect URI, the PKCE verifier and the expected nonce.
///
/// [`PendingSignIn::accept`](super::PendingSignIn::accept) returns one after it has checked that the
/// callback belongs to the sign-in that was started. [`AuthCode::new`] is for callers that have checked it
/// themselves.
#[derive(Clone)]
pub struct AuthCode {
    pub(crate) code: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_verifier: Option<CodeVerifier>,
    pub(crate) nonce: Option<String>,
    pub(crate) max_age: Option<Duration>,
    /// An exchange without an ID token is refused.
    pub(crate) id_token_required: bool,
    pub(crate) issued_to: Option<IssuedTo>,
}

/// For whom a code was asked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IssuedTo {
    pub(crate) issuers: Vec<String>,
    pub(crate) client_id: String,
}

impl AuthCode {
    /// A code, and the redirect URI that it was sent to: byte for byte the one of the request to the
    /// authorize endpoint. An ID token is not required and its nonce is not compared, unless
    /// [`with_nonce`](Self::with_nonce) is called.
    pub fn new(code: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            redirect_uri: redirect_uri.into(),
            code_verifier: None,
            nonce: None,
            max_age: None,
            id_token_required: false,
            issued_to: None,
        }
    }

    /// Binds the code to the pool and the app client that it was issued to:
    /// [`auth_with_code`](crate::IdentityProvider::auth_with_code) of another client refuses it without
    /// sending it. [`PendingSignIn::accept`](super::PendingSignIn::accept) does this.
    pub fn issued_to(mut self, pool: &UserPool, client_id: impl Into<String>) -> Self {
        let (issuers, client_id) = (pool.issuers().to_vec(), client_id.into());
        self.issued_to = Some(IssuedTo { issuers, client_id });
        self
    }

    /// Checks that the code was issued to this pool and app client, so that an
    /// [`IdentityProvider`](crate::IdentityProvider) does not send it to the token endpoint of another one
    /// ([RFC 9700 §4.4](https://www.rfc-editor.org/rfc/rfc9700#section-4.4)). A code that is not
    /// [bound](Self::issued_to) passes.
    ///
    /// # Errors
    /// [`AuthError::Input`] when the code is bound to another client, or to another pool.
    pub fn check_issued_to(&self, pool: &UserPool, client_id: &str) -> Result<(), AuthError> {
        let Some(issued_to) = &self.issued_to else { return Ok(()) };
        // One issuer in common: a pool is named by two while it changes from one to the other.
        let same_pool = pool.issuers().iter().any(|issuer| issued_to.issuers.contains(issuer));
        if same_pool && issued_to.client_id == client_id {
            return Ok(());
        }
        let reason = InputProblem::OfOtherClient;
        Err(AuthError::Input { what: "the authorization code", reason })
    }

    /// Adds the PKCE code verifier ([RFC 7636 §4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)).
    pub fn with_code_verifier(mut self, code_verifier: impl Into<CodeVerifier>) -> Self {
        self.code_verifier = Some(code_verifier.into());
        self
    }

    /// Adds the nonce that was sent to the authorize endpoint: an ID token with this nonce is then
    /// required. For sign-ins that requested the scope `openid`.
    pub fn with_nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self.id_token_required = true;
        self
    }

    /// Adds the `max_age` that was sent to the authorize endpoint, the longest allowed time since the user
    /// signed in: an ID token is then required, and its `auth_time` is compared. For sign-ins that
    /// requested the scope `openid`.
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
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

    /// The PKCE code verifier, if there is one.
    pub fn code_verifier(&self) -> Option<&CodeVerifier> {
        self.code_verifier.as_ref()
    }

    /// The nonce that the ID token must have, if one was sent. [`TokenResponseChecks`] compares it.
    ///
    /// [`TokenResponseChecks`]: crate::TokenResponseChecks
    pub fn expose_nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The `max_age` of the sign-in, if it had one.
    pub fn max_age(&self) -> Option<Duration> {
        self.max_age
    }

    /// Whether an exchange without an ID token is refused, since the sign-in requested the scope `openid`.
    pub fn requires_id_token(&self) -> bool {
        self.id_token_required
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
