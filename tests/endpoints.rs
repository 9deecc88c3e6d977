//! The three endpoints: request → status, headers and body, literally.

#[path = "endpoints/no_token.rs"]
mod no_token;
#[path = "endpoints/service.rs"]
mod service;
#[path = "endpoints/support.rs"]
mod support;
