//! The three endpoints: request → status, headers and body, literally.
#![allow(clippy::unwrap_used)]

#[path = "endpoints/judged.rs"]
mod judged;
#[path = "support/later.rs"]
mod later;
#[path = "endpoints/leaves.rs"]
mod leaves;
#[path = "endpoints/local.rs"]
mod local;
#[path = "support/local_pool.rs"]
mod local_pool;
#[path = "endpoints/logout.rs"]
mod logout;
#[path = "endpoints/logout_again.rs"]
mod logout_again;
#[path = "endpoints/me.rs"]
mod me;
#[path = "endpoints/no_token.rs"]
mod no_token;
#[path = "endpoints/not_the_users.rs"]
mod not_the_users;
#[path = "endpoints/retries_go_on.rs"]
mod retries_go_on;
#[path = "endpoints/revoked_alone.rs"]
mod revoked_alone;
#[path = "endpoints/scripted.rs"]
mod scripted;
#[path = "endpoints/service.rs"]
mod service;
#[path = "endpoints/sign_in.rs"]
mod sign_in;
#[path = "endpoints/support.rs"]
mod support;
#[path = "endpoints/told_again.rs"]
mod told_again;
#[path = "endpoints/told_otherwise.rs"]
mod told_otherwise;
#[path = "endpoints/untold.rs"]
mod untold;
