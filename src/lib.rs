//! Sign users in with Amazon Cognito user pools, verify the token of every request locally, and refuse a
//! user's tokens from the moment they sign out.
//!
//! Verification uses the public keys of the user pool, which are fetched with the first token, cached, and
//! refreshed in the background. There is no call to Cognito per request.
//!
//! ```no_run
//! use cognito_auth::{JwtVerifier, UserPool, TokenVerifier};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = UserPool::new("eu-west-1_AbCdEf123")?; // the id of your user pool
//! let verifier = JwtVerifier::new(&pool, "1example23456789abcdefghij")?; // the id of your app client
//!
//! # let access_token = "";
//! // A request arrived with `Authorization: Bearer <access_token>`.
//! let claims = verifier.verify_access(access_token).await?;
//! println!("hello {}", claims.username().unwrap_or("machine"));
//!
//! // The user signs out. From now on this verifier refuses the token: `VerifyError::Revoked`.
//! verifier.sign_out(&claims).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The futures need a tokio runtime: `cargo add tokio --features full`.
//!
//! # Where to start
//!
//! | to … | see |
//! |---|---|
//! | make a signed-in web site | [the guide](guide::browser_sessions), [on many machines](guide::browser_sessions_on_many_machines), [a single-page app](guide::single_page_app); `sessions::BrowserSessions` (feature `sessions`) |
//! | protect routes | [axum](guide::protect_with_axum), [Actix Web](guide::protect_with_actix_web), [tower and hyper](guide::other_frameworks#tower-and-hyper), [gRPC with tonic](guide::other_frameworks#tonic), [WebSocket](guide::other_frameworks#websocket), [Rocket](guide::other_frameworks#rocket), [warp](guide::other_frameworks#warp) |
//! | read a token elsewhere than in `Authorization` | [where is your token?](guide::other_frameworks#where-is-your-token) |
//! | run on AWS Lambda | [a function behind an API](guide::other_frameworks#aws-lambda-a-function-behind-an-api), [an authorizer of API Gateway](guide::other_frameworks#aws-lambda-an-authorizer-of-api-gateway) |
//! | find out why a token is refused | [my token is refused](guide::my_token_is_refused): every code, its cause, what to do |
//! | verify tokens | [`JwtVerifier`], [`PoolSet`] for several pools, [`bearer::JwtBearer`] for a request's headers |
//! | sign users in on pages of the application | [the guide](guide::direct_sign_in); `direct::DirectSignIn` (feature `direct`) |
//! | sign users in | [the guide](guide::sign_in); [`CognitoClient`], [`SignInRequest`], [`PendingSignIn::accept`] |
//! | get new tokens without a new sign-in | [refresh](guide::sign_in#new-tokens-without-a-new-sign-in) |
//! | serve sign-in, "who am I" and logout | [`AuthEndpoints`] |
//! | sign users out | [the guide](guide::sign_out); [`Logout`], here and at Cognito; [`TokenVerifier::sign_out`] and [`revocation`], here only |
//! | run on many machines | [what they share](guide::run_on_many_machines), [how many processes one Redis serves](guide::scale) |
//! | replace secrets and keys | [what rotates](guide::what_rotates): what a rotation looks like from here, and what to do |
//! | call other services | [machine to machine](guide::machine_to_machine) |
//! | test an app without AWS | [the guide](guide::test_your_app); `testing::LocalUserPool` (feature `testing`) |
//! | take users that a load balancer has signed in | [the guide](guide::behind_a_load_balancer); `alb::AlbVerifier` (feature `alb`) |
//! | monitor | [log, traces, metrics](guide::observe) |
//! | choose where keys come from | [`keys`] |
//! | know what is checked, and what the application has to check | [`guide::threat_model`] |
//! | read a token without verifying it | [`unverified::UnverifiedJwt`] |
//!
//! The [guide] has a page for each task.
//!
//! # Errors
//!
//! - [`ConfigError`]: a setting is wrong. It is found when a value is built, before any request.
//! - [`AuthError`]: a call to Cognito failed. Its methods say whether the user was refused, a setting is
//!   wrong, or a later try may succeed.
//! - [`VerifyError`]: a token is refused, or could not be checked because keys or a revocation store are not
//!   available. The two are never the same variant.
//!
//! Each error has a stable `code()`, and its text contains no token and no secret.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls |
//! | `native-tls` | | TLS by the system's library; with both features, rustls is used |
//! | `aws-lc-rs` | yes | signature checks by aws-lc-rs |
//! | `rust-crypto` | | signature checks by the `rsa`, `p256` and `p384` crates, and the encryption of sessions by `aes-gcm`: no C compiler, about four times slower for RS256 and six times for ES256; with both features, aws-lc-rs is used |
//! | `tower` | | `web::RequireAccessLayer`, and [`AuthEndpoints`] as a `tower::Service` |
//! | `alb` | | `alb::AlbVerifier`: users that an Application Load Balancer or AWS Verified Access has signed in |
//! | `axum` | | [extractors](web) for axum, with `alb` also `alb::AlbClaims`; and what `tower` adds |
//! | `actix-web` | | [middleware and extractors](web) for Actix Web |
//! | `redis` | | `RedisRevocations`: a sign-out on one machine holds on all of them; with `sessions`, `RedisSessions`. One address, a cluster or Sentinels |
//! | `metrics` | | counters and gauges through the [`metrics`](https://docs.rs/metrics) facade: see [the guide](guide::observe) |
//! | `direct` | | `direct::DirectSignIn`: name, password, codes and passkeys on pages of the application; and what `sessions` adds |
//! | `sessions` | | `sessions::BrowserSessions`: a signed-in web site, the tokens on the server |
//! | `testing` | | `testing::LocalUserPool` |
//!
//! Features are additive, and any combination compiles. The crate installs nothing for the whole process: no
//! crypto provider, no logger, no metrics recorder.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alb")]
pub mod alb;
pub mod bearer;
#[cfg(any(feature = "direct", feature = "testing"))]
mod calendar;
mod claims;
#[cfg(feature = "direct")]
pub mod direct;
mod endpoints;
mod error;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(any(feature = "direct", feature = "testing"))]
mod hmac;
mod idp;
mod json;
mod jwt;
pub mod keys;
pub mod lambda_authorizer;
mod logout;
mod loopback;
mod metrics;
mod pool;
mod request_body;
pub mod revocation;
mod secret;
#[cfg(feature = "sessions")]
pub mod sessions;
#[cfg(any(feature = "direct", feature = "testing"))]
mod srp;
mod task;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod verify;
pub mod web;

