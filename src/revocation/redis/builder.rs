//! The settings of [`RedisRevocations`], and their defaults.

use std::fmt;
use std::future::Future;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::local_copy::LocalCopy;
use super::local_copy::follower::{Activity, Follower};
use super::local_copy::unconfirmed::Unconfirmed;
use super::requests::RequestConnection;
use super::wire::commands::RedisKeys;
use super::wire::connect::Connector;
use super::wire::credentials::{CredentialsProvider, RedisCredentials};
use super::wire::settings::ConnectionSettings;
use super::{RedisInner, RedisRevocations, StoreState};
use crate::error::{ConfigError, RequiredSetting, check_duration};
use crate::pool::{PoolName, UserPool};

/// Builds [`RedisRevocations`].
///
/// ```
/// use std::time::Duration;
/// use cognito_auth::{UserPool, revocation::RedisRevocations};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), cognito_auth::ConfigError> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let revocations = RedisRevocations::builder(&pool, "rediss://app:secret@cache.example.com")
///     .max_lag(Duration::from_secs(1))
///     .refuse_while_behind()
///     .build()?;
/// assert!(!revocations.health().in_step); // not filled yet
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct RedisRevocationsBuilder {
    pool: PoolName,
    connection: ConnectionSettings,
    max_lag: Duration,
    when_behind: WhenBehind,
}

/// What is answered while the copy may be behind, for a token that nothing in it hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenBehind {
    Ask,
    Refuse,
    Accept,
}

const MAX_LAG: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(60);

impl RedisRevocationsBuilder {
    pub(super) fn new(pool: &UserPool, url: &str) -> Self {
        Self {
            pool: pool.name(),
            connection: ConnectionSettings::new(url),
            max_lag: Duration::from_secs(2),
            when_behind: WhenBehind::Ask,
        }
    }

    /// How long the copy is used after the last proof that it is complete. Default 2 seconds; 100
    /// milliseconds to 60 seconds. It matters when a connection stalls without ending (a cable, a firewall),
    /// or when its server is no longer the primary: a sign-out on another machine is then seen here so much
    /// later. A connection that ends is noticed at once. Redis is asked for a proof four times in this
    /// period.
    pub fn max_lag(mut self, lag: Duration) -> Self {
        self.max_lag = lag;
        self
    }

