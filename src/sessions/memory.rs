//! [`MemorySessions`]: sessions in the memory of this process.

mod room;
mod shard;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::id::{SessionKey, UserIndex};
use super::store::{
    LeaseOwner, NewSession, Removed, Replaced, SessionMember, SessionStore, SessionStoreError,
    StoredSession,
};
use room::Room;
use shard::{Leases, SessionsByUser, Shard, StoredRecord};

/// Sessions in the memory of this process, for an application on one machine. They end with the
/// process. For several machines use `RedisSessions` (feature `redis`).
///
/// Holds at most 100,000 sessions and 512 MiB; [`with_limits`](Self::with_limits) sets other limits.
/// When it is full, it drops expired sessions; if that makes no room, a sign-in is answered with 503
/// (`store_full`). It never drops a session that is alive. Each insert also drops a few expired
/// sessions.
pub struct MemorySessions {
    shards: Box<[Mutex<Shard>]>,
    users: Box<[Mutex<SessionsByUser>]>,
    leases: Box<[Mutex<Leases>]>,
    room: Room,
    /// How many writes there were: the number of each is its version. Versions end with the process, as records
    /// do.
    writes: AtomicU64,
}

/// A power of two. Requests of different sessions rarely wait for each other.
const SHARDS: usize = 64;

const MOST_SESSIONS: usize = 100_000;
const MOST_BYTES: usize = 512 * 1024 * 1024;

/// The memory of a session besides its record and its note, in bytes: keys, list entry and room in the
/// maps.
pub(super) const OVERHEAD_BYTES: usize = 400;

impl Default for MemorySessions {
    fn default() -> Self {
        Self::new()
    }
}

impl MemorySessions {
    /// An empty store with the default limits.
    pub fn new() -> Self {
        Self::with_limits(MOST_SESSIONS, MOST_BYTES)
    }

    /// An empty store with other limits: how many sessions, and how many bytes they take together.
    pub fn with_limits(most_sessions: usize, most_bytes: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            users: (0..SHARDS).map(|_| Mutex::default()).collect(),
            leases: (0..SHARDS).map(|_| Mutex::default()).collect(),
            room: Room::new(most_sessions, most_bytes),
            writes: AtomicU64::new(0),
        }
    }

    /// How many sessions there are, expired ones that were not dropped yet included.
    pub fn len(&self) -> usize {
        self.room.sessions()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, key: &SessionKey) -> MutexGuard<'_, Shard> {
        lock(&self.shards, key.as_bytes()[0])
    }

    fn members(&self, user: &UserIndex) -> MutexGuard<'_, SessionsByUser> {
        lock(&self.users, user.as_bytes()[0])
    }

    fn leases(&self, key: &SessionKey) -> MutexGuard<'_, Leases> {
        lock(&self.leases, key.as_bytes()[0])
    }

    fn new_version(&self) -> u64 {
        self.writes.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn make_room(&self, bytes: usize) -> bool {
        self.room.reserve(bytes) || {
            for first in 0..SHARDS {
                self.drop_expired(first, usize::MAX);
            }
            self.room.reserve(bytes)
        }
    }

    /// Drops expired sessions of one shard, at most so many.
    fn drop_expired(&self, shard: usize, most: usize) {
        let Some(shard) = self.shards.get(shard) else { return };
        let gone =
            shard.lock().unwrap_or_else(PoisonError::into_inner).expire(Instant::now(), most);
        for (key, entry) in &gone {
            self.room.release(entry.bytes());
            self.members(&entry.user).remove(&entry.user, key);
        }
    }

    /// Removes a record, and returns it unless it has expired.
    fn take(&self, key: &SessionKey) -> Option<StoredRecord> {
        let entry = self.shard(key).remove(key)?;
        self.room.release(entry.bytes());
        (entry.expires_at > Instant::now()).then_some(entry)
    }
}

/// How many expired sessions an insert drops: more than one, so that they do not accumulate.
const EXPIRED_PER_INSERT: usize = 8;

