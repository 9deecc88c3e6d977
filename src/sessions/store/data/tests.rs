//! Tests of `sessions::store::data`.

use super::*;

#[test]
fn an_owner_is_its_sixteen_octets() {
    let octets = std::array::from_fn(|index| index as u8);
    assert_eq!(*LeaseOwner::from_bytes(octets).as_bytes(), octets);
}

/// No key, no record, no note, and not who holds a lease.
#[test]
fn debug_shows_sizes_and_times() {
    let (key, user) = (SessionKey::from_bytes([1; 32]), UserIndex::from_bytes([2; 32]));
    let public_id = PublicSessionId::from_bytes([3; 16]);
    let minute = Duration::from_secs(60);
    let shown = [
        format!("{:?}", StoredSession::new(vec![4; 9], 5, minute, user)),
        format!("{:?}", NewSession::new(&key, &user, public_id, &[4], minute)),
        format!("{:?}", SessionMember::new(key, public_id, 6, vec![7])),
        format!("{:?}", LeaseOwner([8; 16])),
    ];
    let expected = [
        "StoredSession { bytes: 9, version: 5, expires: 60s, .. }",
        "NewSession { expires: 60s, .. }",
        "SessionMember { created_at: 6, .. }",
        "LeaseOwner",
    ];
    assert_eq!(shown, expected);
}
