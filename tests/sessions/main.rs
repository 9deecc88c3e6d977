//! Browser sessions against the local pool: the way of a browser, and what goes wrong on it.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)]

#[path = "../support/example.rs"]
mod example;

mod acr;
mod another_user;
mod app;
mod asked_again;
mod browser;
mod cached;
mod callback;
mod cannot_tell;
mod clock_ahead;
mod counted;
mod csrf_table;
#[path = "../redis/deep.rs"]
mod deep;
mod everywhere;
mod extractors;
mod flow;
mod hostile_cookies;
mod issuer;
mod layer;
mod lease;
mod leave;
mod lifetimes;
mod limit;
mod login;
mod logout_csrf;
mod loops;
mod lost_answers;
mod lost_tail;
mod nested;
mod no_store;
#[path = "../redis/nodes.rs"]
mod nodes;
mod not_accepted;
mod notes;
mod notes_actix;
mod notes_axum;
mod one_store;
mod outages;
mod own_routes;
mod page_or_call;
mod pages;
mod proof;
mod provider;
#[path = "../redis/proxy.rs"]
mod proxy;
mod put_off;
mod redis;
mod redis_cluster;
mod redis_connection;
mod redis_faults;
mod redis_removal;
mod redis_time_limit;
mod redis_user;
mod refresh;
mod refresh_table;
mod rejection;
mod replaced_keys;
#[path = "../redis/scripted.rs"]
mod scripted;
#[path = "../redis/server.rs"]
mod server;
mod shown;
mod sign_in_again;
mod sign_out;
mod sizes;
mod starts;
mod step_up;
mod store_outages;
mod stores;
mod strict;
mod too_old;
#[path = "../redis/trio.rs"]
mod trio;
mod two_sites;
mod untold;
mod unwritten;
