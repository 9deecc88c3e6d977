//! Revocation: what was signed out before its time.
//!
//! A verifier that only checks signatures cannot see a sign-out: an access token goes on working
//! until `exp` (Cognito Developer Guide, "Revoking tokens"). A [`RevocationStore`] remembers what
//! was signed out here, and every verification asks it. Without a word about them a verifier has
//! [`MemoryRevocations`] of its own; it can have several stores
//! ([`JwtVerifierBuilder::revocations`](crate::JwtVerifierBuilder::revocations)).
//!
//! # What each store catches
//!
//! How much later a token is refused, at most. "Never" is when the token expires.
//!
//! | what happened | [`MemoryRevocations`] | `RedisRevocations` | [`LiveCheck`] |
//! |---|---|---|---|
//! | GlobalSignOut made here (the logout endpoint, [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out)) | at once, in this process | at once in this process; in the others milliseconds, 2 seconds when a connection falls silent, or its server is the primary no more | at once in this process; in the others 5 seconds, once Cognito was told |
//! | one token or session revoked here, or a user signed out here, and Cognito not told | at once, in this process; a session, refreshed or not, for 24 hours and 25 minutes | as above | at once, in this process; as long |
//! | GlobalSignOut elsewhere (another app, AdminUserGlobalSignOut, the console) | never | never | 5 seconds |
//! | refresh token revoked elsewhere (RevokeToken, `/oauth2/revoke`) | never | never | 5 seconds: tokens of that sign-in |
//! | user disabled | never | never | 5 seconds; enabled again, a new sign-in is needed |
//! | user deleted | never | never | 5 seconds |
//! | groups or attributes changed | never | never | never: a token says what it said when it was issued |
//! | browser sent to `/logout` | never | never | never: that ends the login page's session, and no token |
//!
//! | kind of token | [`MemoryRevocations`] | `RedisRevocations` | [`LiveCheck`] |
//! |---|---|---|---|
//! | access token of a user, with the scope `aws.cognito.signin.user.admin` or `openid` | as above | as above | as above |
//! | access token of a user, with neither | as above | as above | as an ID token |
//! | ID token | as above | as above | what was signed out here; and what came from a sign-in (`origin_jti`) of which an access token was found revoked here |
//! | access token of a machine (client credentials) | by `jti`, when it was revoked here | by `jti`, when it was revoked here | as [`MemoryRevocations`] |
//!
//! | | [`MemoryRevocations`] | `RedisRevocations` | [`LiveCheck`] |
//! |---|---|---|---|
//! | cost | nothing to speak of | a Redis server; no call on the way of a request | one call to Cognito per token, process and 5 seconds; 120 a second for an account |
//! | out of reach | cannot be | each request asks Redis, else 503; a setting | 503, or [the last verdict](LiveCheckBuilder::accept_while_unavailable) |
//!
//! A session has to be ended at Cognito, too ([`revoke`](crate::IdentityProvider::revoke) with its
//! refresh token, [`logout_with_token`](crate::IdentityProvider::logout_with_token) for all sessions of
//! a user): a refresh token lives for days, and what it brings after 24 hours and 25 minutes no entry
//! here knows any more. [`Logout`](crate::Logout) does both, and tells Cognito again where it could not.
//!
//! The 2 seconds are `RedisRevocationsBuilder::max_lag` (feature `redis`), the 5 are
//! [`LiveCheckBuilder::keep_for`]. `LiveCheck` cannot be quicker than Cognito: how soon GetUser
//! sees a sign-out is not documented. It is taken for immediate in one Region; in
//! a user pool with replicas the other Regions follow later.
//!
//! Why it is so: GlobalSignOut, RevokeToken and the rest change what Cognito remembers, and neither
//! the signature nor `exp` of a token that is out; only GetUser and userInfo show it (Developer
//! Guide, "Revoking tokens"; API reference, "GlobalSignOut"). Both want a user's access token with
//! their scope: GetUser `aws.cognito.signin.user.admin`, userInfo `openid`. ID tokens and machines'
//! tokens have no such place to ask.

mod entry;
#[cfg(feature = "redis")]
mod entry_set;
mod live;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod revoked;
mod token_identity;

use std::fmt;

use async_trait::async_trait;

#[cfg(feature = "redis")]
pub use self::redis::{
    RedisCredentials, RedisRevocations, RedisRevocationsBuilder, RevocationHealth,
};
use crate::error::RevocationError;
pub use live::{LiveCheck, LiveCheckBuilder, LiveCheckHealth};
pub use memory::MemoryRevocations;
pub use revoked::{Revocation, Target};
pub use token_identity::{TokenIdentity, TokenKind};

