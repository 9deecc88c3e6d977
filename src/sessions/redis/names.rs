//! Keys and formats of the data in Redis.

use std::time::Duration;

use crate::sessions::id::{PublicSessionId, SessionKey, UserIndex, random};
use crate::sessions::store::{NewSession, SessionMember, SessionStoreError, StoredSession};

/// The keys of one session. The braces keep them on one node of a cluster.
pub(super) struct Keys {
    pub(super) record: String,
    pub(super) note: String,
    pub(super) lease: String,
}

/// The key of a session's record.
pub(super) fn record_of(key: &SessionKey) -> String {
    let mut name = String::with_capacity(HEAD.len() + 64 + 1);
    name.push_str(HEAD);
    key.append_to(&mut name);
    name.push('}');
    name
}

const HEAD: &str = "cognito-auth:session:{";

impl Keys {
    pub(super) fn of(key: &SessionKey) -> Self {
        let record = record_of(key);
        Self { note: note_of(&record), lease: format!("{record}:lease"), record }
    }
}

/// The key of the note of a session, by that of its record.
pub(super) fn note_of(record: &str) -> String {
    format!("{record}:note")
}

/// The key of the set of a user's sessions.
pub(super) fn list_of(user: &UserIndex) -> String {
    format!("cognito-auth:sessions-of:{{{user}}}")
}

/// The head of a record's value: version, user, public id, time of the sign-in. The record follows.
pub(super) const HEAD_BYTES: usize = 8 + 32 + 16 + 8;

/// The value of a new record.
pub(super) fn value(session: &NewSession<'_>, version: u64) -> Vec<u8> {
    let mut value = Vec::with_capacity(HEAD_BYTES + session.record.len());
    value.extend_from_slice(&version.to_be_bytes());
    value.extend_from_slice(session.user.as_bytes());
    value.extend_from_slice(session.public_id.as_bytes());
    value.extend_from_slice(&session.created_at.to_be_bytes());
    value.extend_from_slice(session.record);
    value
}

/// A record's value, and the public id and the time of the sign-in, which its member in the user's list has.
pub(super) fn stored(
    mut value: Vec<u8>,
    left: i64,
) -> Option<(StoredSession, PublicSessionId, u64)> {
    let (version, rest) = value.split_first_chunk()?;
    let (user, rest) = rest.split_first_chunk()?;
    let (public_id, rest) = rest.split_first_chunk()?;
    let (created_at, _) = rest.split_first_chunk()?;
    let (version, created_at) = (u64::from_be_bytes(*version), u64::from_be_bytes(*created_at));
    let (user, public_id) = (UserIndex::from_bytes(*user), PublicSessionId::from_bytes(*public_id));
    let expires = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    value.drain(..HEAD_BYTES);
    Some((StoredSession::new(value, version, expires, user), public_id, created_at))
}

/// Random, not counted: a primary that lost the last writes in a fail-over would assign the same numbers
/// again, and accept a write that belongs to a lost version.
pub(super) fn new_version() -> Result<u64, SessionStoreError> {
    let no_random = |_| SessionStoreError::new("the operating system gave no random octets");
    Ok(u64::from_be_bytes(random().map_err(no_random)?))
}

/// Whether a key with this answer to `PTTL` is there still: it may have expired since its value was read.
pub(super) fn has_time_left(milliseconds: i64) -> bool {
    milliseconds > 0
}

/// A member of the set of a user's sessions, which [`read_member`] parses.
pub(super) fn member(key: &SessionKey, public_id: &PublicSessionId, created_at: u64) -> String {
    format!("{key}:{public_id}:{created_at}")
}

/// In seconds: clocks of machines differ.
const NEW_FOR: u64 = 600;

/// Whether a member without a record can be removed. A new one cannot: its record is about to be
/// written. `now` is in seconds since 1970.
pub(super) fn is_old(member: &SessionMember, now: u64) -> bool {
    member.created_at.saturating_add(NEW_FOR) < now
}

pub(super) fn text_of(listed: &SessionMember) -> String {
    member(&listed.key, &listed.public_id, listed.created_at)
}

/// `None` for another format.
pub(super) fn read_member(text: &str) -> Option<SessionMember> {
    let (key, rest) = text.split_once(':')?;
    let (public_id, created_at) = rest.split_once(':')?;
    let key = SessionKey::from_bytes(from_hex(key)?);
    let public_id = PublicSessionId::parse(public_id)?;
    let member = SessionMember::new(key, public_id, created_at.parse().ok()?, Vec::new());
    // A member is removed from its set by its exact text: another text would stay until the set's end.
    (text_of(&member) == text).then_some(member)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
