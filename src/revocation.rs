//! Revocation: what was signed out before its time.
//!
//! A verifier that only checks signatures cannot see a sign-out: an access token goes on working
//! until `exp` (Cognito Developer Guide, "Revoking tokens"). A [`RevocationStore`] remembers what
//! was signed out here, and every verification asks it.

mod entry;
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::fmt;

use async_trait::async_trait;

#[cfg(feature = "redis")]
pub use self::redis::{RedisRevocations, RedisRevocationsBuilder, RevocationHealth};
use crate::error::RevocationError;
pub use memory::MemoryRevocations;

/// The longest that a token of Cognito can live, in seconds: 24 hours (quota "access token
/// lifetime"). One constant rules how long an entry is kept and which tokens it can hit.
pub const MAX_TOKEN_LIFETIME: u64 = 86_400;

/// Remembers what was revoked until no token that it could hit is alive.
#[async_trait]
pub trait RevocationStore: fmt::Debug + Send + Sync {
    /// The answer, as far as it is at hand. Never waits: this runs on every request.
    fn peek(&self, token: &TokenIdentity<'_>) -> RevocationStatus;

    /// The answer, whatever it takes. Asked only after [`peek`](Self::peek) said
    /// [`Unknown`](RevocationStatus::Unknown).
    ///
    /// # Errors
    /// When the store cannot be asked: the verifier then answers "cannot tell", a 503.
    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError>;

    /// Takes an entry. When this returns, the next [`peek`](Self::peek) here knows of it.
    ///
    /// # Errors
    /// When the entry could not be stored: a sign-out has then failed.
    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError>;
}

/// What a store can say without waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Nothing hits the token.
    Live,
    /// An entry hits the token.
    Revoked,
    /// The store has to be asked.
    Unknown,
}

/// What a verified token can be hit by, and the token itself for a store that asks the issuer.
/// Times are in seconds since 1970.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TokenIdentity<'a> {
    /// What kind of token it is.
    pub kind: TokenKind,
    /// `jti`.
    pub jti: Option<&'a str>,
    /// `origin_jti`.
    pub origin_jti: Option<&'a str>,
    /// `sub`.
    pub sub: &'a str,
    /// `iat`.
    pub issued_at: u64,
    /// `exp`.
    pub expires_at: u64,
    /// `scope`, as it stands in the token; empty where there is none.
    pub scope: &'a str,
    token: &'a str,
}

/// The kinds of token that Cognito issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A user's access token.
    Access,
    /// An access token that a client has for itself (client credentials).
    Machine,
    /// An ID token.
    Id,
}

impl<'a> TokenIdentity<'a> {
    /// A token that has nothing but what every token has. Set the other fields by name.
    pub fn new(token: &'a str, kind: TokenKind, sub: &'a str, issued_at: u64) -> Self {
        let expires_at = issued_at.saturating_add(MAX_TOKEN_LIFETIME);
        Self { kind, jti: None, origin_jti: None, sub, issued_at, expires_at, scope: "", token }
    }

    /// The token itself: a secret.
    pub fn expose_token(&self) -> &'a str {
        self.token
    }
}

impl fmt::Debug for TokenIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIdentity")
            .field("kind", &self.kind)
            .field("sub", &self.sub)
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}

/// One entry: a token, a session, or a user's tokens up to a moment.
///
/// ```
/// use cognito_auth::revocation::Revocation;
///
/// let now = 1_767_225_600; // seconds since 1970
/// let one_token = Revocation::token("5e0d9a1b-…", now);
/// let one_session = Revocation::session("7c5f0f0e-…", now);
/// let everywhere = Revocation::user("a33408e2-…", now);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Revocation {
    target: Target,
    at: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Token(String),
    Session(String),
    User(String),
}

impl Revocation {
    /// The token with this `jti`, from now on. `now` is in seconds since 1970.
    pub fn token(jti: impl Into<String>, now: u64) -> Self {
        Self { target: Target::Token(jti.into()), at: now }
    }

    /// Every token of the sign-in with this `origin_jti`, from now on. `now` is in seconds since
    /// 1970.
    pub fn session(origin_jti: impl Into<String>, now: u64) -> Self {
        Self { target: Target::Session(origin_jti.into()), at: now }
    }

    /// Every token of the user that was issued before a moment, in seconds since 1970. A token of
    /// a new sign-in in that very second is not hit.
    pub fn user(sub: impl Into<String>, issued_before: u64) -> Self {
        Self { target: Target::User(sub.into()), at: issued_before }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn at(&self) -> u64 {
        self.at
    }
}

/// When the last token that an entry of this moment can hit has expired: it was issued by then,
/// lives no longer than any token of Cognito, gets no more than the most leeway, and is looked at
/// by a machine whose clock may be a little behind.
pub(crate) fn ends_at(at: u64) -> u64 {
    at.saturating_add(ENTRY_LIFETIME)
}

/// How long an entry is kept, in seconds: 24 hours and 15 minutes.
pub(crate) const ENTRY_LIFETIME: u64 = MAX_TOKEN_LIFETIME + MAX_LEEWAY + CLOCK_DIFFERENCE;

/// How far the clocks of two machines may be apart, in seconds, without an entry ending too soon.
const CLOCK_DIFFERENCE: u64 = 300;

/// The most leeway that a verifier can be given, in seconds: an entry outlives its tokens by it.
pub(crate) const MAX_LEEWAY: u64 = 600;
