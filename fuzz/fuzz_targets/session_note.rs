//! The note of a session in a user's list. The first octet says what the rest is: `t` the text in it, `e`
//! changes of the sealed octets, `r` the sealed octets, `k` changes of the session's key, `i` changes of a
//! note with an `origin_jti`.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::fuzzing::{open_note, origin_jti, seal_note, seal_origin_jti, seal_pending};
use cognito_auth_fuzz::{NOW, edited};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const KEY: [u8; 32] = [5; 32];
const TEXT: &[u8] = include_bytes!("../seeds/session_note/text");

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sealed = seal_note(&TEXT[1..], KEY, NOW);
    assert_eq!(open_note(&sealed, KEY).unwrap(), TEXT[1..]);
    sealed
});

/// The `origin_jti`, and how long the part of the note is that it is in: a length, nonce, text and tag.
const ID: &str = "7c5f0f0e-0000-4000-8000-000000000001";
const ID_PART: usize = 1 + 12 + 36 + 16;

static WITH_ID: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sealed = seal_origin_jti(ID, KEY, "sub", NOW);
    assert_eq!(origin_jti(&sealed, KEY, "sub").unwrap(), ID);
    assert_eq!(origin_jti(&sealed, KEY, "another"), None);
    sealed
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b't' => check_text(rest),
        b'e' => {
            let changed = edited(&SEALED, rest);
            assert_eq!(open_note(&changed, KEY).is_some(), changed == *SEALED);
        }
        b'r' => {
            assert!(open_note(rest, KEY).is_none());
            assert!(origin_jti(rest, KEY, "sub").is_none());
        }
        b'i' => {
            let changed = edited(&WITH_ID, rest);
            let found = origin_jti(&changed, KEY, "sub");
            let is_whole = changed.starts_with(&WITH_ID[..ID_PART]);
            assert_eq!(found.as_deref(), is_whole.then_some(ID));
        }
        b'k' => {
            let mut key = KEY;
            for (octet, changes) in key.iter_mut().zip(rest) {
                *octet ^= changes;
            }
            assert_eq!(open_note(&SEALED, key).is_some(), key == KEY);
        }
        _ => {}
    }
});

fn check_text(text: &[u8]) {
    // Under the same keys, and for another purpose.
    assert!(open_note(&seal_pending("state", text, NOW).1, KEY).is_none());
    let Some(written) = open_note(&seal_note(text, KEY, NOW), KEY) else { return };
    assert_eq!(open_note(&seal_note(&written, KEY, NOW), KEY).as_ref(), Some(&written));
    let (given, written): (Value, Value) =
        (serde_json::from_slice(text).unwrap(), serde_json::from_slice(&written).unwrap());
    if given.is_object() {
        assert_eq!(
            (&given["device"], &given["seen_at"]),
            (&written["device"], &written["seen_at"])
        );
        assert!(written.as_object().unwrap().len() <= 2);
    }
}
