//! [`ConnectionSettings`]: what the builders of all Redis stores set about their connections.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::address::RedisUrl;
use super::credentials::{CredentialsProvider, RedisCredentials};
use crate::error::{ConfigError, check_duration};

const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(30);

/// Where Redis is, and how to connect. The builders' methods set the fields.
#[derive(Clone)]
pub(crate) struct ConnectionSettings {
    url: String,
    /// The time limit of each call.
    pub(crate) timeout: Duration,
    /// Whether a connection to another machine may be without TLS.
    pub(crate) accept_unencrypted: bool,
    /// Trusted in addition to the system's, in PEM.
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// In place of the user name and password in the URL.
    pub(crate) credentials: Option<CredentialsProvider>,
    /// For Sentinels, not for the servers that they name.
    pub(crate) sentinel_credentials: Option<RedisCredentials>,
    /// How many replicas have to confirm a write.
    pub(crate) replicas: u32,
}

impl ConnectionSettings {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            timeout: Duration::from_secs(1),
            accept_unencrypted: false,
            root_certificates: Vec::new(),
            credentials: None,
            sentinel_credentials: None,
            replicas: 0,
        }
    }

    pub(crate) fn checked_url(&self) -> Result<RedisUrl, ConfigError> {
        check_duration("timeout", self.timeout, TIMEOUT)?;
        let url = RedisUrl::parse(&self.url)?;
        let is_here = url.servers.iter().all(|server| server.is_loopback());
        if !(url.tls || is_here || self.accept_unencrypted) {
            return Err(ConfigError::InsecureRedisUrl);
        }
        Ok(url)
    }
}
