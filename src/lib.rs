//! Sign users in with Amazon Cognito user pools, and verify every request's token.
//!
//! Tokens are checked here, against the pool's published keys, without asking Cognito on every
//! request; and a user who signed out is refused from that moment, not when the token expires.
//!
//! ```
//! use cognito_auth::testing::{LocalUser, LocalUserPool};
//! use cognito_auth::{JwtVerifier, VerifyError, VerifyToken};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A user pool of your own, for tests and for trying things out. In production:
//! // UserPool::new("eu-west-1_AbCdEf123")?
//! let local = LocalUserPool::start().await?;
//! local.add_user(LocalUser::new("alice", "Passw0rd!23").group("admins"));
//! let verifier = JwtVerifier::new(&local.user_pool(), &local.client_id())?;
//!
//! let token = local.access_token("alice");
//! let claims = verifier.verify_access(token.expose()).await?;
//! assert_eq!(claims.username(), Some("alice"));
//! assert!(claims.in_group("admins"));
//!
//! verifier.sign_out(&claims).await?;
//! assert_eq!(verifier.verify_access(token.expose()).await, Err(VerifyError::Revoked));
//! # Ok(())
//! # }
//! ```
//!
//! # Where to start
//!
//! | to … | see |
//! |---|---|
//! | verify tokens | [`JwtVerifier`], [`PoolSet`] for several pools, [`bearer::JwtBearer`] for a request's headers |
//! | sign users in | [`CognitoClient`], [`SignInRequest`], [`PendingSignIn::accept`] |
//! | protect routes of axum, Actix Web, tower | [`web`] |
//! | mount sign-in, me and logout | [`AuthEndpoints`] |
//! | sign users out | [`Logout`], here and at Cognito; [`VerifyToken::sign_out`] and [`revocation`] for the half here |
//! | test an app without AWS | `testing::LocalUserPool` (feature `testing`) |
//! | know where keys come from | [`keys`] |
//! | know what is checked, and what is left to you | [`guide::threat_model`] |
//! | look at a token that is not verified | [`unverified::UnverifiedJwt`] |
//!
//! One page for each task, from an empty folder on: the [guide].
//!
//! # Errors
//!
//! Who has to act tells them apart: the developer ([`ConfigError`]), the sign-in handler
//! ([`AuthError`]), the client or operations ([`VerifyError`]). "This token is bad" and "we cannot
//! tell" are never the same answer. Each has a stable `code()`.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `rustls` | yes | TLS through rustls |
//! | `native-tls` | | TLS through the system's library; with both on, rustls is used |
//! | `aws_lc_rs` | yes | signatures through aws-lc-rs |
//! | `rust_crypto` | | signatures through the `rsa` and `p256` crates: no C compiler, about four times the time for RS256 and six for ES256; with both on, aws-lc-rs is used |
//! | `tower` | | `web::RequireAccessLayer`, and [`AuthEndpoints`] as a `tower::Service` |
//! | `axum` | | [extractors](web) for axum |
//! | `actix-web` | | [extractors](web) for Actix Web |
//! | `redis` | | `RedisRevocations`: a sign-out on one machine holds on all of them |
//! | `metrics` | | counters and gauges through the [`metrics`](https://docs.rs/metrics) facade: see [the guide](guide::observe) |
//! | `testing` | | `testing::LocalUserPool` |
//!
//! Features only add, and any combination works. Nothing is installed for the whole process.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base64url;
pub mod bearer;
mod claims;
mod endpoints;
mod error;
#[cfg(any(doc, doctest))]
pub mod guide;
mod idp;
mod json;
mod jws;
pub mod keys;
mod logout;
mod measure;
mod pool;
pub mod revocation;
mod secret;
mod task;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
pub mod unverified;
mod verify;
pub mod web;

pub use claims::{AccessClaims, IdClaims, IdTokenChecks};
pub use endpoints::{AuthEndpoints, AuthEndpointsBuilder};
pub use error::*;
pub use idp::*;
pub use logout::{LoggedOut, Logout};
pub use pool::{IssuerKind, Partition, PoolName, UserPool, UserPoolId};
pub use secret::{AccessToken, ClientSecret, CodeVerifier, IdToken, RefreshToken};
pub use verify::{JwtVerifier, JwtVerifierBuilder, PoolSet, SignOut, VerifyToken};

/// The README's programs compile and run with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
