//! The claims of an ID token.

use super::payload::{PayloadReader, SharedPayload};
use super::registered::{RegisteredSpans, registered_claims, required};
use super::span::Span;
use crate::error::VerifyError;
use crate::json::Members;
use crate::jwt::TokenUse;
use crate::secret::AccessToken;

/// The claims of a verified ID token: the user who signed in. Only a verifier creates them. Cheap to
/// clone.
#[derive(Clone, PartialEq, Eq)]
pub struct IdClaims(SharedPayload<IdSpans>);

#[derive(Clone)]
struct IdSpans {
    registered: RegisteredSpans,
    authorized_party: Option<Span>,
    nonce: Option<Span>,
    access_token_hash: Option<Span>,
    username: Option<Span>,
    email: Option<Span>,
    email_verified: Option<bool>,
}

registered_claims!(IdClaims);

impl IdClaims {
    /// Reads the claims of a token whose signature held.
    pub(crate) fn read(claims: &Members<'_>) -> Result<Self, VerifyError> {
        let mut reader = PayloadReader::new(claims);
        let spans = IdSpans {
            registered: RegisteredSpans::read(&mut reader, TokenUse::Id)?,
            authorized_party: reader.string("azp")?,
            nonce: reader.string("nonce")?,
            access_token_hash: reader.string("at_hash")?,
            username: reader.string("cognito:username")?,
            email: reader.string("email")?,
            // A value of another form does not make the token malformed, and never counts as
            // verified.
            email_verified: claims
                .raw("email_verified")
                .map(|raw| matches!(raw, "true" | "\"true\"")),
        };
        required(spans.registered.has_audience().then_some(()), "aud")?;
        Ok(Self(reader.finish(spans)))
    }

    /// `aud`: the app client that the token was issued to.
    pub fn client_id(&self) -> &str {
        self.registered().first_audience().unwrap_or_default()
    }

    /// `cognito:username`: the name that the user signs in with.
    pub fn username(&self) -> Option<&str> {
        self.registered().optional(self.0.spans().username)
    }

    /// `email`, where the app client may read it.
    pub fn email(&self) -> Option<&str> {
        self.registered().optional(self.0.spans().email)
    }

    /// `email_verified`, where the token has it: `true` and `"true"` are `true`, everything else is
    /// `false`.
    pub fn email_verified(&self) -> Option<bool> {
        self.0.spans().email_verified
    }

    /// `nonce`: the value that was sent with the sign-in.
    pub fn nonce(&self) -> Option<&str> {
        self.registered().optional(self.0.spans().nonce)
    }

    /// `azp`, where the token has it.
    pub(super) fn authorized_party(&self) -> Option<&str> {
        self.registered().optional(self.0.spans().authorized_party)
    }

    /// `at_hash`, where the token has it.
    pub(super) fn access_token_hash(&self) -> Option<&str> {
        self.registered().optional(self.0.spans().access_token_hash)
    }
}

impl std::fmt::Debug for IdClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdClaims")
            .field("registered", &self.registered())
            .field("username", &self.username())
            .finish_non_exhaustive()
    }
}

/// What an ID token must match beside the verifier's rules: the sign-in that asked for it, and the
/// access token that was issued with it.
///
/// ```
/// use cognito_auth::{AccessToken, IdTokenChecks};
///
/// let access_token = AccessToken::new("eyJraWQi…");
/// let checks = IdTokenChecks::new().nonce("n-0S6_WzA2Mj").access_token(&access_token);
/// ```
#[derive(Clone, Copy, Default)]
#[must_use]
pub struct IdTokenChecks<'a> {
    pub(crate) nonce: Option<&'a str>,
    pub(crate) access_token: Option<&'a AccessToken>,
    pub(crate) subject: Option<&'a str>,
}

impl<'a> IdTokenChecks<'a> {
    /// No further checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// The nonce that was sent with the sign-in: the token must contain it
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    pub fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// The access token of the same response: `at_hash` must be its hash, where the ID token has one.
    /// Cognito omits `at_hash` from tokens that do not come from the pool's domain.
    pub fn access_token(mut self, access_token: &'a AccessToken) -> Self {
        self.access_token = Some(access_token);
        self
    }

    /// The user that the token must be about: its `sub`. For an ID token from a refresh, that of the
    /// first ID token
    /// ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse));
    /// for one that was issued with an access token, [`AccessClaims::sub`](super::AccessClaims::sub).
    pub fn subject(mut self, sub: &'a str) -> Self {
        self.subject = Some(sub);
        self
    }
}

impl std::fmt::Debug for IdTokenChecks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdTokenChecks")
            .field("nonce", &self.nonce.is_some())
            .field("access_token", &self.access_token.is_some())
            .field("subject", &self.subject.is_some())
            .finish()
    }
}
