//! A user pool without AWS, for tests and for trying things out.
//!
//! [`LocalUserPool`] behaves as Amazon Cognito does on the wire: the login page, the token, userInfo,
//! revocation and logout endpoints, the JSON API's GetUser, GlobalSignOut, RevokeToken,
//! GetTokensFromRefreshToken and InitiateAuth, the JWKS, and tokens with Cognito's claims. It is
//! served on loopback, or asked in memory. Its clock moves on demand, its keys rotate, and faults
//! come to order.
//!
//! ```
//! use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = LocalUserPool::start().await?;
//! pool.add_user(LocalUser::new("alice", "Passw0rd!").email("alice@example.com").group("admins"));
//!
//! // What a signed-in user's browser would send to your service:
//! let token = pool.access_token("alice");
//! let header = format!("Bearer {}", token.expose());
//! # assert!(header.starts_with("Bearer eyJ"));
//!
//! // What an attacker would:
//! let forged = pool.token(&TokenSpec::access("alice").signed_by_stranger());
//! # assert_eq!(forged.split('.').count(), 3);
//!
//! // Where a client and a verifier find it:
//! assert_eq!(pool.user_pool().issuers().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Not for anything real
//!
//! Every pool makes its signing keys when it starts and forgets them when it goes. There are no
//! fixed keys on purpose: a private key in a published crate would let anybody forge tokens for a
//! service that trusts such a pool by mistake. The server listens on loopback addresses only.
//!
//! # Where it is simpler than Cognito
//!
//! No implicit grant, no MFA and other challenges, no sign-up, no federation, no Lambda triggers, no
//! quotas. A user signs in with the name they were added under, not with an e-mail address. Every
//! attribute is readable by every client. An authorization code is spent by the first attempt of its
//! client, whatever comes of it.

mod addresses;
mod administration;
mod answer;
mod api_error;
mod authorize;
mod browser;
mod builder;
mod claims;
mod client;
mod clock;
mod code;
mod discovery;
mod fault;
mod form;
mod hosted;
mod identity_provider;
mod issue;
mod json_api;
mod json_input;
mod keys;
mod local_pool;
mod login;
mod logout;
mod random;
mod revoke;
mod route;
mod secret_hash;
mod server;
mod session;
mod signer;
mod state;
mod token_endpoint;
mod token_spec;
mod user;
mod user_info;
mod write_token;

pub use builder::{LocalUserPoolBuilder, StartError};
pub use client::LocalClient;
pub use fault::{Endpoint, Fault};
pub use local_pool::LocalUserPool;
pub use token_spec::TokenSpec;
pub use user::LocalUser;