/// The attribute macro of the crate `async-trait`, in the version that this crate uses: for
/// implementations of [`IdentityProvider`], [`ClientSecretProvider`], [`TokenVerifier`], [`keys::KeySet`],
/// [`revocation::RevocationStore`] and `sessions::SessionStore`. It boxes their futures, so that each trait can be a trait object.
pub use async_trait::async_trait;
pub use claims::{AccessClaims, Actor, IdClaims, IdTokenChecks};
pub use endpoints::{AuthEndpoints, AuthEndpointsBuilder};
pub use error::{
    AnswerProblem, AuthError, CallbackProblem, ConfigError, InputProblem, JwkProblem, JwksProblem,
    KeysUnavailable, Part, Refusal, RefusalCode, RequiredSetting, RevocationError, SettingBound,
    SettingRange, Unreachable, UrlProblem, ValueProblem, VerifyError,
};
pub use idp::{
    AccessOrIdToken, AuthCode, BeforeRequest, Callback, ClientSecretFile, ClientSecretProvider,
    CognitoClient, CognitoClientBuilder, CognitoSession, CognitoSessionKind, CognitoSessionList,
    ExchangedToken, IdentityProvider, LinkedSessions, MachineTokens, NewDevice, PendingSignIn,
    SignIn, SignInRequest, TokenExchange, TokenResponseChecks, Tokens, UserInfo, UserInfoSource,
    code_challenge,
};
pub use jwt::unverified;
pub use logout::{LoggedOut, Logout};
pub use pool::{IssuerKind, Partition, PoolName, UserPool, UserPoolId};
pub use secret::{AccessToken, ClientSecret, CodeVerifier, IdToken, RefreshToken};
pub use verify::{JwtVerifier, JwtVerifierBuilder, PoolSet, SignOut, TokenVerifier};

/// For the fuzz targets: what foreign input is read by, where it is not public.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    #[cfg(feature = "alb")]
    pub use crate::alb::fuzzing::*;
    #[cfg(feature = "direct")]
    pub use crate::direct::fuzzing::*;
    pub use crate::idp::fuzzing::*;
    #[cfg(feature = "sessions")]
    pub use crate::sessions::fuzzing::*;
}

/// The README's programs are doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
