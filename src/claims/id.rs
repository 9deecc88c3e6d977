//! The claims of an ID token.

use super::{Registered, TokenUse, owned, registered_claims, required};
use crate::error::VerifyError;
use crate::json::Members;
use crate::secret::AccessToken;

/// What a verified ID token says: who signed in. There is no way to make one but to verify a token.
#[derive(Clone, PartialEq, Eq)]
pub struct IdClaims {
    pub(super) registered: Registered,
    pub(super) authorized_party: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) access_token_hash: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    payload: Box<str>,
}

registered_claims!(IdClaims);

impl IdClaims {
    /// Reads the claims of a token whose signature held.
    pub(crate) fn read(claims: &Members<'_>, payload: &str) -> Result<Self, VerifyError> {
        let registered = Registered::read(claims, TokenUse::Id)?;
        required(registered.audience.as_ref(), "aud")?;
        Ok(Self {
            registered,
            authorized_party: owned(claims, "azp")?,
            nonce: owned(claims, "nonce")?,
            access_token_hash: owned(claims, "at_hash")?,
            username: owned(claims, "cognito:username")?,
            email: owned(claims, "email")?,
            // An attribute, not a rule: one of an unknown form is not a reason to refuse the
            // sign-in, but it is never "verified" either.
            email_verified: claims
                .raw("email_verified")
                .map(|raw| matches!(raw, "true" | "\"true\"")),
            payload: payload.into(),
        })
    }

    /// `aud`: the app client that the token was issued to.
    pub fn client_id(&self) -> &str {
        self.registered.audience.as_ref().and_then(|aud| aud.first()).map_or("", String::as_str)
    }

    /// `cognito:username`: the name that the user signs in with.
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// `email`, where the app client may read it.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// `email_verified`, where the token has it. Anything but a plain "true" is `false`.
    pub fn email_verified(&self) -> Option<bool> {
        self.email_verified
    }

    /// `nonce`, as it was sent with the sign-in.
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }
}

impl std::fmt::Debug for IdClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdClaims")
            .field("registered", &self.registered)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// What one ID token has to agree with: the sign-in it answers, the access token it came with.
///
/// ```
/// use cognito_auth::{AccessToken, IdTokenChecks};
///
/// let access_token = AccessToken::new("eyJraWQi…");
/// let checks = IdTokenChecks::new().nonce("n-0S6_WzA2Mj").access_token(&access_token);
/// ```
#[derive(Clone, Copy, Default)]
pub struct IdTokenChecks<'a> {
    pub(crate) nonce: Option<&'a str>,
    pub(crate) access_token: Option<&'a AccessToken>,
}

impl<'a> IdTokenChecks<'a> {
    /// Nothing to agree with.
    pub fn new() -> Self {
        Self::default()
    }

    /// The nonce that was sent: the token must carry it
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    pub fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// The access token of the same answer: `at_hash` must fit it where the ID token has one.
    /// Cognito leaves it out of tokens that do not come from the pool's domain.
    pub fn access_token(mut self, access_token: &'a AccessToken) -> Self {
        self.access_token = Some(access_token);
        self
    }
}

impl std::fmt::Debug for IdTokenChecks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdTokenChecks")
            .field("nonce", &self.nonce.is_some())
            .field("access_token", &self.access_token.is_some())
            .finish()
    }
}
