//! Removing records from Redis, and members from the users' sets.

use super::RedisSessions;
use super::attempts::CallRetry;
use super::names::{Keys, list_of, member, note_of, record_of, stored};
use crate::sessions::id::{SessionKey, UserIndex};
use crate::sessions::store::{Removed, SessionMember, SessionStoreError, StoredSession};

const LIST: &str = include_str!("list.lua");
const REMOVE: &str = include_str!("remove.lua");
const REMOVE_VERSION: &str = include_str!("remove_version.lua");

impl RedisSessions {
    pub(super) async fn members(&self, user: &UserIndex) -> Result<Vec<String>, SessionStoreError> {
        self.0.script(LIST, &[&list_of(user)], &[], CallRetry::SameResult).await
    }

    /// Removes a record. Returns it, with its member of the user's set.
    pub(super) async fn take(
        &self,
        key: &SessionKey,
    ) -> Result<Option<(StoredSession, String)>, SessionStoreError> {
        let keys = Keys::of(key);
        let removed: Vec<redis::Value> =
            self.0.script(REMOVE, &[&keys.record, &keys.note], &[], CallRetry::SameResult).await?;
        let Ok([redis::Value::BulkString(value), redis::Value::Int(left)]) =
            <[redis::Value; 2]>::try_from(removed)
        else {
            return Ok(None);
        };
        let stored = stored(value, left);
        Ok(stored.map(|(stored, id, created_at)| (stored, member(key, &id, created_at))))
    }

    /// Removes a record of this version, and its member of the user's set.
    pub(super) async fn take_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError> {
        let keys = Keys::of(key);
        let (names, arguments) = ([&*keys.record, &*keys.note], [&version.to_be_bytes()[..]]);
        let answer: Vec<Vec<u8>> =
            self.0.script(REMOVE_VERSION, &names, &arguments, CallRetry::OtherResult).await?;
        match answer.iter().map(Vec::as_slice).collect::<Vec<_>>()[..] {
            [b"done", head] => {
                if let Some((stored, id, created_at)) = stored(head.to_vec(), 0) {
                    let member = member(key, &id, created_at);
                    // On a failure the set keeps a member without a record, which is not listed, and
                    // expires.
                    self.strike(&stored.user, &[member]).await.ok();
                }
                Ok(Removed::Done)
            }
            [b"changed"] => Ok(Removed::Changed),
            [b"gone"] => Ok(Removed::Gone),
            _ => Err(SessionStoreError::new("Redis gave an answer that makes no sense")),
        }
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
