//! Other people's clients against the local pool: they are unmodified, only pointed here.
//!
//! Each script of `clients/` tells stories, one line each when it has come true. README.md says what
//! each client is told, and what there is to see.
#![allow(clippy::unwrap_used, missing_debug_implementations, unreachable_pub)]

mod aws;
mod certificate;
mod corpus;
#[path = "../redis/deep.rs"]
mod deep;
mod differential;
mod direct;
mod disagreements;
#[path = "../differential/draft.rs"]
mod draft;
#[path = "../support/example.rs"]
mod example;
mod openid;
mod peers;
mod pool;
mod site;
#[path = "../support/mod.rs"]
mod support;
mod verifiers;

use differential::Kind;
