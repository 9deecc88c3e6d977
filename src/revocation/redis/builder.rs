//! How [`RedisRevocations`] behave: defaults with their reason.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::local_copy::LocalCopy;
use super::local_copy::follower::{Activity, Follower};
use super::local_copy::unconfirmed::Unconfirmed;
use super::requests::RequestConnection;
use super::wire::address::Address;
use super::wire::commands::RedisKeys;
use super::wire::connect::Connector;
use super::wire::credentials::{CredentialsProvider, RedisCredentials};
use super::{RedisInner, RedisRevocations, StoreState};
use crate::error::ConfigError;
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
    url: String,
    max_lag: Duration,
    timeout: Duration,
    when_behind: WhenBehind,
    unencrypted: bool,
    root_certificates: Vec<Vec<u8>>,
    credentials: Option<CredentialsProvider>,
}

/// What is answered while the copy may be behind, for a token that nothing in it hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenBehind {
    Ask,
    Refuse,
    Accept,
}

const MAX_LAG: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(60));
const TIMEOUT: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(30));

impl RedisRevocationsBuilder {
    pub(super) fn new(pool: &UserPool, url: &str) -> Self {
        Self {
            pool: pool.name(),
            url: url.to_owned(),
            max_lag: Duration::from_secs(2),
            timeout: Duration::from_secs(1),
            when_behind: WhenBehind::Ask,
            unencrypted: false,
            root_certificates: Vec::new(),
            credentials: None,
        }
    }

    /// How long the copy is believed after the last sign that it is complete. Default 2 seconds;
    /// 100 milliseconds to 60 seconds. It counts only where a connection falls silent without
    /// ending (a cable, a firewall), or its server is the primary no more: a sign-out elsewhere then
    /// takes so much longer to hold here. A connection that ends is noticed at once. Redis is asked
    /// for a sign of life four times as often.
    pub fn max_lag(mut self, lag: Duration) -> Self {
        self.max_lag = lag;
        self
    }

    /// The time for each call to Redis: to connect and log in, and for one command. Default
    /// 1 second; 10 milliseconds to 30 seconds. A request that has to ask waits no longer than this,
    /// and so does an entry, whether a call is made once or, where a connection had ended or its server
    /// is not the primary, once more. A sign-out asks what is written already, and then writes all its entries
    /// at once: no longer than twice this.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// While the copy may be behind, asks Redis for each request; where that fails, the answer is
    /// "cannot tell", a 503. The default: nothing that Redis knows of is accepted. Verifications
    /// that never wait ([`verify_access_now`](crate::JwtVerifier::verify_access_now)) answer "cannot
    /// tell" without asking.
    pub fn ask_while_behind(mut self) -> Self {
        self.when_behind = WhenBehind::Ask;
        self
    }

    /// While the copy may be behind, the answer is "cannot tell", a 503, without asking: for a
    /// Redis that many processes must not fall upon all at once.
    pub fn refuse_while_behind(mut self) -> Self {
        self.when_behind = WhenBehind::Refuse;
        self
    }

    /// While the copy may be behind, goes on with it. **Tokens that were revoked elsewhere in the
    /// meantime are accepted**, for as long as Redis cannot be reached; also those of a process
    /// that has just started and knows nothing yet.
    pub fn accept_possibly_revoked_tokens_while_behind(mut self) -> Self {
        self.when_behind = WhenBehind::Accept;
        self
    }

    /// Accepts `redis://` to other machines. Without it plain connections stay on this one: an
    /// attacker who reads the traffic learns the password, and one who writes to Redis can undo a
    /// sign-out.
    pub fn accept_unencrypted_connection(mut self) -> Self {
        self.unencrypted = true;
        self
    }

    /// Trusts a root certificate beside the system's, in PEM: for a Redis with a certificate of
    /// one's own.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.root_certificates.push(pem.to_vec());
        self
    }

    /// Asks the application for user name and password before each connection, in place of those in the URL:
    /// for passwords that are rotated, and for tokens that live for minutes, such as those of
    /// ElastiCache's IAM authentication. A connection that is open stays open when its password is
    /// replaced; ElastiCache ends those of IAM users after 12 hours, and the next one is made with what
    /// the provider says then.
    ///
    /// The provider has as long as [`timeout`](Self::timeout) says. When it fails or takes longer, the
    /// connection is not made, the fault's code is `credentials`, and it is asked again for the next
    /// one. Its error is not logged: it may hold a secret.
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
        self.credentials = Some(CredentialsProvider::new(provider));
        self
    }

    /// Starts to follow Redis, in a task that ends with the last clone of the result. Does not wait
    /// for Redis, and does not need it to be there: see
    /// [`wait_until_in_step`](RedisRevocations::wait_until_in_step).
    ///
    /// # Errors
    /// [`ConfigError::Url`] when the URL is not one of Redis;
    /// [`ConfigError::InsecureRedisUrl`] when it is plain and leads to another machine;
    /// [`ConfigError::NoTlsBackend`] when it is not, and no TLS is compiled in;
    /// [`ConfigError::OutOfRange`]; [`ConfigError::Value`] when a certificate is none;
    /// [`ConfigError::Missing`] when there is no tokio runtime here.
    pub fn build(self) -> Result<RedisRevocations, ConfigError> {
        for (setting, value, (least, most), range) in [
            ("max_lag", self.max_lag, MAX_LAG, "100 milliseconds to 60 seconds"),
            ("timeout", self.timeout, TIMEOUT, "10 milliseconds to 30 seconds"),
        ] {
            if value < least || value > most {
                return Err(ConfigError::OutOfRange { setting, range });
            }
        }
        let address = Address::parse(&self.url)?;
        if !(address.tls || address.is_loopback() || self.unencrypted) {
            return Err(ConfigError::InsecureRedisUrl);
        }
        let runtime = Handle::try_current().map_err(|_| ConfigError::Missing {
            setting: "a tokio runtime",
            hint: "build RedisRevocations inside of one",
        })?;
        let (roots, credentials) = (&self.root_certificates, self.credentials);
        let keys = RedisKeys::of(&self.pool);
        let connector = Connector::new(address, roots, credentials, self.timeout)?;
        let heartbeat = self.max_lag / 4;
        let state = Arc::new(StoreState {
            connector,
            keys,
            copy: LocalCopy::new(self.max_lag),
            unconfirmed: Unconfirmed::default(),
            heartbeat,
            activity: Activity::new(heartbeat, self.timeout),
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
            .field("timeout", &self.timeout)
            .field("when_behind", &self.when_behind)
            .finish_non_exhaustive()
    }
}
