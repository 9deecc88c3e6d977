//! Revocations on many machines, through Redis or Valkey: [`RedisRevocations`] says what a sign-out
//! guarantees, and what it does not.

mod address;
mod builder;
mod commands;
mod connect;
mod copy;
mod credentials;
mod fault;
mod follow;
mod follower;
mod health;
mod line;
mod member;
mod protocol;
mod shared;
mod tls;
mod unconfirmed;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::entry::{self, Entry};
use super::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use crate::error::RevocationError;
use crate::pool::{PoolName, UserPool};
pub use builder::RedisRevocationsBuilder;
use builder::WhenBehind;
pub use credentials::RedisCredentials;
use fault::Fault;
use follower::Follower;
pub use health::RedisRevocationsHealth;
use line::Line;
use shared::Shared;

/// Revocations on many machines, through Redis or Valkey. A sign-out at one of them holds at all.
/// Cheap to clone; clones share the copy.
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
/// # How it works
///
/// A store is of one user pool: it takes no entry of another (an error), and has none for its tokens.
/// Give each verifier the store of its own pool.
///
/// Two keys a pool: a sorted set of all entries (`cognito-auth:{<pool>}:revocations`, moment by
/// identity) and a stream of changes (`cognito-auth:{<pool>}:revocation-log`). One script writes
/// both, the log first. A process reads the set once, then waits at the stream. A stream
/// and not pub/sub or client tracking: those forget who is not listening, and cut off who listens
/// slowly; a stream is read from where one was, at one's own pace. Every line has a number of its own
/// and names the one before with it, so that a gap shows (only the last 100,000 changes are kept), and
/// so does a history that another server wrote. It names the *epoch* of the data, too, which also
/// stands in the set: when Redis is emptied, or one key is evicted, a new epoch begins. A line that
/// is missing, an epoch that changed, or a log that does not have the place one has read to: then
/// everything is compared again, and each side ends with what either had.
///
/// A read alone proves nothing: a replica that hears no news answers it. Four times in `max_lag` the
/// script is run without entries. It begins with a write, so only a primary answers, and it says where
/// the log ends and how many entries there are. Once exactly that line was read, and the numbers agree,
/// the copy is complete as of the moment when the script was sent.
///
/// The set is cleared of what has ended, by both clocks, whenever it is touched, and both keys have a
/// time to live of eight days and 25 minutes from the latest entry and the latest visit.
///
/// Identities stand there **as they are**, without hyphens, where they are UUIDs (all of Cognito's
/// are), else as 128 bits of their SHA-256. No token is ever written. A `jti` or a `sub` opens
/// nothing, and a hash of one would hide nothing from whoever has the list of users; as it is, an
/// operator can answer "is this session signed out?" with `ZSCORE … s:<origin_jti>`.
///
/// # What it needs
///
/// Redis 6.2 or newer, or Valkey (for `min-replicas-to-write` Redis 7.0 or newer: before, scripts were
/// not held to it); one primary, with or without replicas (not the cluster protocol), at an address
/// that leads to it: after a fail-over connections are made anew, and names resolved anew. `maxmemory-policy noeviction`: both keys have a time to live, so the `volatile-…` policies
/// throw them away like any cache; processes write them back, as after a restart with nothing. An ACL
/// user needs these commands on `~cognito-auth:*`:
/// `+eval +time +zadd +zrem +zremrangebyscore +zrangebyscore +zrevrangebyscore +zmscore +zcount
/// +zscan +xadd +xread +xrevrange +ttl +expireat`, and `+select` for a database other than 0.
/// Passwords that are rotated, and ElastiCache's IAM authentication, want
/// [a provider](RedisRevocationsBuilder::credentials).
///
/// # What it says
///
/// [`health`](RedisRevocations::health), and events with the target `cognito_auth::revocation` and
/// a stable `code`: `filled`, `in_step`, `published_late`, `not_published`, and, when the copy falls
/// behind, why: `connect`, `tls`, `no_root_certificates`, `credentials`, `login`, `permission`, `not_primary`, `refused`,
/// `timeout`, `cut_off`, `answer`, `data_lost`, `gap`, `slow`, `stopped`. No identity is in any of
/// them.
#[derive(Clone)]
pub struct RedisRevocations(Arc<Inner>);

struct Inner {
    pool: PoolName,
    shared: Arc<Shared>,
    line: Line,
    when_behind: WhenBehind,
    follower: Follower,
}

impl RedisRevocations {
    /// The revocations of a pool at a Redis URL, with the defaults:
    /// `rediss://user:password@host:port/database` for TLS, `redis://…` for this machine.
    ///
    /// # Errors
    /// See [`RedisRevocationsBuilder::build`].
    pub fn new(pool: &UserPool, url: &str) -> Result<Self, crate::error::ConfigError> {
        Self::builder(pool, url).build()
    }

    /// The revocations of a pool at a Redis URL, with settings.
    pub fn builder(pool: &UserPool, url: &str) -> RedisRevocationsBuilder {
        RedisRevocationsBuilder::new(pool, url)
    }

    /// Waits until the copy is filled and in step, for instance before the first request is taken.
    ///
    /// # Errors
    /// What is in the way, when that took longer than `at_most`. It is tried on.
    pub async fn wait_until_in_step(&self, at_most: Duration) -> Result<(), RevocationError> {
        let copy = &self.0.shared.copy;
        if !copy.is_in_step(None) {
            self.0.shared.notice_silence();
            self.0.follower.keep_following();
        }
        let mut in_step = copy.watch();
        let reached = tokio::time::timeout(at_most, in_step.wait_for(|in_step| *in_step)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            _ => Err(copy.fault().into()),
        }
    }

    /// How far the copy can be believed.
    pub fn health(&self) -> RedisRevocationsHealth {
        let health = self.0.shared.copy.health();
        if !health.in_step {
            self.0.follower.keep_following();
        }
        health
    }

    fn is_of(&self, pool: &PoolName) -> bool {
        self.0.pool == *pool
    }

    async fn ask(&self, token: &TokenIdentity<'_>) -> Result<bool, Fault> {
        let copy = &self.0.shared.copy;
        let Some(epoch) = copy.epoch() else {
            // It has just started: soon the copy can answer.
            let waited = self.wait_until_in_step(self.0.shared.connector.timeout()).await;
            return waited.map(|()| copy.entries.hits(token)).map_err(|_| copy.fault());
        };
        self.0.line.is_revoked(epoch, *token).await
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
        let copy = &self.0.shared.copy;
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
        let copy = &self.0.shared.copy;
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
        let copy = &self.0.shared.copy;
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
                Ok(if hit? { token.earliest_entry(by_user?, by_sign_in?) } else { None })
            }
            _ => Ok(None),
        }
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        let shared = &self.0.shared;
        if !self.is_of(revocation.pool()) {
            return Err(OTHER_POOL);
        }
        let entry = Entry::from(revocation);
        // What has ended goes when Redis says so, with each sign of life, and not now.
        shared.unconfirmed.sending(entry);
        shared.copy.entries.remember(entry);
        match self.0.line.publish(entry).await {
            Ok(end) => {
                shared.unconfirmed.acknowledged(&[entry], end.at.place);
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
    RevocationError { reason: "the Redis store is of another user pool than the entry" };

impl fmt::Debug for RedisRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocations")
            .field("redis", &self.0.line)
            .field("when_behind", &self.0.when_behind)
            .field("health", &self.health())
            .finish()
    }
}
