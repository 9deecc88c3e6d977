//! [`RedisSessionsBuilder`]: the settings of [`RedisSessions`].

use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::RedisSessions;
use super::connection::Connection;
use crate::error::{ConfigError, SettingRange};
use crate::revocation::redis::{Address, Connector, CredentialsProvider, RedisCredentials};

/// Builds [`RedisSessions`].
#[must_use]
#[derive(Clone)]
pub struct RedisSessionsBuilder {
    url: String,
    timeout: Duration,
    unencrypted: bool,
    root_certificates: Vec<Vec<u8>>,
    credentials: Option<CredentialsProvider>,
}

const TIMEOUT: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(30));

impl RedisSessionsBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            timeout: Duration::from_secs(1),
            unencrypted: false,
            root_certificates: Vec::new(),
            credentials: None,
        }
    }

    /// The time limit of each call to Redis. Default 1 second; 10 milliseconds to 30 seconds.
    /// [`store_timeout`](crate::sessions::BrowserSessionsBuilder::store_timeout) limits all calls of
    /// one operation together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Accepts `redis://` to other machines. Records are encrypted, but the password is not, and an
    /// attacker who can write to the connection can end sessions.
    pub fn accept_unencrypted_connection(mut self) -> Self {
        self.unencrypted = true;
        self
    }

    /// Trusts a root certificate beside the system's, in PEM.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.root_certificates.push(pem.to_vec());
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
        self.credentials = Some(CredentialsProvider::new(provider));
        self
    }

    /// Builds the store. It connects when a request needs it for the first time.
    ///
    /// # Errors
    /// [`ConfigError::Url`] for a URL that is not one of Redis; [`ConfigError::InsecureRedisUrl`] for
    /// `redis://` to another machine; [`ConfigError::NoTlsBackend`] for `rediss://` in a build without
    /// TLS; [`ConfigError::OutOfRange`]; [`ConfigError::Value`] for a malformed certificate.
    pub fn build(self) -> Result<RedisSessions, ConfigError> {
        if self.timeout < TIMEOUT.0 || self.timeout > TIMEOUT.1 {
            let (setting, range) = ("timeout", SettingRange::durations(TIMEOUT.0, TIMEOUT.1));
            return Err(ConfigError::OutOfRange { setting, range });
        }
        let address = Address::parse(&self.url)?;
        if !(address.tls || address.is_loopback() || self.unencrypted) {
            return Err(ConfigError::InsecureRedisUrl);
        }
        let roots = &self.root_certificates;
        let connector = Connector::new(address, roots, self.credentials, self.timeout)?;
        Ok(RedisSessions(std::sync::Arc::new(Connection::new(connector))))
    }
}

impl fmt::Debug for RedisSessionsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSessionsBuilder")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
