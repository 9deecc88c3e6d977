//! What a store is told of a token.

use std::fmt;

use super::{MAX_TOKEN_LIFETIME, Revocation, Target};
use crate::pool::PoolName;

/// What a verified token can be hit by, and the token itself for a store that asks the issuer.
/// Times are in seconds since 1970.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TokenIdentity<'a> {
    /// The pool whose verifier asks. The ids below are ids of this pool: an entry of another one does
    /// not hit the token, whatever it names.
    pub pool: &'a PoolName,
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
    /// `auth_time`: when the user proved who they are.
    pub auth_time: Option<u64>,
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
    pub fn new(
        pool: &'a PoolName,
        token: &'a str,
        kind: TokenKind,
        sub: &'a str,
        issued_at: u64,
    ) -> Self {
        let expires_at = issued_at.saturating_add(MAX_TOKEN_LIFETIME);
        Self {
            pool,
            kind,
            jti: None,
            origin_jti: None,
            sub,
            issued_at,
            auth_time: None,
            expires_at,
            scope: "",
            token,
        }
    }

    /// What an entry that hits the token names: what a store looks up. An entry of the user hits it
    /// only if its moment fits, which [`Revocation::hits`] decides.
    pub fn targets(&self) -> impl Iterator<Item = Target<'a>> {
        let named = [self.jti.map(Target::Token), self.origin_jti.map(Target::Session)];
        named.into_iter().flatten().chain([Target::User(self.sub)])
    }

    /// Whether [`Revocation::user`] of this moment hits the token, should it be of that user.
    ///
    /// `auth_time` decides within the moment's own second alone. A later token may well have an old
    /// one: the login page's cookie signs in anew without asking for the password.
    pub(crate) fn is_issued_before(&self, moment: u64) -> bool {
        self.issued_at < moment
            || (self.issued_at == moment && self.auth_time.is_none_or(|time| time < moment))
    }

    /// What only an entry of its user hits, in the second of the entry too.
    #[cfg(feature = "redis")]
    pub(crate) fn of_user_alone(&self) -> Self {
        Self { jti: None, origin_jti: None, auth_time: None, ..*self }
    }

    /// An entry that names the token, or else its session.
    pub(crate) fn named_entry(&self) -> Option<Revocation> {
        let session = || Some(Revocation::session(self.pool, self.origin_jti?, self.issued_at));
        self.jti.map(|jti| Revocation::token(self.pool, jti, self.issued_at)).or_else(session)
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
