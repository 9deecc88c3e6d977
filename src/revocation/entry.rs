//! One entry of a revocation store: what it names, and which tokens it hits.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use super::fingerprint::Fingerprint;
use super::target::{Target, TargetKind};
use super::token_identity::TokenIdentity;
use crate::pool::PoolName;

/// One entry of a revocation store: a token, a session, or the tokens of a user up to a moment, of one
/// pool. An entry *hits* the tokens that it revokes.
///
/// ```
/// use cognito_auth::UserPool;
/// use cognito_auth::revocation::Revocation;
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let now = 1_767_225_600; // seconds since 1970
/// let one_token = Revocation::token(&pool, "5e0d9a1b-…", now);
/// let one_session = Revocation::session(&pool, "7c5f0f0e-…", now);
/// let everywhere = Revocation::user(&pool, "a33408e2-…", now);
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// Of two entries with the same pool and target only the later [moment](Self::at) has an effect.
///
/// Moments are whole seconds since 1970, and no [`SystemTime`]: they are compared with `iat` and
/// `auth_time`, which have no fractions in Cognito's tokens, the rule for the moment's own second needs
/// both sides to be of one precision, and a store writes the number as it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Revocation {
    pool: PoolName,
    kind: TargetKind,
    id: String,
    at: u64,
}

impl Revocation {
    /// The token with this `jti`, from now on. `now` is in seconds since 1970.
    pub fn token(pool: impl Into<PoolName>, jti: impl Into<String>, now: u64) -> Self {
        Self { pool: pool.into(), kind: TargetKind::Token, id: jti.into(), at: now }
    }

    /// Every token of the sign-in with this `origin_jti`, from now on, for 24 hours and 25 minutes. Also
    /// end the session at the issuer. `now` is in seconds since 1970.
    pub fn session(pool: impl Into<PoolName>, origin_jti: impl Into<String>, now: u64) -> Self {
        Self { pool: pool.into(), kind: TargetKind::Session, id: origin_jti.into(), at: now }
    }

    /// Every token of the user that was issued up to a moment, in seconds since 1970, and every later
    /// one of a sign-in up to that moment (`auth_time`), such as those that a refresh brings. Tokens that
    /// were issued in the second of the moment are not hit if their `auth_time` is the moment or later: they
    /// are of a new sign-in. Later tokens without `auth_time` are not hit; Cognito issues none to users.
    ///
    /// After the issuer has signed the user out as well ([`global_sign_out`](Self::global_sign_out)),
    /// tokens that are issued later are not hit.
    pub fn user(pool: impl Into<PoolName>, sub: impl Into<String>, moment: u64) -> Self {
        Self { pool: pool.into(), kind: TargetKind::User, id: sub.into(), at: moment }
    }

    /// Records that the issuer has signed the user out (GlobalSignOut, AdminUserGlobalSignOut) at this
    /// moment, in seconds since 1970. Write it beside [`Revocation::user`] of the same moment;
    /// [`TokenVerifier::record_global_sign_out`](crate::TokenVerifier::record_global_sign_out) writes both.
    ///
    /// It hits no token. With it the user's entry does not hit tokens that are issued later, whatever their
    /// `auth_time`: no earlier refresh token is valid, and a new sign-in with the login page's cookie has
    /// the `auth_time` of an earlier one.
    ///
    /// Stores keep it as a kind of its own ([`Target::GlobalSignOut`]), apart from tokens, sessions and
    /// users with the same id.
    pub fn global_sign_out(pool: impl Into<PoolName>, sub: impl Into<String>, moment: u64) -> Self {
        Self { pool: pool.into(), kind: TargetKind::GlobalSignOut, id: sub.into(), at: moment }
    }

    /// The pool whose tokens the entry can hit. Tokens of another pool with the same ids are not hit, since
    /// each issuer chooses its ids.
    pub fn pool(&self) -> &PoolName {
        &self.pool
    }

