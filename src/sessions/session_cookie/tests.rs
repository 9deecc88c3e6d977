//! Tests of `sessions::session_cookie`.

use sha2::{Digest as _, Sha256};

use super::*;

#[test]
fn a_cookie_is_read_as_it_was_written() {
    let (cookie, other) = (SessionCookie::random().unwrap(), SessionCookie::random().unwrap());
    let value = cookie.value();
    assert_eq!(value.len(), COOKIE_LENGTH);
    let read = SessionCookie::parse(&value).unwrap();
    assert_eq!(read.key(), cookie.key());
    assert_eq!(read.secret(), cookie.secret());
    assert_ne!(other.key(), cookie.key());
    assert_ne!(other.secret(), cookie.secret());
}

#[test]
fn the_id_alone_makes_the_key() {
    let value = SessionCookie::random().unwrap().value();
    let cookie = SessionCookie::parse(&value).unwrap();
    let digest: [u8; 32] = Sha256::digest(cookie.octets[0]).into();
    assert_eq!(cookie.key().as_bytes(), &digest);
}

#[test]
fn one_cookie_has_one_text() {
    let value = format!("v1.{}", "A".repeat(86));
    assert!(SessionCookie::parse(&value).is_some());
    for (what, bad) in [
        ("empty", String::new()),
        ("another version", format!("v2.{}", "A".repeat(86))),
        ("no version", "A".repeat(86)),
        ("shorter", format!("v1.{}", "A".repeat(85))),
        ("longer", format!("v1.{}", "A".repeat(87))),
        ("much longer", format!("v1.{}", "A".repeat(4000))),
        ("padded", format!("{value}==")),
        ("bits that belong to no octet", format!("v1.{}B", "A".repeat(85))),
        ("the other alphabet", format!("v1.+{}", "A".repeat(85))),
        ("quoted", format!("\"{value}\"")),
        ("a space", format!("{value} ")),
    ] {
        assert!(SessionCookie::parse(&bad).is_none(), "{what}: {bad}");
    }
}

#[test]
fn debug_shows_nothing() {
    let cookie = SessionCookie::random().unwrap();
    assert_eq!(format!("{cookie:?} {:?}", cookie.id()), "SessionCookie SessionId");
}
