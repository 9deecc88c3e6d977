//! Tests of `sessions::note`.

use super::*;

#[test]
fn a_note_opens_for_its_own_session() {
    let keys = SessionKeys::random().unwrap();
    let (key, other) = (SessionKey::from_bytes([1; 32]), SessionKey::from_bytes([2; 32]));
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, format!("\"{}", "x".repeat(500)).parse().unwrap());
    let id = "j".repeat(128);
    let note = Note::of(&headers, Some(&id), 77);
    assert_eq!(note.device, "x".repeat(160));
    let sealed = note.seal(&keys, &key, "s");
    assert!((1..=MAX_NOTE_BYTES).contains(&sealed.len()), "{}", sealed.len());
    assert_eq!(Note::open(&sealed, &keys, &key), Some(Note { origin_jti: None, ..note }));
    assert_eq!(Note::open(&sealed, &keys, &other), None);
    assert_eq!(Note::open(&sealed, &SessionKeys::random().unwrap(), &key), None);
    assert_eq!(Note::open(b"", &keys, &key), None);
    // The user alone is enough.
    assert_eq!(origin_jti(&sealed, &key, "s"), Some(id));
    assert_eq!(origin_jti(&sealed, &key, "t"), None);
    assert_eq!(origin_jti(&sealed, &other, "s"), None);
    for length in 0..sealed.len() {
        assert_eq!(Note::open(&sealed[..length], &keys, &key), None, "{length}");
    }
    for length in 0..=156 {
        assert_eq!(origin_jti(&sealed[..length], &key, "s"), None, "{length}");
    }
    for octet in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[octet] ^= 1 << (octet % 8);
        assert_eq!(origin_jti(&changed, &key, "s").is_none(), octet <= 156, "{octet}");
        let is_read = (1..=156).contains(&octet);
        assert_eq!(Note::open(&changed, &keys, &key).is_some(), is_read, "{octet}");
    }
}

#[test]
fn an_id_that_is_too_long_is_left_out() {
    let keys = SessionKeys::random().unwrap();
    let key = SessionKey::from_bytes([1; 32]);
    let note = Note::of(&HeaderMap::new(), Some(&"j".repeat(129)), 7);
    assert_eq!(note, Note { origin_jti: None, device: String::new(), seen_at: 7 });
    let sealed = note.seal(&keys, &key, "s");
    assert_eq!(origin_jti(&sealed, &key, "s"), None);
    assert_eq!(Note::open(&sealed, &keys, &key), Some(note));
}
