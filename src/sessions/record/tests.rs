//! Records that open, and records that do not.

use super::*;
use crate::sessions::seal::OVERHEAD;

impl Record {
    /// One with a value in most of its fields.
    pub(in crate::sessions) fn sample() -> Self {
        Self {
            access_token: "access".into(),
            id_token: Some("id".into()),
            refresh_token: None,
            issuer: "https://issuer".to_owned(),
            sub: "sub".to_owned(),
            origin_jti: Some(String::new()),
            jtis: [Some("jti".to_owned()), None],
            email: Some("ä@example.com".to_owned()),
            acr: Some("urn:cognito:loa:2".to_owned()),
            issued_at: 1,
            expires_at: 2,
            created_at: 3,
            ends_at: u64::MAX,
            refreshed_at: 5,
            refreshed_by: LeaseOwner([6; 16]),
            public_id: PublicSessionId::from_bytes([7; 16]),
            app_data: vec![0, 255],
        }
    }
}

fn cookie() -> SessionCookie {
    SessionCookie::random().unwrap()
}

#[test]
fn what_was_sealed_is_what_opens() {
    let (cookie, record) = (cookie(), Record::sample());
    let sealed = record.seal(&cookie, "client").unwrap();
    let opened = Record::open(&sealed, &cookie, "client", &record.user("client")).unwrap();
    assert_eq!(*opened.write(), *record.write());
    assert_eq!(opened.origin_jti.as_deref(), Some(""));
    assert!(opened.refresh_token.is_none());
    assert_eq!((opened.ends_at, &*opened.app_data), (u64::MAX, &[0, 255][..]));
}

#[test]
fn another_cookie_client_or_user_opens_nothing() {
    let (ours, record) = (cookie(), Record::sample());
    let sealed = record.seal(&ours, "client").unwrap();
    let user = record.user("client");
    assert!(Record::open(&sealed, &cookie(), "client", &user).is_none());
    assert!(Record::open(&sealed, &ours, "client2", &user).is_none());
    let other = UserIndex::of("client", "another");
    assert!(Record::open(&sealed, &ours, "client", &other).is_none());
    for octet in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[octet] ^= 1;
        assert!(Record::open(&changed, &ours, "client", &user).is_none(), "octet {octet}");
    }
}

/// The cookie's secret alone is the key: the rest is authenticated with the record.
#[test]
fn a_record_opens_for_its_client_and_session_alone() {
    let (ours, record) = (cookie(), Record::sample());
    let sealed = record.seal(&ours, "client").unwrap();
    let other_user = record.user("client2");
    assert!(Record::open(&sealed, &ours, "client2", &other_user).is_none(), "another client");
    let other_id = SessionCookie::with_secret_of(&ours);
    assert_ne!(other_id.key(), ours.key());
    let user = record.user("client");
    assert!(Record::open(&sealed, &other_id, "client", &user).is_none(), "another session");
    assert!(Record::open(&sealed, &ours, "client", &user).is_some());
}

#[test]
fn nothing_of_it_is_in_the_clear() {
    let sealed = Record::sample().seal(&cookie(), "client").unwrap();
    for text in ["access", "issuer", "sub", "example"] {
        let found = sealed.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "{text}");
    }
}

#[test]
fn its_size_is_bounded() {
    let mut record = Record::sample();
    let cookie = cookie();
    record.app_data.clear();
    let empty = record.write().len() + OVERHEAD;
    record.app_data = vec![1; MAX_RECORD_BYTES - empty];
    let sealed = record.seal(&cookie, "client").unwrap();
    assert_eq!(sealed.len(), MAX_RECORD_BYTES);
    assert!(Record::open(&sealed, &cookie, "client", &record.user("client")).is_some());
    record.app_data.push(1);
    assert_eq!(record.seal(&cookie, "client").unwrap_err(), NotSealed::TooLarge);
}

#[test]
fn what_is_cut_or_longer_is_no_record() {
    let whole = Record::sample().write().to_vec();
    assert!(Record::read(&whole).is_some());
    for length in 0..whole.len() {
        assert!(Record::read(&whole[..length]).is_none(), "{length} octets");
    }
    assert!(Record::read(&[&whole[..], &[0]].concat()).is_none());
    let mut other_version = whole.clone();
    other_version[0] = 2;
    assert!(Record::read(&other_version).is_none());
    let mut no_text = whole;
    no_text[5] = 0xff;
    assert!(Record::read(&no_text).is_none());
}

#[test]
fn debug_shows_no_token() {
    let shown = format!("{:?}", Record::sample());
    assert_eq!(shown, "Record { expires_at: 2, ends_at: 18446744073709551615, .. }");
}