    /// What it names.
    pub fn target(&self) -> Target<'_> {
        match self.kind {
            TargetKind::Token => Target::Token(&self.id),
            TargetKind::Session => Target::Session(&self.id),
            TargetKind::User => Target::User(&self.id),
            TargetKind::GlobalSignOut => Target::GlobalSignOut(&self.id),
        }
    }

    /// The moment of the entry, in seconds since 1970.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// When every token that the entry can hit has expired, in seconds since 1970: [`ENTRY_LIFETIME`] after
    /// its moment. A store must keep the entry until then.
    pub fn expires_at(&self) -> u64 {
        ends_at(self.at)
    }

    /// Whether the entry hits this token, if the issuer has not signed the user out
    /// ([`TokenIdentity::is_hit_by`] takes that into account). It does not depend on whether the entry has
    /// expired. For [`global_sign_out`](Self::global_sign_out) it is always `false`.
    pub fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        self.pool == *token.pool
            && match self.kind {
                TargetKind::Token => token.jti == Some(&self.id),
                TargetKind::Session => token.origin_jti == Some(&self.id),
                TargetKind::User => token.sub == self.id && token.is_hit_by_user(self.at, || None),
                TargetKind::GlobalSignOut => false,
            }
    }

    /// An entry that names the token, or else its session.
    pub(crate) fn naming(token: &TokenIdentity<'_>) -> Option<Self> {
        let session = || Some(Self::session(token.pool, token.origin_jti?, token.issued_at));
        token.jti.map(|jti| Self::token(token.pool, jti, token.issued_at)).or_else(session)
    }

    /// The entry that hits the token, as far as is known: by its user's whole entry, by the time of
    /// its sign-in, or by its ids. Not of the entry's own moment, but of the earliest it can have.
    #[cfg(feature = "redis")]
    pub(crate) fn earliest_that_hits(
        token: &TokenIdentity<'_>,
        by_user: bool,
        by_sign_in: bool,
    ) -> Option<Self> {
        let of_user = |moment| Self::user(token.pool, token.sub, moment);
        match (by_user, by_sign_in) {
            (true, _) => Some(of_user(token.issued_at)),
            (false, true) => token.auth_time.map(of_user),
            (false, false) => Self::naming(token),
        }
    }

    pub(crate) fn is_of_session(&self) -> bool {
        self.kind == TargetKind::Session
    }

    pub(crate) fn is_of_user(&self) -> bool {
        self.kind == TargetKind::User
    }
}

/// A [`Revocation`] without text, among those of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CompactEntry {
    pub(crate) kind: TargetKind,
    pub(crate) identity: Fingerprint,
    pub(crate) at: u64,
}

impl From<&Revocation> for CompactEntry {
    fn from(revocation: &Revocation) -> Self {
        let (kind, text) = match revocation.target() {
            Target::Token(jti) => (TargetKind::Token, jti),
            Target::Session(origin_jti) => (TargetKind::Session, origin_jti),
            Target::User(sub) => (TargetKind::User, sub),
            Target::GlobalSignOut(sub) => (TargetKind::GlobalSignOut, sub),
        };
        Self { kind, identity: Fingerprint::of(text), at: revocation.at() }
    }
}

/// A person's identity is not for logs.
impl fmt::Debug for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocation")
            .field("pool", &self.pool.as_str())
            .field("target", &self.target())
            .field("at", &self.at)
            .finish()
    }
}

/// The longest that a token of Cognito can live, in seconds: 24 hours (quota "access token
/// lifetime"). One constant rules how long an entry is kept and which tokens it can hit.
///
/// A verifier refuses tokens with a longer lifetime: a store could drop the entry of a sign-out before
/// such a token expires.
pub const MAX_TOKEN_LIFETIME: u64 = crate::pool::MAX_TOKEN_LIFETIME;

/// When the last token that an entry of this moment can hit has expired: it was issued by then (or
/// up to the leeway later, as its verifier's clock has it), lives no longer than any token of
/// Cognito, gets the leeway once more at its end, and is looked at by a machine whose clock may be
/// a little behind.
pub(crate) fn ends_at(at: u64) -> u64 {
    at.saturating_add(ENTRY_LIFETIME)
}

/// How long an entry is kept, in seconds: 24 hours and 25 minutes. By then the last token that it can
/// hit has expired: it lived for [`MAX_TOKEN_LIFETIME`], and clocks and leeway (10 minutes at each end)
/// are counted in.
pub const ENTRY_LIFETIME: u64 = MAX_TOKEN_LIFETIME + 2 * MAX_LEEWAY + CLOCK_DIFFERENCE;

/// How far the clocks of two machines may be apart, in seconds, without an entry ending too soon.
const CLOCK_DIFFERENCE: u64 = 300;

/// The most leeway that a verifier can be given, in seconds: an entry outlives its tokens by it.
pub(crate) const MAX_LEEWAY: u64 = 600;

/// This machine's clock, in seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
