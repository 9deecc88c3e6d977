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
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_member_is_read_as_it_was_written() {
        let key = SessionKey::from_bytes(std::array::from_fn(|index| index as u8));
        let id = PublicSessionId::from_bytes([0xfb; 16]);
        let read = read_member(&member(&key, &id, 1_800_000_000)).unwrap();
        assert_eq!((read.key, read.public_id, read.created_at), (key, id, 1_800_000_000));
        for bad in ["", "x", ":", "::", &format!("{key}:{id}"), &format!("{key}:{id}:x")] {
            assert!(read_member(bad).is_none(), "{bad}");
        }
        let hex = key.to_string();
        let upper = hex.to_uppercase();
        for other in [format!("{upper}:{id}:7"), format!("{hex}:{id}:+7"), format!("{hex}:{id}:07")]
        {
            assert!(read_member(&other).is_none(), "{other}: another spelling");
        }
    }

    #[test]
    fn a_member_is_old_after_ten_minutes() {
        let at = |created_at| {
            let (key, id) = (SessionKey::from_bytes([1; 32]), PublicSessionId::from_bytes([2; 16]));
            SessionMember::new(key, id, created_at, Vec::new())
        };
        let now = 1_800_000_000;
        for (created_at, expected) in
            [(now - 601, true), (now - 600, false), (now, false), (now + 5, false), (0, true)]
        {
            assert_eq!(is_old(&at(created_at), now), expected, "{created_at}");
        }
        assert!(!is_old(&at(u64::MAX), now));
    }

    #[test]
    fn versions_are_random() {
        let versions: BTreeSet<_> = (0..100).map(|_| new_version().unwrap()).collect();
        assert_eq!(versions.len(), 100);
    }

    /// -2: the key is gone. -1: it has no time to live, which this store never writes.
    #[test]
    fn a_key_in_its_last_millisecond_is_gone() {
        for (left, expected) in [(i64::MAX, true), (1, true), (0, false), (-1, false), (-2, false)]
        {
            assert_eq!(has_time_left(left), expected, "{left}");
        }
    }

    #[test]
    fn a_name_is_that_of_the_key_in_hex() {
        let key = SessionKey::from_bytes(std::array::from_fn(|index| index as u8 * 8));
        let Keys { record, note, lease } = Keys::of(&key);
        assert_eq!(record, format!("cognito-auth:session:{{{key}}}"));
        assert_eq!((note, lease), (format!("{record}:note"), format!("{record}:lease")));
    }

    #[test]
    fn a_value_is_read_as_it_was_written() {
        let (key, user) = (SessionKey::from_bytes([1; 32]), UserIndex::from_bytes([2; 32]));
        let id = PublicSessionId::from_bytes([3; 16]);
        let mut session = NewSession::new(&key, &user, id, b"record", Duration::ZERO);
        session.created_at = 77;
        let value = value(&session, 9);
        assert_eq!(value.len(), HEAD_BYTES + 6);
        let expected = StoredSession::new(b"record".to_vec(), 9, Duration::from_millis(1500), user);
        assert_eq!(stored(value.clone(), 1500).unwrap(), (expected, id, 77));
        assert!(stored(value[..HEAD_BYTES - 1].to_vec(), 1).is_none());
        let empty = stored(value[..HEAD_BYTES].to_vec(), -2).unwrap().0;
        assert_eq!((empty.record.len(), empty.expires), (0, Duration::ZERO));
    }
}
