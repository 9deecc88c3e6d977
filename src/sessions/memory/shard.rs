//! The maps of [`MemorySessions`](super::MemorySessions): records, lists and leases.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use super::OVERHEAD_BYTES;
use crate::sessions::id::{SessionKey, UserIndex};
use crate::sessions::store::{LeaseOwner, NewSession, SessionMember, StoredSession};

/// A record with its metadata.
pub(super) struct StoredRecord {
    pub(super) record: Box<[u8]>,
    pub(super) note: Box<[u8]>,
    pub(super) user: UserIndex,
    pub(super) version: u64,
    pub(super) expires_at: Instant,
}

impl StoredRecord {
    pub(super) fn new(session: &NewSession<'_>, version: u64, now: Instant) -> Self {
        Self {
            record: session.record.into(),
            note: session.note.into(),
            user: *session.user,
            version,
            expires_at: now + session.expires,
        }
    }

    /// Its approximate size in memory.
    pub(super) fn bytes(&self) -> usize {
        self.record.len() + self.note.len() + OVERHEAD_BYTES
    }

    pub(super) fn stored(&self, expires: Duration) -> StoredSession {
        StoredSession::new(self.record.to_vec(), self.version, expires, self.user)
    }
}

/// Records by key, and in the order of their expiry. A client can choose parts of a key, though not all
/// of a SHA-256, so the map's hash is keyed.
#[derive(Default)]
pub(super) struct Shard {
    entries: HashMap<SessionKey, StoredRecord>,
    ends: BTreeSet<(Instant, [u8; 32])>,
}

impl Shard {
    /// A record that has not expired, and its remaining time.
    pub(super) fn get(&self, key: &SessionKey, now: Instant) -> Option<(&StoredRecord, Duration)> {
        let entry = self.entries.get(key)?;
        (entry.expires_at > now).then(|| (entry, entry.expires_at - now))
    }

    pub(super) fn get_mut(&mut self, key: &SessionKey, now: Instant) -> Option<&mut StoredRecord> {
        self.entries.get_mut(key).filter(|entry| entry.expires_at > now)
    }

    /// Returns the record if the key is taken.
    pub(super) fn insert(
        &mut self,
        key: SessionKey,
        entry: StoredRecord,
        now: Instant,
    ) -> Result<(), StoredRecord> {
        if self.get(&key, now).is_some() {
            return Err(entry);
        }
        self.remove(&key);
        self.ends.insert((entry.expires_at, *key.as_bytes()));
        self.entries.insert(key, entry);
        Ok(())
    }

    pub(super) fn remove(&mut self, key: &SessionKey) -> Option<StoredRecord> {
        let entry = self.entries.remove(key)?;
        self.ends.remove(&(entry.expires_at, *key.as_bytes()));
        Some(entry)
    }

    /// Extends a record; never shortens its time.
    pub(super) fn put_off(&mut self, key: &SessionKey, to: Instant) {
        let Some(entry) = self.entries.get_mut(key).filter(|entry| entry.expires_at < to) else {
            return;
        };
        self.ends.remove(&(entry.expires_at, *key.as_bytes()));
        self.ends.insert((to, *key.as_bytes()));
        entry.expires_at = to;
    }

    /// Removes expired records, those that expired first before others.
    pub(super) fn expire(&mut self, now: Instant, most: usize) -> Vec<(SessionKey, StoredRecord)> {
        let mut gone = Vec::new();
        while gone.len() < most {
            let Some((_, key)) = self.ends.first().copied().filter(|(end, _)| *end <= now) else {
                break;
            };
            let key = SessionKey::from_bytes(key);
            match self.remove(&key) {
                Some(entry) => gone.push((key, entry)),
                None => break,
            }
        }
        gone
    }

    /// The member with the note of its record; `None` without a record.
    pub(super) fn listed(&self, mut member: SessionMember, now: Instant) -> Option<SessionMember> {
        let (entry, _) = self.get(&member.key, now)?;
        member.note = entry.note.to_vec();
        Some(member)
    }
}

/// The sessions of each user, in the order in which they began.
#[derive(Default)]
pub(super) struct SessionsByUser(HashMap<UserIndex, Vec<UserSession>>);

struct UserSession {
    key: SessionKey,
    public_id: [u8; 16],
    created_at: u64,
}

impl SessionsByUser {
    pub(super) fn insert(&mut self, user: &UserIndex, session: &NewSession<'_>) {
        let members = self.0.entry(*user).or_default();
        if members.iter().any(|member| member.key == *session.key) {
            return;
        }
        // Most users have one session, and a vector makes room for four by itself.
        if members.len() == members.capacity() {
            members.reserve_exact(members.len() / 2 + 1);
        }
        let public_id = *session.public_id.as_bytes();
        members.push(UserSession { key: *session.key, public_id, created_at: session.created_at });
    }

    pub(super) fn remove(&mut self, user: &UserIndex, key: &SessionKey) {
        if let Some(members) = self.0.get_mut(user) {
            members.retain(|member| member.key != *key);
            if members.is_empty() {
                self.0.remove(user);
            }
        }
    }

    pub(super) fn has(&self, user: &UserIndex, key: &SessionKey) -> bool {
        self.0.get(user).is_some_and(|members| members.iter().any(|member| member.key == *key))
    }

    pub(super) fn list(&self, user: &UserIndex) -> Vec<SessionMember> {
        self.0.get(user).into_iter().flatten().map(UserSession::listed).collect()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    pub(super) fn take(&mut self, user: &UserIndex) -> Vec<SessionMember> {
        self.0.remove(user).iter().flatten().map(UserSession::listed).collect()
    }
}

impl UserSession {
    fn listed(&self) -> SessionMember {
        let public_id = crate::sessions::id::PublicSessionId::from_bytes(self.public_id);
        SessionMember::new(self.key, public_id, self.created_at, Vec::new())
    }
}

/// The leases: which owner refreshes a session, and until when.
#[derive(Default)]
pub(super) struct Leases {
    owners: HashMap<SessionKey, (LeaseOwner, Instant)>,
    ends: BTreeMap<Instant, Vec<SessionKey>>,
}

impl Leases {
    pub(super) fn lock(
        &mut self,
        key: &SessionKey,
        owner: LeaseOwner,
        now: Instant,
        time: Duration,
    ) -> bool {
        self.drop_ended(now);
        if self.owners.contains_key(key) {
            return false;
        }
        self.lend(key, owner, now + time);
        true
    }

    pub(super) fn renew(
        &mut self,
        key: &SessionKey,
        owner: LeaseOwner,
        now: Instant,
        time: Duration,
    ) -> bool {
        self.drop_ended(now);
        if self.owners.get(key).is_none_or(|(known, _)| *known != owner) {
            return false;
        }
        self.lend(key, owner, now + time);
        true
    }

    pub(super) fn unlock(&mut self, key: &SessionKey, owner: LeaseOwner) {
        if self.owners.get(key).is_some_and(|(known, _)| *known == owner) {
            self.owners.remove(key);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.owners.len()
    }

    fn lend(&mut self, key: &SessionKey, owner: LeaseOwner, until: Instant) {
        self.owners.insert(*key, (owner, until));
        self.ends.entry(until).or_default().push(*key);
    }

    /// A process that was stopped releases no lease.
    fn drop_ended(&mut self, now: Instant) {
        let later = self.ends.split_off(&(now + Duration::from_nanos(1)));
        for key in std::mem::replace(&mut self.ends, later).into_values().flatten() {
            if self.owners.get(&key).is_some_and(|(_, until)| *until <= now) {
                self.owners.remove(&key);
            }
        }
    }
}
