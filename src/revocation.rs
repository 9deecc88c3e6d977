//! Revocation: refusing tokens that were signed out before they expire.
//!
//! A verifier that only checks signatures cannot see a sign-out: an access token goes on working
//! until `exp` (Cognito Developer Guide, "Revoking tokens"). A [`RevocationStore`] keeps what
//! was signed out here, and every verification asks it. By default a verifier has
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
//! a user): a refresh token lives for days, and an entry here hits none of the
//! tokens that it brings after 24 hours and 25 minutes. [`Logout`](crate::Logout) does both, and tells Cognito again where it could not.
//!
//! The 2 seconds are `RedisRevocationsBuilder::max_lag` (feature `redis`), the 5 are
//! [`LiveCheckBuilder::keep_for`]. `LiveCheck` cannot be quicker than Cognito: how soon GetUser
//! sees a sign-out is not documented. The table assumes that it does so at once in one Region;
//! in a user pool with replicas the other Regions follow later.
//!
//! The reason: GlobalSignOut, RevokeToken and the rest change what Cognito remembers, and neither
//! the signature nor `exp` of a token that is out; only GetUser and userInfo show it (Developer
//! Guide, "Revoking tokens"; API reference, "GlobalSignOut"). Both want a user's access token with
//! their scope: GetUser `aws.cognito.signin.user.admin`, userInfo `openid`. Cognito has no
//! such operation for ID tokens and tokens of machines.
//!
//! A store over an engine of your own, such as a database, implements [`RevocationStore`].

mod entry;
mod entry_set;
mod fingerprint;
mod live_check;
mod memory;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod store;
mod token_identity;

#[cfg(feature = "redis")]
pub use self::redis::{
    RedisCredentials, RedisRevocations, RedisRevocationsBuilder, RedisRevocationsHealth,
};
pub use entry::{ENTRY_LIFETIME, MAX_TOKEN_LIFETIME, Revocation, Target};
pub(crate) use entry::{MAX_LEEWAY, ends_at};
pub use live_check::{LiveCheck, LiveCheckBuilder, LiveCheckHealth};
pub use memory::MemoryRevocations;
pub use store::{RevocationStatus, RevocationStore};
pub use token_identity::{TokenIdentity, TokenKind};
