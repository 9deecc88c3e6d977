//! [`RedisRevocations`]: revocations that machines share through Redis or Valkey.

mod builder;
mod health;
mod local_copy;
mod protocol;
mod requests;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::entry::CompactEntry;
use super::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use crate::error::{ConfigError, RevocationError};
use crate::pool::{PoolName, UserPool};
pub use builder::RedisRevocationsBuilder;
use builder::WhenBehind;
pub use health::RedisRevocationsHealth;
use local_copy::LocalCopy;
use local_copy::follower::{Activity, Follower};
use local_copy::unconfirmed::Unconfirmed;
use requests::RequestConnection;
#[cfg(feature = "sessions")]
pub(crate) use wire::address::RedisAddress;
use wire::commands::{Commands, RedisKeys};
#[cfg(not(feature = "sessions"))]
use wire::connect::Connector;
use wire::connect::ServerConnection;
#[cfg(feature = "sessions")]
pub(crate) use wire::connect::{Connector, InterpretedError};
#[cfg(feature = "sessions")]
pub(crate) use wire::credentials::CredentialsProvider;
pub use wire::credentials::RedisCredentials;
#[cfg(feature = "sessions")]
pub(crate) use wire::fault::RedisFault;
#[cfg(not(feature = "sessions"))]
use wire::fault::RedisFault;
#[cfg(feature = "sessions")]
pub(crate) use wire::send::{send, send_all};
#[cfg(feature = "sessions")]
pub(crate) use wire::settings::ConnectionSettings;
#[cfg(feature = "sessions")]
pub(crate) use wire::shared_connection::{OngoingCall, SharedConnection};
#[cfg(feature = "sessions")]
pub(crate) use wire::slot::slot_of;
#[cfg(feature = "sessions")]
pub(crate) use wire::topology::Location;

/// Revocations that machines share through Redis or Valkey: a token that is signed out on one machine is
/// refused on all of them. Each process has a copy of all entries, so a request does not wait for Redis
/// while the copy is up to date. Cheap to clone; clones share the copy.
///
/// ```no_run
/// use std::{sync::Arc, time::Duration};
/// use cognito_auth::{JwtVerifier, UserPool, revocation::RedisRevocations};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let revocations = RedisRevocations::new(&pool, "rediss://app:secret@cache.example.com")?;
/// revocations.wait_until_in_step(Duration::from_secs(5)).await?;
///
/// let verifier = JwtVerifier::builder(&pool)
///     .client_id("1example23456789abcdefghij")
///     .revocations(Arc::new(revocations))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
#[doc = include_str!("redis/guarantees.md")]
///
#[doc = include_str!("redis/how_it_works.md")]
#[derive(Clone)]
pub struct RedisRevocations(Arc<RedisInner>);

struct RedisInner {
    pool: PoolName,
    state: Arc<StoreState>,
    requests: RequestConnection,
    when_behind: WhenBehind,
    follower: Follower,
}

/// What the handles of a store and its follower share.
struct StoreState {
    connector: Connector,
    keys: RedisKeys,
    copy: LocalCopy,
    unconfirmed: Unconfirmed,
    /// How often the follower asks for the end of the log: each answer is a sign that the copy is
    /// complete.
    heartbeat: Duration,
    activity: Activity,
}

impl StoreState {
    /// A new connection, for the keys of this store.
    async fn commands(&self) -> Result<Commands, RedisFault> {
        Ok(self.commands_over(self.connector.connect(self.keys.slot).await?))
    }

    fn commands_over(&self, server: ServerConnection) -> Commands {
        let (keys, connector) = (self.keys.clone(), self.connector.clone());
        Commands { server, keys, connector, ask: None }
    }
}

impl RedisRevocations {
    /// The store of a pool at a Redis URL, with the defaults. The URL is
    /// `rediss://user:password@host:port/database` for TLS, or `redis://…` for a Redis on this machine;
    /// `rediss+cluster://…` for a cluster and `rediss+sentinel://…` for Sentinels, both with several
    /// hosts: [the table](#what-it-needs).
    ///
    /// # Errors
    /// See [`RedisRevocationsBuilder::build`].
    pub fn new(pool: &UserPool, url: &str) -> Result<Self, ConfigError> {
        Self::builder(pool, url).build()
    }

