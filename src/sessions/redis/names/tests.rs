//! Tests of `sessions::redis::names`.

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
    for other in [format!("{upper}:{id}:7"), format!("{hex}:{id}:+7"), format!("{hex}:{id}:07")] {
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
    for (left, expected) in [(i64::MAX, true), (1, true), (0, false), (-1, false), (-2, false)] {
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
