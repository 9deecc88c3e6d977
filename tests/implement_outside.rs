//! Implementations outside of the crate: a key set, a verifier and an identity provider by the public API alone, in
//! use by the verifier and the endpoints.
#![allow(clippy::unwrap_used)]

#[path = "implement_outside/defaults.rs"]
mod defaults;
#[path = "implement_outside/identity_provider.rs"]
mod identity_provider;
#[path = "implement_outside/key_set.rs"]
mod key_set;
#[path = "implement_outside/key_table.rs"]
mod key_table;
#[path = "implement_outside/oidc_provider.rs"]
mod oidc_provider;
#[path = "implement_outside/oidc_server.rs"]
mod oidc_server;
mod support;
#[path = "implement_outside/token_verifier.rs"]
mod token_verifier;
