//! Removing records from Redis, and members from the users' sets.

use super::RedisSessions;
use super::attempts::CallRetry;
use super::names::{Keys, list_of, member, note_of, record_of, stored};
use crate::sessions::id::{SessionKey, UserIndex};
use crate::sessions::store::{Removed, SessionMember, SessionStoreError, StoredSession};

const LIST: &str = include_str!("list.lua");
const REMOVE_VERSION: &str = include_str!("remove_version.lua");

/// How often a record is read that is to be removed: it is replaced at most once while its lease lasts.
const MOST_READS: usize = 3;

/// What has become of a record that was to be removed.
struct Removal {
    removed: Removed,
    /// Of the record's value, if it was removed.
    head: Vec<u8>,
    /// Whether an earlier attempt, whose answer was lost, may have removed it.
    may_be_repeated: bool,
}

impl RedisSessions {
    pub(super) async fn members(&self, user: &UserIndex) -> Result<Vec<String>, SessionStoreError> {
        self.0.script(LIST, &[&list_of(user)], &[], CallRetry::SameResult).await
    }

    /// Removes a record. Returns it, with its member of the user's set.
    ///
    /// It is read first, and then the version that was read is removed. One script could do both, but its answer
    /// may be lost when a connection ends: sent again, it finds no record, and the newest refresh token is never
    /// revoked. Here the second attempt finds the record gone that was read. If another process has removed it in
    /// that moment, both return it.
    pub(super) async fn take(
        &self,
        key: &SessionKey,
    ) -> Result<Option<(StoredSession, String)>, SessionStoreError> {
        for _ in 0..MOST_READS {
            let (Some(value), left) = self.value_of(key).await? else { return Ok(None) };
            let Some((stored, id, created_at)) = stored(value, left) else {
                // Not a record of this store: there is no token in it to revoke.
                self.discard(key).await?;
                return Ok(None);
            };
            let removal = self.remove_read(key, stored.version, CallRetry::SameResult).await?;
            match removal.removed {
                Removed::Changed => {}
                Removed::Gone if !removal.may_be_repeated => return Ok(None),
                Removed::Done | Removed::Gone => {
                    return Ok(Some((stored, member(key, &id, created_at))));
                }
            }
        }
        Err(SessionStoreError::new("the record was replaced each time it was to be removed"))
    }

    /// Removes a record and its note, whatever they are.
    pub(super) async fn discard(&self, key: &SessionKey) -> Result<(), SessionStoreError> {
        let (mut command, keys) = (redis::cmd("DEL"), Keys::of(key));
        command.arg(&keys.record).arg(&keys.note);
        self.0.command::<i64>(&keys.record, &command, CallRetry::SameResult).await.map(drop)
    }

    /// Removes a record of this version, and its member of the user's set.
    pub(super) async fn take_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError> {
        let removal = self.remove_read(key, version, CallRetry::OtherResult).await?;
        if let Some((stored, id, created_at)) = stored(removal.head, 0) {
            let member = member(key, &id, created_at);
            // On a failure the set keeps a member without a record, which is not listed, and expires.
            self.strike(&stored.user, &[member]).await.ok();
        }
        Ok(removal.removed)
    }

    /// Removes a record of a version that was read.
    async fn remove_read(
        &self,
        key: &SessionKey,
        version: u64,
        retry: CallRetry,
    ) -> Result<Removal, SessionStoreError> {
        let keys = Keys::of(key);
        let (names, arguments) = ([&*keys.record, &*keys.note], [&version.to_be_bytes()[..]]);
        let answer = self.0.script_with_attempts(REMOVE_VERSION, &names, &arguments, retry);
        let (mut answer, may_be_repeated): (Vec<Vec<u8>>, bool) = answer.await?;
        let head = if answer.len() == 2 { answer.pop() } else { None };
        let removed = match (answer.as_slice(), &head) {
            ([word], Some(_)) if word == b"done" => Removed::Done,
            ([word], None) if word == b"changed" => Removed::Changed,
            ([word], None) if word == b"gone" => Removed::Gone,
            _ => return Err(SessionStoreError::new("Redis gave an answer that makes no sense")),
        };
        Ok(Removal { removed, head: head.unwrap_or_default(), may_be_repeated })
    }

    /// Removes records and notes, in any number, in one round trip to each server.
    pub(super) async fn remove_each(
        &self,
        members: &[SessionMember],
    ) -> Result<(), SessionStoreError> {
        let records: Vec<_> = members.iter().map(|member| record_of(&member.key)).collect();
        let remove = |record: &str, removals: &mut redis::Pipeline| {
            removals.cmd("DEL").arg(record).arg(note_of(record));
        };
        self.0.each(&records, remove).await.map(drop)
    }

    /// Removes members from a user's set.
    pub(super) async fn strike(
        &self,
        user: &UserIndex,
        members: &[String],
    ) -> Result<(), SessionStoreError> {
        if members.is_empty() {
            return Ok(());
        }
        let (mut command, list) = (redis::cmd("ZREM"), list_of(user));
        command.arg(&list).arg(members);
        self.0.command::<i64>(&list, &command, CallRetry::SameResult).await.map(drop)
    }
}
