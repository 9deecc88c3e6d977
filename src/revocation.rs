//! Revocation: refusing tokens that were signed out before they expire.
//!
//! A verifier that checks only signature and times cannot see a sign-out: an access token stays valid
//! until `exp` (Cognito Developer Guide, "Revoking tokens"). A [`RevocationStore`] has an entry for
//! each sign-out that was made here, and every verification asks it. By default a verifier has a
//! [`MemoryRevocations`] of its own; it can have several stores
//! ([`JwtVerifierBuilder::revocations`](crate::JwtVerifierBuilder::revocations)).
//!
//! # What each store catches
//!
//! The first table says how long after the event a token is refused, at the latest. "Never": not before
//! the token expires.
//!
//! | what happened | [`MemoryRevocations`] | `RedisRevocations` | [`LiveCheck`] |
//! |---|---|---|---|
//! | GlobalSignOut made here (the logout endpoint, [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out)) | at once, in this process | at once in this process; in the others milliseconds, 2 seconds when a connection stalls, or its server is no longer the primary | at once in this process; in the others 5 seconds after Cognito's GlobalSignOut |
//! | one token or session revoked here, or a user signed out here, but not at Cognito | at once, in this process; a session for 24 hours and 25 minutes, also after a refresh | as above | at once, in this process; for the same time |
//! | GlobalSignOut elsewhere (another app, AdminUserGlobalSignOut, the console) | never | never | 5 seconds |
//! | refresh token revoked elsewhere (RevokeToken, `/oauth2/revoke`) | never | never | 5 seconds: tokens of that sign-in |
//! | user disabled | never | never | 5 seconds; when the user is enabled again, they have to sign in again |
//! | user deleted | never | never | 5 seconds |
//! | groups or attributes changed | never | never | never: the claims of a token do not change |
//! | browser sent to `/logout` | never | never | never: `/logout` ends the login page's session, and revokes no token |
//!
//! | kind of token | [`MemoryRevocations`] | `RedisRevocations` | [`LiveCheck`] |
//! |---|---|---|---|
//! | access token of a user, with the scope `aws.cognito.signin.user.admin` or `openid` | as above | as above | as above |
//! | access token of a user, with neither | as above | as above | as an ID token |
//! | ID token | as above | as above | when it was signed out here; and when an access token of the same session (`origin_jti`) was found revoked by this process |
//! | access token of a machine (client credentials) | by `jti`, when it was revoked here | by `jti`, when it was revoked here | as [`MemoryRevocations`] |
//!
//! | | [`MemoryRevocations`] | `RedisRevocations` | [`LiveCheck`] |
//! |---|---|---|---|
//! | cost | a look-up in memory | a Redis server; no call to it during a request | one call to Cognito per token, process and 5 seconds; 120 a second for an account |
//! | when it cannot be reached | does not apply | each request asks Redis, and is answered with 503 if that fails; a setting of its builder changes this | 503, or [the last verdict](LiveCheckBuilder::accept_while_unavailable) |
//!
//! Also end the session at Cognito ([`revoke`](crate::IdentityProvider::revoke) with its refresh token,
//! [`logout_with_token`](crate::IdentityProvider::logout_with_token) for all sessions of a user): a refresh
//! token is valid for days, and after 24 hours and 25 minutes no entry refuses the tokens that it brings.
//! [`Logout`](crate::Logout) does both, and retries when Cognito cannot be reached.
//!
//! The 2 seconds are `RedisRevocationsBuilder::max_lag` (feature `redis`), the 5 seconds are
//! [`LiveCheckBuilder::keep_for`]. `LiveCheck` cannot be faster than Cognito, which does not document how
//! soon GetUser sees a sign-out. The table assumes that it does so at once in one Region; in a user pool
//! with replicas the other Regions follow later.
//!
//! Only `LiveCheck` sees what happens elsewhere, because GlobalSignOut, RevokeToken and the others change
//! the state at Cognito, but neither the signature nor the `exp` of a token that was issued; only GetUser
//! and userInfo show the state (Developer Guide, "Revoking tokens"; API reference, "GlobalSignOut"). Both
//! need a user's access token with a scope: GetUser `aws.cognito.signin.user.admin`, userInfo `openid`.
//! Cognito has no such operation for ID tokens and tokens of machines.
//!
//! To use another database, implement [`RevocationStore`].

mod entry;
mod entry_set;
mod fingerprint;
mod live_check;
mod memory;
#[cfg(feature = "redis")]
pub(crate) mod redis;
mod store;
mod target;
mod token_identity;

#[cfg(feature = "redis")]
pub use self::redis::{
    RedisCredentials, RedisRevocations, RedisRevocationsBuilder, RedisRevocationsHealth,
};
pub use entry::{ENTRY_LIFETIME, MAX_TOKEN_LIFETIME, Revocation};
pub(crate) use entry::{MAX_LEEWAY, ends_at};
pub use live_check::{LiveCheck, LiveCheckBuilder, LiveCheckHealth};
pub use memory::MemoryRevocations;
pub use store::{RevocationStatus, RevocationStore};
pub use target::Target;
pub use token_identity::{TokenIdentity, TokenKind};
