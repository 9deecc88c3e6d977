//! One connection to Redis, and what is said over it: the only files that name the crate `redis`.

pub(crate) mod address;
pub(crate) mod commands;
pub(crate) mod connect;
pub(crate) mod credentials;
pub(crate) mod fault;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod tls;

/// For one call over the network.
fn span(operation: &'static str) -> tracing::Span {
    tracing::debug_span!(target: "cognito_auth::revocation", "redis_request", operation)
}
