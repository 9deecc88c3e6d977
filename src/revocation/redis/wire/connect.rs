//! Connections to Redis: which server, TCP, TLS where the URL asks for it, and the login.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, RedisConnectionInfo, RedisError, ServerErrorKind};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tracing::Instrument as _;

use super::address::{Deployment, RedisAddress, RedisUrl, no_login};
#[cfg(feature = "sessions")]
use super::fault::Reuse;
use super::fault::{RedisFault, refused};
use super::settings::ConnectionSettings;
use super::slot::SLOTS;
use super::span;
use super::tls::Tls;
use super::topology::{Location, Topology};
use crate::error::ConfigError;
use crate::task::{SharedTask, outcome_of};

/// How connections are made, and to which server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connector(Arc<ConnectorSettings>);

struct ConnectorSettings {
    url: RedisUrl,
    tls: Option<Tls>,
    settings: ConnectionSettings,
    topology: Topology,
    /// The task that asks servers where keys are. All callers wait for the same one: while no server
    /// answers, each of them would open connections to all servers otherwise.
    discovery: Mutex<Option<SharedTask<()>>>,
}

/// A connection to the primary of a slot. It ends when its last clone is dropped.
#[derive(Clone)]
pub(crate) struct ServerConnection {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) location: Location,
}

/// What an error of a server means for the call.
pub(crate) struct InterpretedError {
    pub(crate) fault: RedisFault,
    /// The slot is moving to this server, and the keys are there already: this call alone goes there. The
    /// next one begins where the slot is: should the move be broken off, nothing else would tell.
    pub(crate) ask: Option<(u16, RedisAddress)>,
}

impl Connector {
    /// Checks the settings. Does not connect.
    pub(crate) fn new(settings: ConnectionSettings) -> Result<Self, ConfigError> {
        let url = settings.checked_url()?;
        let tls = url.tls.then(|| Tls::new(&settings.root_certificates)).transpose()?;
        let topology = Topology::new(url.servers.clone());
        let discovery = Mutex::default();
        Ok(Self(Arc::new(ConnectorSettings { url, tls, settings, topology, discovery })))
    }

    /// The time for each call over the network.
    pub(crate) fn timeout(&self) -> Duration {
        self.0.settings.timeout
    }

    /// How many replicas have to confirm a write before it counts as done.
    pub(crate) fn replicas(&self) -> u32 {
        self.0.settings.replicas
    }

    pub(super) fn topology(&self) -> &Topology {
        &self.0.topology
    }

    /// Whether there is no other server to look for than the one of the URL.
    pub(crate) fn has_one_address(&self) -> bool {
        *self.deployment() == Deployment::OneAddress
    }

    /// Whether the connection that all calls to a server share is used again. A node of a cluster that does not have
    /// the keys, or not all of them, has others.
    #[cfg(feature = "sessions")]
    pub(crate) fn reuse_after(&self, fault: RedisFault) -> Reuse {
        match fault {
            RedisFault::Permission => Reuse::WhileNew,
            RedisFault::NotPrimary | RedisFault::Moving if self.is_cluster() => Reuse::Yes,
            _ => Reuse::No,
        }
    }

    fn is_cluster(&self) -> bool {
        *self.deployment() == Deployment::Cluster
    }

    pub(super) fn deployment(&self) -> &Deployment {
        &self.0.url.deployment
    }

    /// A connection to the server that has a slot, logged in.
    pub(crate) async fn connect(&self, slot: u16) -> Result<ServerConnection, RedisFault> {
        if self.has_one_address() {
            let location = self.locate(slot).await?;
            let connection = self.open(&location.address).await?;
            return Ok(ServerConnection { connection, location });
        }
        let reached = tokio::time::timeout(self.timeout(), self.connect_or_discover(slot)).await;
        reached.unwrap_or_else(|_| {
            self.suspect();
            Err(RedisFault::Timeout)
        })
    }

    /// Where the server that is known for the slot cannot be connected to, another may have taken its
    /// place: where the slot is now is asked for, once.
    async fn connect_or_discover(&self, slot: u16) -> Result<ServerConnection, RedisFault> {
        let location = self.locate(slot).await?;
        let fault = match self.open(&location.address).await {
            Ok(connection) => return Ok(ServerConnection { connection, location }),
            Err(fault) => fault,
        };
        self.suspect();
        let another = self.locate(slot).await?;
        if another == location {
            return Err(fault);
        }
        let connection = self.open(&another.address).await?;
        Ok(ServerConnection { connection, location: another })
    }

    /// A connection for one call, to the server that a node has named for it.
    pub(crate) async fn connect_asking(
        &self,
        address: RedisAddress,
    ) -> Result<ServerConnection, RedisFault> {
        let connection = self.open(&address).await?;
        Ok(ServerConnection { connection, location: Location { address, asking: true } })
    }

