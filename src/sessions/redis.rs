//! [`RedisSessions`]: sessions that many machines share, in Redis or Valkey.

mod attempts;
mod builder;
mod call;
mod connection;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod names;
mod read;
mod remove;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use super::id::{SessionKey, UserIndex};
use super::store::{
    LeaseOwner, NewSession, Removed, Replaced, SessionMember, SessionStore, SessionStoreError,
    StoredSession,
};
use crate::error::ConfigError;
use attempts::CallRetry;
pub use builder::RedisSessionsBuilder;
use connection::Connections;
use names::{
    Keys, is_old, list_of, member, new_version, note_of, read_member, record_of, text_of, value,
};

const ENLIST: &str = include_str!("redis/enlist.lua");
const RENEW: &str = include_str!("redis/renew.lua");
const REPLACE: &str = include_str!("redis/replace.lua");
const TOUCH: &str = include_str!("redis/touch.lua");
const UNLOCK: &str = include_str!("redis/unlock.lua");

/// Sessions that many machines share, in Redis or Valkey. Cheap to clone; clones share a connection.
///
/// ```no_run
/// use std::sync::Arc;
/// use cognito_auth::sessions::RedisSessions;
///
/// let store = Arc::new(RedisSessions::new("rediss://app:secret@cache.example.com")?);
/// # let _ = store;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// A request with a session takes one round trip. A copy of the data reveals no token: records are
/// encrypted under secrets that only the browsers' cookies have.
///
/// # What it needs
///
/// Redis 6.2 or newer, or Valkey, at an address that leads to the primary, as a cluster, or behind Sentinels:
/// the URLs are [those of `RedisRevocations`](crate::revocation::RedisRevocations#what-it-needs). After a
/// fail-over the connections are opened again. A replica is never believed: every request contains a write, or a
/// command that only a primary answers. Set `maxmemory-policy noeviction`: any other policy ends
/// sessions when memory runs out. A write that Redis acknowledged and then lost (a fail-over before the
/// replica had it) is lost: with rotation of refresh tokens a session that was refreshed in that moment
/// goes on only where it is refreshed again within the rotation's grace time
/// ([the guide](crate::guide::browser_sessions_on_many_machines#rotation-the-four-causes)).
///
/// An ACL user needs `+get +getex +set +del +pttl +pexpire +exists +zadd +zrem +zrange
/// +zremrangebyscore +time +eval` on `~cognito-auth:*`, `+select` for a database other than 0, and
/// `+cluster|slots +asking` in a cluster.
///
/// # Keys in Redis
///
/// For each session `cognito-auth:session:{<key>}` (the record), `…:note` and, while tokens are
/// refreshed, `…:lease`; for each user `cognito-auth:sessions-of:{<index>}`, an ordered set of sessions
/// by the sessions' ends. Keys and indexes are SHA-256 in hex. Each has a time to live. In a cluster the
/// keys of one session are at one node, and sessions at all nodes: no script needs one and its list.
#[derive(Clone)]
pub struct RedisSessions(Arc<Connections>);

impl RedisSessions {
    /// The store at a Redis URL, with the defaults: `rediss://user:password@host:port/database` for
    /// TLS, `redis://…` for this machine, `rediss+cluster://…` and `rediss+sentinel://…` with several
    /// hosts.
    ///
    /// # Errors
    /// See [`RedisSessionsBuilder::build`].
    pub fn new(url: &str) -> Result<Self, ConfigError> {
        Self::builder(url).build()
    }

    /// The store at a Redis URL, with settings.
    pub fn builder(url: &str) -> RedisSessionsBuilder {
        RedisSessionsBuilder::new(url)
    }
}

/// At least one: Redis refuses a time to live of zero.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 50)
}

