//! The claims of an ID token.

use super::payload::{PayloadReader, SharedPayload};
use super::registered::{RegisteredSpans, TokenUse, registered_claims, required};
use super::span::Span;
use crate::error::VerifyError;
use crate::json::Members;
use crate::secret::AccessToken;

/// What a verified ID token says: who signed in. There is no way to make one but to verify a token.
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct IdClaims(SharedPayload<IdSpans>);

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
            // An attribute, not a rule: one of an unknown form is not a reason to refuse the
            // sign-in, but it is never "verified" either.
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

    /// `email_verified`, where the token has it. Anything but a plain "true" is `false`.
    pub fn email_verified(&self) -> Option<bool> {
        self.0.spans().email_verified
    }

    /// `nonce`, as it was sent with the sign-in.
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
    pub(crate) subject: Option<&'a str>,
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

    /// The user that the token has to be about: `sub` must be this. For an ID token that comes with
    /// a refresh, that of the first one
    /// ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse));
    /// for one that comes with an access token, [`AccessClaims::sub`](super::AccessClaims::sub).
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
