//! Sign users in with Amazon Cognito user pools, and verify every request's token.
//!
//! Tokens are checked here, against the pool's published keys, without asking Cognito on every
//! request; and a user who signed out is refused from that moment, not when the token expires.
//!
//! ```no_run
//! use cognito_auth::{JwtVerifier, UserPool, TokenVerifier};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = UserPool::new("eu-west-1_AbCdEf123")?; // yours
//! let verifier = JwtVerifier::new(&pool, "1example23456789abcdefghij")?; // your app client
//!
//! # let access_token = "";
//! // A request came in with `Authorization: Bearer <access_token>`.
//! let claims = verifier.verify_access(access_token).await?;
//! println!("hello {}", claims.username().unwrap_or("machine"));
//!
//! // Its user signs out. From now on the token is refused here: `VerifyError::Revoked`.
//! verifier.sign_out(&claims).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The future needs a tokio runtime: `cargo add tokio --features full`.
//!
//! # Where to start
//!
//! | to … | see |
//! |---|---|
//! | protect routes | [axum](guide::protect_with_axum), [Actix Web](guide::protect_with_actix_web), [tower and hyper](guide::other_frameworks#tower-and-hyper), [gRPC with tonic](guide::other_frameworks#tonic), [WebSocket](guide::other_frameworks#websocket), [Rocket](guide::other_frameworks#rocket), [warp](guide::other_frameworks#warp) |
//! | run on AWS Lambda | [a function behind an HTTP API](guide::other_frameworks#aws-lambda-a-function-behind-an-http-api), [an authorizer of API Gateway](guide::other_frameworks#aws-lambda-an-authorizer-of-api-gateway) |
//! | find out why a token is refused | [my token is refused](guide::my_token_is_refused): every code, its cause, what to do |
//! | verify tokens | [`JwtVerifier`], [`PoolSet`] for several pools, [`bearer::JwtBearer`] for a request's headers |
//! | sign users in | [the guide](guide::sign_in); [`CognitoClient`], [`SignInRequest`], [`PendingSignIn::accept`] |
//! | get new tokens without a new sign-in | [refresh](guide::sign_in#new-tokens-without-a-new-sign-in) |
//! | mount sign-in, me and logout | [`AuthEndpoints`] |
//! | sign users out | [the guide](guide::sign_out); [`Logout`], here and at Cognito; [`TokenVerifier::sign_out`] and [`revocation`] for the half here |
//! | run on many machines | [what they share](guide::run_on_many_machines) |
//! | call other services | [machine to machine](guide::machine_to_machine) |
//! | test an app without AWS | [the guide](guide::test_your_app); `testing::LocalUserPool` (feature `testing`) |
//! | see what happens | [log, traces, metrics](guide::observe) |
//! | know where keys come from | [`keys`] |
//! | know what is checked, and what is left to you | [`guide::threat_model`] |
//! | look at a token that is not verified | [`unverified::UnverifiedJwt`] |
//!
//! One page for each task, from an empty folder on: the [guide].
//!
//! # Errors
//!
//! Errors are grouped by who can act: [`ConfigError`] is a setting, found when a value is built;
//! [`AuthError`] is about a sign-in or about Cognito, and says whether the user, the operator or nothing
//! but time can mend it; [`VerifyError`] is about a token, or the keys and stores that are needed to
//! check it. "Refused" and "could not be checked" are never the same answer. Each has a stable `code()`.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `rustls` | yes | TLS through rustls |
//! | `native-tls` | | TLS through the system's library; with both on, rustls is used |
//! | `aws-lc-rs` | yes | signatures through aws-lc-rs |
//! | `rust-crypto` | | signatures through the `rsa` and `p256` crates: no C compiler, about four times the time for RS256 and six for ES256; with both on, aws-lc-rs is used |
//! | `tower` | | `web::RequireAccessLayer`, and [`AuthEndpoints`] as a `tower::Service` |
//! | `axum` | | [extractors](web) for axum |
//! | `actix-web` | | [middleware and extractors](web) for Actix Web |
//! | `redis` | | `RedisRevocations`: a sign-out on one machine holds on all of them |
//! | `metrics` | | counters and gauges through the [`metrics`](https://docs.rs/metrics) facade: see [the guide](guide::observe) |
//! | `sessions` | | `sessions::BrowserSessions`: a signed-in web site, the tokens on the server |
//! | `testing` | | `testing::LocalUserPool` |
//!
//! Features only add, and any combination works. Nothing is installed for the whole process.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bearer;
mod claims;
mod endpoints;
mod error;
#[cfg(any(doc, doctest))]
pub mod guide;
mod idp;
mod json;
mod jwt;
pub mod keys;
mod logout;
mod loopback;
mod measure;
mod pool;
pub mod revocation;
mod secret;
#[cfg(feature = "sessions")]
pub mod sessions;
mod task;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod verify;
pub mod web;

pub use claims::{AccessClaims, IdClaims, IdTokenChecks};
pub use endpoints::{AuthEndpoints, AuthEndpointsBuilder};
pub use error::*;
pub use idp::*;
pub use jwt::unverified;
pub use logout::{LoggedOut, Logout};
pub use pool::{IssuerKind, Partition, PoolName, UserPool, UserPoolId};
pub use secret::{AccessToken, ClientSecret, CodeVerifier, IdToken, RefreshToken};
pub use verify::{JwtVerifier, JwtVerifierBuilder, PoolSet, SignOut, TokenVerifier};

/// The README's programs compile and run with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
