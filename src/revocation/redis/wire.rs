//! Connections to Redis, and what is said over them: the only files that name the crate `redis`.
//!
//! The crate's own client of clusters and Sentinels is not used: it connects by itself, with a TLS of
//! its own, and repeats calls by rules that leave open whether one was executed.

pub(crate) mod address;
pub(crate) mod commands;
pub(crate) mod connect;
pub(crate) mod credentials;
mod discover;
pub(crate) mod fault;
pub(crate) mod record;
pub(crate) mod send;
pub(crate) mod settings;
pub(crate) mod shared_connection;
pub(crate) mod slot;
pub(crate) mod tls;
pub(crate) mod topology;

/// For one call over the network.
fn span(operation: &'static str) -> tracing::Span {
    tracing::debug_span!(target: "cognito_auth::revocation", "redis_request", operation)
}
