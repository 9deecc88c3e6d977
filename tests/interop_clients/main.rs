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
#[path = "../support/elliptic.rs"]
mod elliptic;
#[path = "../support/example.rs"]
mod example;
#[path = "../alb/forge.rs"]
mod forge;
#[path = "../alb/form.rs"]
mod form;
#[path = "../alb/header.rs"]
mod header;
mod load_balancer;
#[path = "../alb/members.rs"]
mod members;
mod openid;
#[path = "../alb/payload.rs"]
mod payload;
mod peers;
mod pool;
#[path = "../alb/row.rs"]
mod row;
#[path = "../alb/signature.rs"]
mod signature;
mod site;
#[path = "../support/mod.rs"]
mod support;
mod verifiers;
#[path = "../alb/world.rs"]
mod world;

use differential::Kind;