fn lock<T>(shards: &[Mutex<T>], first: u8) -> MutexGuard<'_, T> {
    let shard = &shards[usize::from(first) % shards.len()];
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl SessionStore for MemorySessions {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        Ok(self.shard(key).get(key, Instant::now()).map(|(entry, left)| entry.stored(left)))
    }

    async fn insert(&self, session: NewSession<'_>) -> Result<(), SessionStoreError> {
        let now = Instant::now();
        self.drop_expired(usize::from(session.key.as_bytes()[1]) % SHARDS, EXPIRED_PER_INSERT);
        self.drop_expired(usize::from(session.key.as_bytes()[0]) % SHARDS, EXPIRED_PER_INSERT);
        let entry = StoredRecord::new(&session, self.new_version(), now);
        if !self.make_room(entry.bytes()) {
            return Err(SessionStoreError::Full);
        }
        let (key, user) = (session.key, session.user);
        self.members(user).insert(user, &session);
        let inserted = self.shard(key).insert(*key, entry, now);
        if let Err(entry) = inserted {
            self.room.release(entry.bytes());
            let owner = self.shard(key).get(key, now).map(|(entry, _)| entry.user);
            if owner != Some(*user) {
                self.members(user).remove(user, key);
            }
            return Err(SessionStoreError::KeyTaken);
        }
        // A sign-out of all sessions may have read the list before the record was there.
        if !self.members(user).has(user, key) {
            self.take(key);
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
        let now = Instant::now();
        let mut shard = self.shard(key);
        let Some(entry) = shard.get_mut(key, now) else { return Ok(Replaced::Gone) };
        if entry.version != version {
            return Ok(Replaced::Changed);
        }
        self.room.resize(entry.record.len(), record.len());
        entry.record = record.into();
        let version = self.new_version();
        entry.version = version;
        shard.put_off(key, now + expires);
        Ok(Replaced::Done(version))
    }

    async fn remove(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        self.members(&entry.user).remove(&entry.user, key);
        let left = entry.expires_at.saturating_duration_since(Instant::now());
        Ok(Some(entry.stored(left)))
    }

    async fn remove_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError> {
        let entry = {
            let mut shard = self.shard(key);
            match shard.get(key, Instant::now()) {
                None => return Ok(Removed::Gone),
                Some((entry, _)) if entry.version != version => return Ok(Removed::Changed),
                Some(_) => shard.remove(key),
            }
        };
        let Some(entry) = entry else { return Ok(Removed::Gone) };
        self.room.release(entry.bytes());
        self.members(&entry.user).remove(&entry.user, key);
        Ok(Removed::Done)
    }

    async fn list(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        let members = self.members(user).list(user);
        let now = Instant::now();
        Ok(members
            .into_iter()
            .filter_map(|member| self.shard(&member.key).listed(member, now))
            .collect())
    }

    async fn remove_all(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        let members = self.members(user).take(user);
        let removed = members.into_iter().filter_map(|mut member| {
            let entry = self.take(&member.key)?;
            member.note = entry.note.into();
            Some(member)
        });
        Ok(removed.collect())
    }

    async fn touch(
        &self,
        key: &SessionKey,
        expires: Duration,
        note: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let now = Instant::now();
        let mut shard = self.shard(key);
        let Some(entry) = shard.get_mut(key, now) else { return Ok(false) };
        self.room.resize(entry.note.len(), note.len());
        entry.note = note.into();
        shard.put_off(key, now + expires);
        Ok(true)
    }

    async fn lock(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        Ok(self.leases(key).lock(key, *owner, Instant::now(), time))
    }

    async fn renew(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        Ok(self.leases(key).renew(key, *owner, Instant::now(), time))
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Result<(), SessionStoreError> {
        self.leases(key).unlock(key, *owner);
        Ok(())
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions").field("sessions", &self.len()).finish_non_exhaustive()
    }
}
