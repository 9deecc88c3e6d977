//! [`LocalUserPool`]: a user pool without AWS, for tests and to try the crate.
//!
//! [`LocalUserPool`] behaves as Amazon Cognito does on the wire: the login page, the token, userInfo,
//! revocation and logout endpoints, the JWKS, tokens with Cognito's claims, and the operations of the JSON
//! API that need no AWS credentials. InitiateAuth knows every flow (SRP, password, refresh token, the
//! choice-based one, custom) and RespondToAuthChallenge their challenges; users sign up, reset passwords,
//! verify addresses and set up second factors. The codes for that go to an
//! [outbox](LocalUserPool::outbox). The pool is served on loopback, or called in memory. A test can advance
//! its clock, rotate its keys, and make its endpoints fail.
//!
//! ```
//! use cognito_auth::JwtVerifier;
//! use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = LocalUserPool::start().await?;
//! pool.add_user(LocalUser::new("alice", "Passw0rd!").email("alice@example.com").group("admins"));
//!
//! // The verifier of your service, for the local pool. It fetches the keys over HTTP, as from Cognito.
//! let verifier = JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id()).build()?;
//!
//! // The token of a signed-in user:
//! let claims = verifier.verify_access(pool.access_token("alice").expose()).await?;
//! assert_eq!(claims.username(), Some("alice"));
//!
//! // The token of an attacker, and one that has expired:
//! let forged = pool.token(&TokenSpec::access("alice").signed_by_stranger());
//! assert_eq!(verifier.verify_access(&forged).await.unwrap_err().code(), "signature_invalid");
//! let stale = pool.token(&TokenSpec::access("alice").expired());
//! assert_eq!(verifier.verify_access(&stale).await.unwrap_err().code(), "expired");
//! # Ok(())
//! # }
//! ```
//!
//! [`LocalUserPool::authorize`] does what the user does at the login page:
//!
//! ```
//! use cognito_auth::testing::{LocalUser, LocalUserPool};
//! use cognito_auth::{Callback, IdentityProvider, SignInRequest};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let alice = LocalUser::new("alice", "Passw0rd!");
//! let pool = LocalUserPool::builder().user(alice).in_memory().build()?;
//!
//! let sign_in = pool.sign_in(SignInRequest::new("http://localhost:3000/auth/callback"))?;
//! let callback = pool.authorize(&sign_in.url, "alice", "Passw0rd!")?;
//! let code = sign_in.pending.accept(&Callback::from_url(&callback)?)?;
//! let tokens = pool.auth_with_code(code).await?;
//! pool.logout_with_token(&tokens.access_token).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What a pool costs
//!
//! The first pool of a process generates two RSA keys, on two threads. That takes about 0.1 seconds with
//! AWS-LC, and several times that in a debug build, unless `Cargo.toml` has `opt-level = 3` in
//! `[profile.dev.package.aws-lc-sys]`. The `rust-crypto` backend takes seconds in a debug build. The other
//! pools of the process sign with the same two keys, under key ids and an issuer of their own, and start in
//! a millisecond or two; [`LocalUserPoolBuilder::own_keys`] gives a pool keys that no other pool has.
//!
//! # Not for production
//!
//! Every process generates its own signing keys, which do not leave it. There are no fixed keys: with
//! a private key from a published crate, an attacker could forge tokens for every service that trusts such
//! a pool by mistake. The server listens on loopback addresses only.
//!
//! # Differences from Cognito
//!
//! No implicit grant, no federation, no Lambda triggers (but
//! [a custom challenge](LocalUserPoolBuilder::custom_challenge)), no quotas. The default app client allows
//! every flow, and second factors that users have switched on are asked for. Every client can read every
//! attribute. An authorization code can be exchanged once, and an exchange by its client that fails uses it
//! up too. Where a behaviour of Cognito is not documented and was not measured, the pool does what its
//! documentation suggests: a wrong one-time password or second factor, for instance, leaves its challenge
//! standing.

mod client;
mod device_tracking;
mod fault;
mod http;
mod identity_provider;
#[cfg(feature = "alb")]
mod load_balancer;
mod local_pool;
mod mfa;
mod outbox_message;
mod pool;
mod revocation_store;
#[cfg(feature = "sessions")]
mod session_store;
#[cfg(feature = "sessions")]
mod signed_in;
mod token_spec;
mod tokens;
mod user;
mod web_authn;

pub use client::LocalClient;
pub use device_tracking::DeviceTracking;
pub use fault::{Endpoint, Fault};
#[cfg(feature = "alb")]
pub use load_balancer::LocalLoadBalancer;
pub use local_pool::LocalUserPool;
pub use local_pool::builder::{LocalUserPoolBuilder, StartError};
pub use mfa::MfaConfiguration;
pub use outbox_message::{MessagePurpose, OutboxMessage};
pub use revocation_store::{StoreUnderTest, revocation_store};
#[cfg(feature = "sessions")]
pub use session_store::{SessionStoreFault, session_store};
#[cfg(feature = "sessions")]
pub use signed_in::SiteSignInError;
pub use token_spec::TokenSpec;
pub use user::LocalUser;
