//! Our client against other people's servers: emulators of Cognito, a certified OpenID provider, and
//! servers that fail on order. Each is installed by `.ci/peers`, started here on a port of its own,
//! and told stories about; `tests/interop/README.md` has what each of them does otherwise than
//! Cognito, in its own words, and what we make of it.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod administration;
#[path = "../support/browser.rs"]
mod browser;
mod cognito_local;
mod direct;
#[path = "../support/example.rs"]
mod example;
mod ministack;
mod moto;
mod oauth2_mock_server;
mod oidc_provider;
mod pages;
mod peer;
#[allow(dead_code)]
#[path = "../../examples/server.rs"]
mod server;
mod site;
mod stories;