#[async_trait]
impl SessionStore for RedisSessions {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        self.stored_session(key).await
    }

    async fn insert(&self, session: NewSession<'_>) -> Result<(), SessionStoreError> {
        let (key, user) = (session.key, session.user);
        let (keys, version) = (Keys::of(key), new_version()?);
        let (list, member) = (list_of(user), member(key, &session.public_id, session.created_at));
        let ends = milliseconds(session.ends.max(session.expires)).to_string();
        let arguments: [&[u8]; 2] = [member.as_bytes(), ends.as_bytes()];
        self.0.script::<i64>(ENLIST, &[&list], &arguments, CallRetry::SameResult).await?;
        let expires = milliseconds(session.expires);
        let mut write = redis::pipe();
        // The note comes first: a request that lists the session revokes its tokens by the note.
        write.cmd("SET").arg(&keys.note).arg(session.note).arg("PX").arg(expires);
        write.cmd("SET").arg(&keys.record).arg(value(&session, version));
        write.arg("NX").arg("PX").arg(expires);
        let written = async {
            let (_, set): (String, Option<String>) =
                self.0.pipeline(&keys.record, &write, CallRetry::OtherResult).await?;
            // After the record, which a sign-out everywhere then sees, or is seen here. The list may be at
            // another node. It adds nothing, but is a write, which a replica refuses.
            let mut score = redis::cmd("ZADD");
            score.arg(&list).arg("XX").arg("INCR").arg(0).arg(&member);
            let listed: Option<f64> = self.0.command(&list, &score, CallRetry::SameResult).await?;
            Ok((set, listed))
        };
        let (set, listed) = match written.await {
            Ok(written) => written,
            Err(error) => {
                // The record may have been written. No browser has its cookie yet.
                self.discard(key).await.ok();
                self.strike(user, &[member]).await.ok();
                return Err(error);
            }
        };
        if set.is_none() {
            self.strike(user, &[member]).await?;
            return Err(SessionStoreError::KeyTaken);
        }
        if listed.is_none() {
            self.discard(key).await?;
            return Err(SessionStoreError::SignedOut);
        }
        Ok(())
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Result<Replaced, SessionStoreError> {
        let keys = Keys::of(key);
        let next = new_version()?;
        let value = [&next.to_be_bytes(), record].concat();
        let expires = milliseconds(expires).to_string();
        let arguments: [&[u8]; 3] = [&version.to_be_bytes(), &value, expires.as_bytes()];
        let names = [&*keys.record, &*keys.note];
        let answer: String =
            self.0.script(REPLACE, &names, &arguments, CallRetry::OtherResult).await?;
        match answer.as_str() {
            "done" => Ok(Replaced::Done(next)),
            "changed" => Ok(Replaced::Changed),
            "gone" => Ok(Replaced::Gone),
            _ => Err(SessionStoreError::new("Redis gave an answer that makes no sense")),
        }
    }

    async fn remove(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        let Some((stored, member)) = self.take(key).await? else { return Ok(None) };
        // On a failure the set keeps a member without a record, which is not listed, and expires.
        self.strike(&stored.user, &[member]).await.ok();
        Ok(Some(stored))
    }

    async fn remove_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError> {
        self.take_version(key, version).await
    }

    async fn list(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        let texts = self.members(user).await?;
        let mut members: Vec<_> = texts.iter().filter_map(|text| read_member(text)).collect();
        if members.is_empty() {
            return Ok(members);
        }
        let records: Vec<_> = members.iter().map(|member| record_of(&member.key)).collect();
        let found = self.0.each(&records, |record, notes| {
            notes.cmd("EXISTS").arg(record).cmd("GET").arg(note_of(record));
        });
        let (mut found, mut gone) = (found.await?.into_iter(), Vec::new());
        members.retain_mut(|member| {
            let found = found.next().unwrap_or_default();
            let [redis::Value::Int(1), note] = found.as_slice() else {
                gone.push(member.clone());
                return false;
            };
            if let redis::Value::BulkString(note) = note {
                member.note.clone_from(note);
            }
            true
        });
        // These sessions expired idle: without this the set would have them until their absolute end.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let gone: Vec<_> = gone.iter().filter(|member| is_old(member, now)).map(text_of).collect();
        self.strike(user, &gone).await.ok();
        members.sort_by_key(|member| member.created_at);
        Ok(members)
    }

    /// Removes the records before and after the list: a session that is inserted meanwhile either finds
    /// that it is not listed, or is removed the second time.
    async fn remove_all(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        let listed = self.list(user).await?;
        let texts = self.members(user).await?;
        let keys: Vec<_> = texts.iter().filter_map(|text| read_member(text)).collect();
        self.remove_each(&keys).await?;
        self.strike(user, &texts).await?;
        self.remove_each(&keys).await?;
        Ok(listed)
    }

    async fn touch(
        &self,
        key: &SessionKey,
        expires: Duration,
        note: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let keys = Keys::of(key);
        let expires = milliseconds(expires).to_string();
        let arguments: [&[u8]; 2] = [expires.as_bytes(), note];
        let names = [&*keys.record, &*keys.note];
        self.0.script(TOUCH, &names, &arguments, CallRetry::SameResult).await
    }

    async fn lock(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        let (mut command, lease) = (redis::cmd("SET"), Keys::of(key).lease);
        command.arg(&lease).arg(owner.as_bytes().as_slice());
        command.arg("NX").arg("PX").arg(milliseconds(time));
        let set: Option<String> = self.0.command(&lease, &command, CallRetry::OtherResult).await?;
        Ok(set.is_some())
    }

    async fn renew(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        let time = milliseconds(time).to_string();
        let arguments: [&[u8]; 2] = [owner.as_bytes(), time.as_bytes()];
        self.0.script(RENEW, &[&Keys::of(key).lease], &arguments, CallRetry::SameResult).await
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Result<(), SessionStoreError> {
        let arguments: [&[u8]; 1] = [owner.as_bytes()];
        let lease = Keys::of(key).lease;
        self.0.script::<i64>(UNLOCK, &[&lease], &arguments, CallRetry::SameResult).await.map(drop)
    }
}

impl fmt::Debug for RedisSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSessions").field("address", &self.0).finish()
    }
}
