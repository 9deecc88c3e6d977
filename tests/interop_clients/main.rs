//! Other people's clients against the local pool: they are unmodified, only pointed here.
//!
//! Each script of `clients/` tells stories, one line each when it has come true. README.md says what
//! each client is told, and what there is to see.
#![allow(clippy::unwrap_used, missing_debug_implementations, unreachable_pub)]

mod certificate;
#[path = "../support/example.rs"]
mod example;
mod peers;
mod stories;
