//! Browser sessions against the local pool: the way of a browser, and what goes wrong on it.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)]

#[path = "../support/example.rs"]
mod example;

mod app;
mod browser;
mod callback;
mod counted;
mod extractors;
mod flow;
mod lifetimes;
mod login;
mod lost_answers;
mod outages;
mod provider;
mod redis;
mod refresh;
mod refresh_table;
#[path = "../redis/server.rs"]
mod server;
mod sign_out;
mod step_up;
mod stores;
