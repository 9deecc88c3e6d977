//! The three endpoints: request → status, headers and body, literally.

#![allow(clippy::unwrap_used)]

#[path = "endpoints/no_token.rs"]
mod no_token;
#[path = "endpoints/service.rs"]
mod service;
#[path = "endpoints/support.rs"]
mod support;
