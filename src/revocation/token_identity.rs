//! [`TokenIdentity`]: the ids and times of a token that a store needs.

use std::fmt;

use tokio::time::Instant;

use super::target::Target;
use crate::pool::{MAX_TOKEN_LIFETIME, PoolName};

/// The ids and times of a verified token, by which entries hit it, and the token itself, for a store that
/// asks the issuer. Times are in seconds since 1970.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TokenIdentity<'a> {
    /// The pool of the token. An entry of another pool does not hit the token, even with the same ids.
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
    /// `auth_time`: when the user authenticated.
    pub auth_time: Option<u64>,
    /// `exp`.
    pub expires_at: u64,
    /// `scope`, as in the token; empty if the token has none.
    pub scope: &'a str,
    token: &'a str,
    /// The system's clock, in seconds since 1970, where the caller has just read it: a store that
    /// needs it is spared to read it again.
    pub(crate) wall_clock: Option<u64>,
    /// The monotonic clock, where the caller has just read it.
    pub(crate) monotonic: Option<Instant>,
}

/// The kinds of token that Cognito issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// A user's access token.
    Access,
    /// An access token of an app client without a user (client credentials).
    Machine,
    /// An ID token.
    Id,
}

impl<'a> TokenIdentity<'a> {
    /// A token with the fields that every token has. Set the others by name.
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
            wall_clock: None,
            monotonic: None,
        }
    }

    /// The targets whose entries decide about the token, for a store that looks them up. An entry is not
    /// yet a hit: a user's entry depends on its moment and on [`Target::GlobalSignOut`].
    /// [`is_hit_by`](Self::is_hit_by) has the complete rule.
    pub fn targets(&self) -> impl Iterator<Item = Target<'a>> {
        let named = [self.jti.map(Target::Token), self.origin_jti.map(Target::Session)];
        named.into_iter().flatten().chain([Target::User(self.sub), Target::GlobalSignOut(self.sub)])
    }

    /// Whether an entry of a store hits the token: the complete rule. `moment_of` returns the moment that
    /// is stored under a target in the token's pool.
    ///
    /// - An entry of its `jti` or its `origin_jti` hits the token, whatever the moment is.
    /// - An entry of its user hits the token if it was issued before the moment. A token that was issued in
    ///   the second of the moment is hit unless its `auth_time` is the moment or later (a new sign-in).
    /// - An entry of its user also hits a token that was issued later, if its `auth_time` is the moment or
    ///   earlier (a refresh). Exception: [`Target::GlobalSignOut`] is stored with the same or a later
    ///   moment, and the token was issued after that moment. No earlier refresh token was valid then.
    pub fn is_hit_by(&self, moment_of: impl Fn(Target<'_>) -> Option<u64>) -> bool {
        let is_stored = |target| moment_of(target).is_some();
        let global_sign_out = || moment_of(Target::GlobalSignOut(self.sub));
        self.jti.map(Target::Token).is_some_and(is_stored)
            || self.origin_jti.map(Target::Session).is_some_and(is_stored)
            || moment_of(Target::User(self.sub))
                .is_some_and(|moment| self.is_hit_by_user(moment, global_sign_out))
    }

    /// Whether an entry of this user with this moment hits the token, should it be of that user.
    /// `global_sign_out` is the moment of the user's [`Target::GlobalSignOut`].
    ///
    /// A token of a sign-in up to the moment is hit however late it was issued: its refresh token
    /// lives for as long as the issuer was not told. What is issued after the issuer was told comes of
    /// no such refresh token. Its `auth_time` may be an old one all the same: the login page's cookie
    /// signs in without asking for the password again.
    pub(crate) fn is_hit_by_user(
        &self,
        moment: u64,
        global_sign_out: impl FnOnce() -> Option<u64>,
    ) -> bool {
        let is_issued_since = |told_at| moment <= told_at && told_at < self.issued_at;
        self.is_issued_before(moment)
            || (self.is_refreshed_since(moment) && !global_sign_out().is_some_and(is_issued_since))
    }

    /// Within the moment's own second `auth_time` decides, for a new sign-in.
    fn is_issued_before(&self, moment: u64) -> bool {
        self.issued_at < moment
            || (self.issued_at == moment && self.auth_time.is_none_or(|time| time < moment))
    }

    /// Whether it was issued after the moment, for a sign-in up to it. A sign-in of the moment's own
    /// second counts: nothing tells on which side of the moment it was.
    fn is_refreshed_since(&self, moment: u64) -> bool {
        self.issued_at > moment && self.auth_time.is_some_and(|time| time <= moment)
    }

    /// What only an entry of its user hits, in the second of the entry too.
    #[cfg(feature = "redis")]
    pub(crate) fn of_user_alone(&self) -> Self {
        Self { jti: None, origin_jti: None, auth_time: None, ..*self }
    }

    /// What only an entry of its user hits, by the time of the sign-in too.
    #[cfg(feature = "redis")]
    pub(crate) fn without_ids(&self) -> Self {
        Self { jti: None, origin_jti: None, ..*self }
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

#[cfg(test)]
mod tests;
