//! [`RedisSessionsBuilder`]: the settings of [`RedisSessions`].

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::RedisSessions;
use super::connection::Connections;
use crate::error::ConfigError;
use crate::revocation::redis::{
    ConnectionSettings, Connector, CredentialsProvider, RedisCredentials,
};

/// Builds [`RedisSessions`].
#[must_use]
#[derive(Clone)]
pub struct RedisSessionsBuilder(ConnectionSettings);

impl RedisSessionsBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self(ConnectionSettings::new(url))
    }

    /// The time limit of each step of a call to Redis: the credentials, the connection with its login, an answer.
    /// Default 1 second; 10 milliseconds to 30 seconds. The whole call has twice this, with the search for the server
    /// that has the keys, redirections, and further attempts. A call that runs out of it fails with "no
    /// answer from Redis in time", and Redis may have executed it.
    ///
    /// `load`, `replace`, `touch`, `lock`, `renew` and `unlock` are one call each; `remove_version` is two, `insert`
    /// and `list` are three, `remove` is three (up to seven if the record is written meanwhile), `remove_all` is seven.
    /// An `insert` that fails makes two more, to remove what it has written.
    /// [`store_timeout`](crate::sessions::BrowserSessionsBuilder::store_timeout) limits all calls of
    /// one operation together; a store that is used without `BrowserSessions` needs a limit of its caller's for that.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = timeout;
        self
    }

    /// Accepts `redis://` to other machines. Records are encrypted, but the password is not, and an
    /// attacker who can write to the connection can end sessions.
    pub fn accept_unencrypted_connection(mut self) -> Self {
        self.0.accept_unencrypted = true;
        self
    }

    /// Trusts a root certificate beside the system's, in PEM.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.0.root_certificates.push(pem.to_vec());
        self
    }

    /// Takes user name and password from the application before each connection, in place of those of
    /// the URL: see
    /// [`RedisRevocationsBuilder::credentials`](crate::revocation::RedisRevocationsBuilder::credentials).
    pub fn credentials<F, A, E>(mut self, provider: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<RedisCredentials, E>> + Send + 'static,
    {
        self.0.credentials = Some(CredentialsProvider::new(provider));
        self
    }

    /// The user name and the password at Sentinels: see
    /// [`RedisRevocationsBuilder::sentinel_credentials`](crate::revocation::RedisRevocationsBuilder::sentinel_credentials).
    pub fn sentinel_credentials(mut self, credentials: RedisCredentials) -> Self {
        self.0.sentinel_credentials = Some(credentials);
        self
    }

    /// Builds the store. It connects when a request needs it for the first time.
    ///
    /// # Errors
    /// [`ConfigError::Url`] for a URL that is not one of Redis; [`ConfigError::InsecureRedisUrl`] for
    /// `redis://` to another machine; [`ConfigError::NoTlsBackend`] for `rediss://` in a build without
    /// TLS; [`ConfigError::OutOfRange`]; [`ConfigError::Value`] for a malformed certificate.
    pub fn build(self) -> Result<RedisSessions, ConfigError> {
        Ok(RedisSessions(Arc::new(Connections::new(Connector::new(self.0)?))))
    }
}

impl fmt::Debug for RedisSessionsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSessionsBuilder")
            .field("timeout", &self.0.timeout)
            .finish_non_exhaustive()
    }
}
