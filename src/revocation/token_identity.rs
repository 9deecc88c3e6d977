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
    /// `auth_time`: when the user authenticated.
    pub auth_time: Option<u64>,
    /// `exp`.
    pub expires_at: u64,
    /// `scope`, as it stands in the token; empty where there is none.
    pub scope: &'a str,
    token: &'a str,
    /// The system's clock, in seconds since 1970, where the caller has just read it: a store that
    /// needs it is spared to read it again.
    pub(crate) wall_clock: Option<u64>,
}

/// The kinds of token that Cognito issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
            wall_clock: None,
        }
    }

    /// What the entries name that decide about the token. An entry of the user hits it only if its
    /// moment fits, and [`Target::GlobalSignOut`] hits nothing, but bounds what the user's entry hits:
    /// [`is_hit_by`](Self::is_hit_by) is the whole rule, for a store that looks entries up.
    pub fn targets(&self) -> impl Iterator<Item = Target<'a>> {
        let named = [self.jti.map(Target::Token), self.origin_jti.map(Target::Session)];
        named.into_iter().flatten().chain([Target::User(self.sub), Target::GlobalSignOut(self.sub)])
    }

    /// Whether what a store keeps hits the token, which is the whole rule: `moment_of` finds the moment
    /// that is stored under a target in the token's pool.
    ///
    /// - An entry of its `jti` or its `origin_jti` hits it, whatever the moment.
    /// - An entry of its user hits it when it was issued before the moment. In the very second of the
    ///   moment it is hit unless it is of a new sign-in: unless its `auth_time` is the moment or later.
    /// - An entry of its user hits a token that was issued later, too, when its `auth_time` is the moment
    ///   or earlier: it was refreshed. Unless [`Target::GlobalSignOut`] is stored with that moment or a
    ///   later one, and the token was issued after it: no refresh token from before was alive then.
    pub fn is_hit_by(&self, moment_of: impl Fn(Target<'_>) -> Option<u64>) -> bool {
        let is_stored = |target| moment_of(target).is_some();
        let global_sign_out = || moment_of(Target::GlobalSignOut(self.sub));
        self.jti.map(Target::Token).is_some_and(is_stored)
            || self.origin_jti.map(Target::Session).is_some_and(is_stored)
            || moment_of(Target::User(self.sub))
                .is_some_and(|moment| self.is_hit_by_user(moment, global_sign_out))
    }

    /// Whether [`Revocation::user`] of this moment hits the token, should it be of that user.
    /// `global_sign_out` is the moment of the user's [`Revocation::global_sign_out`].
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

    /// The entry that hits the token, as far as is known: by its user's whole entry, by the time of
    /// its sign-in, or by its ids. Not of the entry's own moment, but of the earliest it can have.
    #[cfg(feature = "redis")]
    pub(crate) fn earliest_entry(&self, by_user: bool, by_sign_in: bool) -> Option<Revocation> {
        let of_user = |moment| Revocation::user(self.pool, self.sub, moment);
        match (by_user, by_sign_in) {
            (true, _) => Some(of_user(self.issued_at)),
            (false, true) => self.auth_time.map(of_user),
            (false, false) => self.named_entry(),
        }
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
