//! The record of a session. The first octet says what the rest is: `t` the text in it, `e` changes of the
//! sealed octets, `r` the sealed octets, `c` changes of the cookie, `u` changes of the user.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::fuzzing::{open_record, record, seal_record};
use cognito_auth_fuzz::{edited, encode};
use libfuzzer_sys::fuzz_target;

const TEXT: &[u8] = include_bytes!("../seeds/session_record/text");

static COOKIE: LazyLock<String> = LazyLock::new(|| format!("v1.{}", encode([9; 64])));

/// The text of the seed, sealed: the octets, and the user.
static SEALED: LazyLock<(Vec<u8>, [u8; 32])> = LazyLock::new(|| {
    let (sealed, user) = seal_record(&TEXT[1..], &COOKIE).unwrap();
    assert_eq!(open_record(&sealed, &COOKIE, user).unwrap(), TEXT[1..]);
    (sealed, user)
});

fuzz_target!(|input: &[u8]| {
    let (sealed, user) = &*SEALED;
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b't' => check_text(rest),
        b'e' => {
            let changed = edited(sealed, rest);
            let opened = open_record(&changed, &COOKIE, *user);
            assert_eq!(opened.is_some(), changed == *sealed);
        }
        b'r' => assert!(open_record(rest, &COOKIE, *user).is_none()),
        b'c' => {
            let Ok(cookie) = String::from_utf8(edited(COOKIE.as_bytes(), rest)) else { return };
            assert_eq!(open_record(sealed, &cookie, *user).is_some(), cookie == *COOKIE);
        }
        b'u' => {
            let mut other = *user;
            for (octet, changes) in other.iter_mut().zip(rest) {
                *octet ^= changes;
            }
            assert_eq!(open_record(sealed, &COOKIE, other).is_some(), other == *user);
        }
        _ => {}
    }
});

/// A text is read where it is one of the form, and has one spelling.
fn check_text(text: &[u8]) {
    let read = record(text);
    assert_eq!(read.is_some(), is_record(text).is_some());
    let Some(written) = read else { return };
    assert_eq!(written, text);
    let Some((sealed, user)) = seal_record(text, &COOKIE) else {
        assert!(text.len() > 160 * 1024 - 28);
        return;
    };
    assert_eq!(open_record(&sealed, &COOKIE, user).unwrap(), text);
}

/// Another reader of the form: one version; texts, of which some may be missing; five numbers; two ids of
/// sixteen octets; and the application's data.
fn is_record(text: &[u8]) -> Option<()> {
    let mut rest = text.strip_prefix(&[1])?;
    let mut take = |length: usize| {
        let (taken, left) = rest.split_at_checked(length)?;
        rest = left;
        Some(taken)
    };
    for field in *b"toottooooo" {
        let length = u32::from_be_bytes(take(4)?.try_into().ok()?);
        if field == b'o' && length == u32::MAX {
            continue;
        }
        std::str::from_utf8(take(length as usize)?).ok()?;
    }
    take(5 * 8)?;
    for length in [Some(16), Some(16), None] {
        let given = u32::from_be_bytes(take(4)?.try_into().ok()?);
        if length.is_some_and(|length| given != length) {
            return None;
        }
        take(given as usize)?;
    }
    rest.is_empty().then_some(())
}
