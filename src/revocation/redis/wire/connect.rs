//! One connection to Redis: TCP, TLS where the URL asks for it, and the login.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisConnectionInfo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tracing::Instrument as _;

use super::address::Address;
use super::credentials::CredentialsProvider;
use super::fault::{RedisFault, refused};
use super::span;
use super::tls::Tls;
use crate::error::ConfigError;

/// How connections are made. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connector(Arc<ConnectorSettings>);

struct ConnectorSettings {
    address: Address,
    tls: Option<Tls>,
    credentials: Option<CredentialsProvider>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(
        address: Address,
        root_certificates: &[Vec<u8>],
        credentials: Option<CredentialsProvider>,
        timeout: Duration,
    ) -> Result<Self, ConfigError> {
        let tls = address.tls.then(|| Tls::new(root_certificates)).transpose()?;
        Ok(Self(Arc::new(ConnectorSettings { address, tls, credentials, timeout })))
    }

    /// The time for each call over the network.
    pub(crate) fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// A connection that is logged in. It ends when its last clone is dropped.
    pub(crate) async fn connect(&self) -> Result<MultiplexedConnection, RedisFault> {
        let login = self.login().await?;
        let opened = tokio::time::timeout(self.0.timeout, self.open(&login));
        let opened = opened.instrument(span("connect")).await;
        opened.map_err(|_| RedisFault::Timeout)?
    }

    /// Asked for anew before each connection: what was right an hour ago may have been replaced.
    async fn login(&self) -> Result<RedisConnectionInfo, RedisFault> {
        let login = self.0.address.login.clone();
        let Some(provider) = &self.0.credentials else { return Ok(login) };
        let credentials = tokio::time::timeout(self.0.timeout, provider.ask());
        let credentials = credentials.instrument(span("credentials")).await;
        let credentials = credentials.unwrap_or(Err(RedisFault::Credentials))?;
        Ok(credentials.replace(login))
    }

    async fn open(&self, login: &RedisConnectionInfo) -> Result<MultiplexedConnection, RedisFault> {
        let ConnectorSettings { address, tls, .. } = &*self.0;
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await;
        let stream = stream.map_err(|_| RedisFault::Connect)?;
        // Requests are small, and a caller waits for each of them.
        stream.set_nodelay(true).map_err(|_| RedisFault::Connect)?;
        match tls {
            Some(tls) => log_in(login, tls.connect(&address.host, stream).await?).await,
            None => log_in(login, stream).await,
        }
    }
}

async fn log_in<S>(
    login: &RedisConnectionInfo,
    stream: S,
) -> Result<MultiplexedConnection, RedisFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // The time limits are ours: a read that waits for news is to take longer than others.
    let config =
        AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let opened = MultiplexedConnection::new_with_config(login, stream, config).await;
    let (connection, driver) = opened.map_err(|error| refused(&error))?;
    tokio::spawn(driver);
    Ok(connection)
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.address.fmt(f)
    }
}