    /// The time limit for a call to Redis, including the time to connect and log in. Default 1 second; 10
    /// milliseconds to 30 seconds. It includes the tries that follow where a connection had ended, where a
    /// server is not the primary, and, for half of it, where keys are moving in a cluster. A request that has to ask Redis waits no longer than this. A sign-out
    /// makes two calls, one to look for earlier entries and one that writes all its entries.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.connection.timeout = timeout;
        self
    }

    /// While the copy may be out of date, asks Redis for each request; if that fails, the answer is "cannot
    /// tell" (503). This is the default, since it accepts no token that Redis has an entry for.
    /// Verifications that do not wait ([`verify_access_now`](crate::JwtVerifier::verify_access_now)) answer
    /// "cannot tell" without asking.
    pub fn ask_while_behind(mut self) -> Self {
        self.when_behind = WhenBehind::Ask;
        self
    }

    /// While the copy may be out of date, the answer is "cannot tell" (503), without asking Redis: for a
    /// Redis that could not take the requests of all processes at once.
    pub fn refuse_while_behind(mut self) -> Self {
        self.when_behind = WhenBehind::Refuse;
        self
    }

    /// While the copy may be out of date, uses it all the same. **Tokens that were revoked on another
    /// machine in the meantime are accepted**, for as long as Redis cannot be reached. A process that has
    /// just started has an empty copy, and accepts every revoked token.
    pub fn accept_possibly_revoked_tokens_while_behind(mut self) -> Self {
        self.when_behind = WhenBehind::Accept;
        self
    }

    /// Accepts a `redis://` URL, without TLS, of another machine. By default only loopback addresses are
    /// accepted without TLS: an attacker who reads the traffic learns the password, and can then undo
    /// sign-outs.
    pub fn accept_unencrypted_connection(mut self) -> Self {
        self.connection.accept_unencrypted = true;
        self
    }

    /// Trusts a root certificate in addition to the system's, in PEM: for a Redis whose certificate is from
    /// a private authority.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.connection.root_certificates.push(pem.to_vec());
        self
    }

    /// Calls this function for user name and password before each connection, instead of using those in
    /// the URL: for passwords that are rotated, and for tokens that are valid for minutes, such as those of
    /// ElastiCache's IAM authentication. An open connection stays open when its password is replaced.
    /// ElastiCache ends the connections of IAM users after 12 hours; the next connection uses what the
    /// function returns then.
    ///
    /// The function has the time of [`timeout`](Self::timeout). When it fails or takes longer, no connection
    /// is made, the code of the fault is `credentials`, and the next attempt calls the function again. Its
    /// error is not logged, since it may contain a secret.
    ///
    /// ```
    /// use cognito_auth::{UserPool, revocation::{RedisCredentials, RedisRevocations}};
    ///
    /// # async fn secret() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), cognito_auth::ConfigError> {
    /// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
    /// let revocations = RedisRevocations::builder(&pool, "rediss://cache.example.com")
    ///     .credentials(|| async { Ok::<_, std::io::Error>(RedisCredentials::user("app", secret().await?)) })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn credentials<F, A, E>(mut self, provider: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<RedisCredentials, E>> + Send + 'static,
    {
        self.connection.credentials = Some(CredentialsProvider::new(provider));
        self
    }

    /// The user name and the password at Sentinels, where they ask for one. Those of the URL, and of
    /// [`credentials`](Self::credentials), are for the servers that the Sentinels name.
    pub fn sentinel_credentials(mut self, credentials: RedisCredentials) -> Self {
        self.connection.sentinel_credentials = Some(credentials);
        self
    }

    /// How many replicas have to have an entry before [`revoke`](crate::revocation::RevocationStore::revoke)
    /// returns `Ok`. Default 0: the primary alone, since a Redis without replicas, or one that has just
    /// lost them, could not take a sign-out otherwise, and since MemoryDB keeps what its primary has
    /// acknowledged. With 1 a fail-over to the replica that has the most loses no sign-out.
    ///
    /// Redis is asked with [`WAIT`](https://redis.io/docs/latest/commands/wait/), for three quarters of
    /// [`timeout`](Self::timeout). With fewer replicas the sign-out fails with the code `replicas`: the
    /// primary has the entry all the same, and so have all processes. Each sign-out has a connection of
    /// its own then, which ends with it: Redis answers nothing else on a connection meanwhile.
    pub fn wait_for_replicas(mut self, replicas: u8) -> Self {
        self.connection.replicas = replicas.into();
        self
    }

    /// Builds the store, and starts to follow Redis in a task that ends with the last clone of the store. It
    /// does not wait for Redis, which need not be reachable yet: see
    /// [`wait_until_in_step`](RedisRevocations::wait_until_in_step).
    ///
    /// # Errors
    /// [`ConfigError::Url`] when the URL is not a Redis URL;
    /// [`ConfigError::InsecureRedisUrl`] for `redis://` with the address of another machine;
    /// [`ConfigError::NoTlsBackend`] for `rediss://` without a TLS feature;
    /// [`ConfigError::OutOfRange`] when a setting is outside the range that its method states;
    /// [`ConfigError::Value`] for an invalid certificate; [`ConfigError::Missing`] outside of a tokio
    /// runtime.
    pub fn build(self) -> Result<RedisRevocations, ConfigError> {
        check_duration("max_lag", self.max_lag, MAX_LAG)?;
        let timeout = self.connection.timeout;
        let connector = Connector::new(self.connection)?;
        let runtime = Handle::try_current()
            .map_err(|_| ConfigError::Missing { setting: RequiredSetting::TokioRuntime })?;
        let keys = RedisKeys::of(&self.pool);
        let heartbeat = self.max_lag / 4;
        let state = Arc::new(StoreState {
            connector,
            keys,
            copy: LocalCopy::new(self.max_lag),
            unconfirmed: Unconfirmed::default(),
            heartbeat,
            activity: Activity::new(heartbeat, timeout),
        });
        let follower = Follower::start(Arc::clone(&state), &runtime);
        let requests = RequestConnection::new(Arc::clone(&state));
        let (pool, when_behind) = (self.pool, self.when_behind);
        Ok(RedisRevocations(Arc::new(RedisInner { pool, state, requests, when_behind, follower })))
    }
}

impl fmt::Debug for RedisRevocationsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocationsBuilder")
            .field("pool", &self.pool)
            .field("max_lag", &self.max_lag)
            .field("timeout", &self.connection.timeout)
            .field("when_behind", &self.when_behind)
            .finish_non_exhaustive()
    }
}
