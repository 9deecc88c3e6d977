//! Browser sessions against the local pool: the way of a browser, and what goes wrong on it.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)]

#[path = "../support/example.rs"]
mod example;

mod app;
mod browser;
mod callback;
mod counted;
mod everywhere;
mod extractors;
mod flow;
mod hostile_cookies;
mod issuer;
mod lifetimes;
mod limit;
mod login;
mod logout_csrf;
mod lost_answers;
mod not_accepted;
mod one_store;
mod outages;
mod own_routes;
mod pages;
mod proof;
mod provider;
#[path = "../redis/proxy.rs"]
mod proxy;
mod redis;
mod redis_faults;
mod refresh;
mod refresh_table;
#[path = "../redis/server.rs"]
mod server;
mod sign_in_again;
mod sign_out;
mod starts;
mod step_up;
mod stores;
mod strict;
mod two_sites;
mod unwritten;