/// The longest that a token of Cognito can live, in seconds: 24 hours (quota "access token
/// lifetime"). One constant rules how long an entry is kept and which tokens it can hit.
///
/// A verifier refuses tokens that were made to live longer: a sign-out of one would be forgotten
/// before it ends.
pub const MAX_TOKEN_LIFETIME: u64 = crate::pool::MAX_TOKEN_LIFETIME;

/// Remembers what was revoked until no token that it could hit is alive.
///
/// # A store of your own
///
/// It writes the pool, the target and the moment of each [`Revocation`], keeps the later moment where
/// there is one already, and forgets an entry when it has [expired](Revocation::expires_at), not before.
/// To look a token up it says which moment is stored under each target that
/// [`TokenIdentity::is_hit_by`] asks for, in the token's pool. A store that cannot write
/// answers with an error: a sign-out that was not stored must not look like one that was.
///
/// The same over a map, where a database would be asked:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use async_trait::async_trait;
/// use cognito_auth::revocation::{
///     Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
/// };
/// use cognito_auth::{PoolName, RevocationError};
///
/// /// Pool, kind and id; and the moment.
/// type Rows = HashMap<(String, &'static str, String), u64>;
///
/// #[derive(Debug, Default)]
/// struct Table(Mutex<Rows>);
///
/// /// `None` for a kind that a later version has added: `revoke` refuses it.
/// fn key(pool: &PoolName, target: Target<'_>) -> Option<(String, &'static str, String)> {
///     let (kind, id) = match target {
///         Target::Token(id) => ("token", id),
///         Target::Session(id) => ("session", id),
///         Target::User(id) => ("user", id),
///         Target::GlobalSignOut(id) => ("global sign-out", id),
///         _ => return None,
///     };
///     Some((pool.as_str().to_owned(), kind, id.to_owned()))
/// }
///
/// #[async_trait]
/// impl RevocationStore for Table {
///     /// Nothing is cached: the table is asked about every token.
///     fn peek(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
///         RevocationStatus::Unknown
///     }
///
///     async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
///         let rows = self.0.lock().map_err(|_| RevocationError::new("the table is locked"))?;
///         Ok(token.is_hit_by(|target| rows.get(&key(token.pool, target)?).copied()))
///     }
///
///     async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
///         let mut rows = self.0.lock().map_err(|_| RevocationError::new("the table is locked"))?;
///         let key = key(revocation.pool(), revocation.target())
///             .ok_or_else(|| RevocationError::new("the table has no row for this kind"))?;
///         let at = rows.entry(key).or_default();
///         *at = revocation.at().max(*at);
///         Ok(())
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use cognito_auth::{UserPool, revocation::TokenKind};
/// # let (name, table) = (UserPool::new("eu-west-1_AbCdEf123")?.name(), Table::default());
/// # table.revoke(&Revocation::user(&name, "s", 100)).await?;
/// # table.revoke(&Revocation::user(&name, "s", 50)).await?;
/// # let token = |at| TokenIdentity::new(&name, "t", TokenKind::Access, "s", at);
/// # table.revoke(&Revocation::global_sign_out(&name, "s", 100)).await?;
/// # assert!(table.is_revoked(&token(100)).await? && !table.is_revoked(&token(101)).await?);
/// # Ok(())
/// # }
/// ```
///
/// `tests/revocation_model.rs` in this crate's repository has a store of this kind, and histories of
/// sign-ins and sign-outs that tell whether one is right.
#[async_trait]
pub trait RevocationStore: fmt::Debug + Send + Sync {
    /// What kind of store it is: a word for metrics. Default `custom`.
    fn name(&self) -> &'static str {
        "custom"
    }

    /// Whether [`peek`](Self::peek) would find every token live at this moment, whatever it is: a
    /// verifier then has nothing to look up. Default `false`, which is never wrong.
    fn holds_nothing(&self) -> bool {
        false
    }

    /// The answer, as far as it is at hand. Never waits: this runs on every request.
    fn peek(&self, token: &TokenIdentity<'_>) -> RevocationStatus;

    /// The answer, whatever it takes. Asked only after [`peek`](Self::peek) said
    /// [`Unknown`](RevocationStatus::Unknown).
    ///
    /// # Errors
    /// When the store cannot be asked: the verifier then answers "cannot tell", a 503.
    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError>;

    /// The entry of this store that hits the token: the user's, if there is one from the token's
    /// `iat` or later, else its session's, else its own. A sign-out asks for it, since a token
    /// that is revoked already does not sign its user out once more; a request does not. The token's
    /// text is empty here.
    ///
    /// What is known from the issuer is no entry. Default `None`: a sign-out is then written anew, for
    /// a token that [`peek`](Self::peek) did not know either. A store that says more has a sign-out
    /// that failed at one of several stores made up for in full, and keeps a token that is revoked, and
    /// lacks a scope besides, from signing its user out anew.
    ///
    /// # Errors
    /// When the store cannot be asked.
    async fn entry_for(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        let _ = token;
        Ok(None)
    }

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