    /// Which server has a slot, by what is known, or else by what servers say now.
    pub(crate) async fn locate(&self, slot: u16) -> Result<Location, RedisFault> {
        if self.has_one_address() {
            let address = self.0.url.servers[0].clone();
            return Ok(Location { address, asking: false });
        }
        let began = Instant::now();
        if let Some(location) = self.topology().find(slot, began) {
            return Ok(location);
        }
        // Without a result what was known last has to do.
        let _ = outcome_of(|| self.join_discovery(slot, began).ok_or(())).await;
        self.topology().last_known(slot)
    }

    /// The discovery that is under way, if one is.
    pub(super) fn discovery(&self) -> MutexGuard<'_, Option<SharedTask<()>>> {
        self.0.discovery.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an error of a server means. Takes note of a slot that has moved.
    pub(crate) fn interpret(&self, from: &RedisAddress, error: &RedisError) -> InterpretedError {
        let mut interpreted = InterpretedError { fault: refused(error), ask: None };
        let redirection = redirection(error, from).filter(|_| self.is_cluster());
        match (redirection, error.kind()) {
            (Some(to), ErrorKind::Server(ServerErrorKind::Ask)) => interpreted.ask = Some(to),
            (Some((slot, to)), _) => self.topology().moved(slot, to),
            _ if matches!(interpreted.fault, RedisFault::NotPrimary | RedisFault::CutOff) => {
                self.suspect()
            }
            // It has been away, and is no primary any more when it is back.
            _ if error.code() == Some("LOADING") => self.suspect(),
            _ => {}
        }
        interpreted
    }

    /// A server did not answer: another one may be the primary now.
    pub(crate) fn suspect(&self) {
        self.topology().suspect();
    }

    /// The pause before a call is sent once more that no server has executed, so many times; `None` to give
    /// up, as after half of the time for it.
    pub(crate) fn next_pause(&self, turned_away: &mut u32) -> Option<Duration> {
        let attempt = *turned_away;
        *turned_away += 1;
        let longest = if self.has_one_address() { Duration::ZERO } else { self.timeout() / 2 };
        let spent: Duration = (0..=attempt).map(pause).sum();
        (attempt == 0 || spent < longest).then(|| pause(attempt))
    }

    /// A connection to this server, logged in.
    pub(crate) async fn open(
        &self,
        address: &RedisAddress,
    ) -> Result<MultiplexedConnection, RedisFault> {
        let login = self.login().await?;
        self.open_as(&login, address).await
    }

    /// To a Sentinel, which has users and passwords of its own.
    pub(super) async fn open_sentinel(
        &self,
        address: &RedisAddress,
    ) -> Result<MultiplexedConnection, RedisFault> {
        let login = match &self.0.settings.sentinel_credentials {
            Some(credentials) => credentials.replace(no_login()),
            None => no_login(),
        };
        self.open_as(&login, address).await
    }

    /// Asked for anew before each connection: what was right an hour ago may have been replaced.
    async fn login(&self) -> Result<RedisConnectionInfo, RedisFault> {
        let login = self.0.url.login.clone();
        let Some(provider) = &self.0.settings.credentials else { return Ok(login) };
        let credentials = tokio::time::timeout(self.timeout(), provider.ask());
        let credentials = credentials.instrument(span("credentials")).await;
        let credentials = credentials.unwrap_or(Err(RedisFault::Credentials))?;
        Ok(credentials.replace(login))
    }

    async fn open_as(
        &self,
        login: &RedisConnectionInfo,
        address: &RedisAddress,
    ) -> Result<MultiplexedConnection, RedisFault> {
        let ConnectorSettings { tls, settings, .. } = &*self.0;
        // The URL was checked; this may be what a server named.
        if !(tls.is_some() || settings.accept_unencrypted || address.is_loopback()) {
            return Err(RedisFault::Unencrypted);
        }
        let open = async {
            let stream = TcpStream::connect((&*address.host, address.port)).await;
            let stream = stream.map_err(|_| RedisFault::Connect)?;
            // Requests are small, and a caller waits for each of them.
            stream.set_nodelay(true).map_err(|_| RedisFault::Connect)?;
            match tls {
                Some(tls) => log_in(login, tls.connect(&address.host, stream).await?).await,
                None => log_in(login, stream).await,
            }
        };
        // Half of it where another server may be the one by now: that one has to be found, too.
        let parts = if self.has_one_address() { 1 } else { 2 };
        let opened = tokio::time::timeout(settings.timeout / parts, open);
        opened.instrument(span("connect")).await.map_err(|_| RedisFault::Timeout)?
    }
}

/// None at first: a redirection says where to go.
fn pause(attempt: u32) -> Duration {
    Duration::from_millis(if attempt == 0 { 0 } else { 10 << attempt.min(4) })
}

/// The slot, and where a node sends calls for it.
fn redirection(error: &RedisError, from: &RedisAddress) -> Option<(u16, RedisAddress)> {
    let (address, slot) = error.redirect_node().filter(|(_, slot)| *slot < SLOTS)?;
    let (host, port) = address.rsplit_once(':')?;
    Some((slot, RedisAddress::announced(host, port.parse().ok()?, from)))
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
        match self.0.url.servers.as_slice() {
            [server] => server.fmt(f),
            servers => servers.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