    /// Builds the store of a pool at a Redis URL, with settings.
    pub fn builder(pool: &UserPool, url: &str) -> RedisRevocationsBuilder {
        RedisRevocationsBuilder::new(pool, url)
    }

    /// Waits until the copy has all entries and follows Redis, for example before the first request.
    ///
    /// # Errors
    /// The reason, when this takes longer than `at_most`. The store continues to connect in the background.
    pub async fn wait_until_in_step(&self, at_most: Duration) -> Result<(), RevocationError> {
        let copy = &self.0.state.copy;
        if !copy.is_in_step(None) {
            copy.notice_silence();
            self.0.follower.keep_following();
        }
        let mut in_step = copy.watch();
        let reached = tokio::time::timeout(at_most, in_step.wait_for(|in_step| *in_step)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            _ => Err(copy.fault().into()),
        }
    }

    /// The state of this process's copy.
    pub fn health(&self) -> RedisRevocationsHealth {
        let health = self.0.state.copy.health();
        if !health.in_step {
            self.0.follower.keep_following();
        }
        health
    }

    fn is_of(&self, pool: &PoolName) -> bool {
        self.0.pool == *pool
    }

    async fn ask(&self, token: &TokenIdentity<'_>) -> Result<bool, RedisFault> {
        self.0.requests.is_revoked(*token).await
    }
}

#[async_trait]
impl RevocationStore for RedisRevocations {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        if !self.is_of(token.pool) {
            return RevocationStatus::Live;
        }
        let copy = &self.0.state.copy;
        // Asked before the entries are: what is pushed in between is seen.
        let is_in_step = copy.is_in_step(token.wall_clock);
        if !is_in_step {
            self.0.follower.keep_following();
        }
        let believed = is_in_step || self.0.when_behind == WhenBehind::Accept;
        if copy.entries.hits(token) {
            RevocationStatus::Revoked
        } else if believed {
            RevocationStatus::Live
        } else {
            RevocationStatus::Unknown
        }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        let copy = &self.0.state.copy;
        match self.status_now(token) {
            RevocationStatus::Revoked => Ok(true),
            RevocationStatus::Live => Ok(false),
            RevocationStatus::Unknown if self.0.when_behind == WhenBehind::Refuse => {
                Err(copy.fault().into())
            }
            RevocationStatus::Unknown => Ok(self.ask(token).await?),
        }
    }

    async fn find_entry(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        let copy = &self.0.state.copy;
        if !self.is_of(token.pool) {
            return Ok(None);
        }
        if let Some(entry) = copy.entries.find(token) {
            return Ok(Some(entry));
        }
        match (self.status_now(token), self.0.when_behind) {
            (RevocationStatus::Unknown, WhenBehind::Refuse) => Err(copy.fault().into()),
            (RevocationStatus::Unknown, _) => {
                // At once, so that a sign-out does not wait for one after the other.
                let (of_user, of_sign_in) = (token.of_user_alone(), token.without_ids());
                let (hit, by_user, by_sign_in) =
                    tokio::join!(self.ask(token), self.ask(&of_user), self.ask(&of_sign_in));
                Ok(if hit? {
                    Revocation::earliest_that_hits(token, by_user?, by_sign_in?)
                } else {
                    None
                })
            }
            _ => Ok(None),
        }
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        let state = &self.0.state;
        if !self.is_of(revocation.pool()) {
            return Err(OTHER_POOL);
        }
        let entry = CompactEntry::from(revocation);
        // What has ended goes when Redis says so, with each sign of life, and not now.
        state.unconfirmed.sending(entry);
        state.copy.entries.remember(entry);
        match self.0.requests.publish(entry).await {
            Ok(end) => {
                state.unconfirmed.acknowledged(&[entry], end.at.place);
                Ok(())
            }
            Err(fault) => {
                let (code, cause) = ("not_published", fault.code());
                tracing::error!(target: "cognito_auth::revocation", code, cause, "a revocation holds in this process only, for now");
                Err(fault.into())
            }
        }
    }
}

const OTHER_POOL: RevocationError =
    RevocationError::new("the Redis store is of another user pool than the entry");

impl fmt::Debug for RedisRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocations")
            .field("redis", &self.0.requests)
            .field("when_behind", &self.0.when_behind)
            .field("health", &self.health())
            .finish()
    }
}
