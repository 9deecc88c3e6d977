//! The note of a session in a user's list. The first octet says what the rest is: `t` the text in it, `e`
//! changes of the sealed octets, `r` the sealed octets, `k` changes of the session's key, `u` another user.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::fuzzing::{open_note, origin_jti, seal_note, seal_pending};
use cognito_auth_fuzz::{NOW, edited};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const KEY: [u8; 32] = [5; 32];
const SUB: &str = "a33408e2-2071-70ef-04ae-70f524b3b6c6";
const ORIGIN: &str = "7c5e8d41-0000-4000-8000-1234567890ab";
const TEXT: &[u8] = include_bytes!("../seeds/session_note/text");

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sealed = seal(&TEXT[1..]);
    assert_eq!(open_note(&sealed, KEY).unwrap(), TEXT[1..]);
    assert_eq!(origin_jti(&sealed, KEY, SUB).unwrap(), ORIGIN);
    sealed
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b't' => check_text(rest),
        b'e' => {
            let changed = edited(&SEALED, rest);
            let (ours, theirs) = (parts(&SEALED), parts(&changed));
            // Two seals: each opens where it stands unchanged.
            assert_eq!(origin_jti(&changed, KEY, SUB).is_some(), theirs.0 == ours.0);
            assert_eq!(open_note(&changed, KEY).is_some(), theirs.1 == ours.1);
        }
        b'r' => {
            assert!(open_note(rest, KEY).is_none());
            assert!(origin_jti(rest, KEY, SUB).is_none());
        }
        b'k' => {
            let mut key = KEY;
            for (octet, changes) in key.iter_mut().zip(rest) {
                *octet ^= changes;
            }
            assert_eq!(open_note(&SEALED, key).is_some(), key == KEY);
            assert_eq!(origin_jti(&SEALED, key, SUB).is_some(), key == KEY);
        }
        b'u' => {
            let Ok(sub) = std::str::from_utf8(rest) else { return };
            assert_eq!(origin_jti(&SEALED, KEY, sub).is_some(), sub == SUB);
        }
        _ => {}
    }
});

fn seal(text: &[u8]) -> Vec<u8> {
    seal_note(ORIGIN, SUB, text, KEY, NOW)
}

/// The length of the first one is in front.
fn parts(sealed: &[u8]) -> (Option<&[u8]>, Option<&[u8]>) {
    let Some((length, rest)) = sealed.split_first() else { return (None, None) };
    let length = usize::from(*length);
    (rest.get(..length), rest.get(length..))
}

fn check_text(text: &[u8]) {
    // Under the same keys, and for another purpose.
    let pending = seal_pending("state", text, NOW).1;
    assert!(open_note(&[&[0][..], &pending].concat(), KEY).is_none());
    let Some(written) = open_note(&seal(text), KEY) else { return };
    assert_eq!(open_note(&seal(&written), KEY).as_ref(), Some(&written));
    let (given, written): (Value, Value) =
        (serde_json::from_slice(text).unwrap(), serde_json::from_slice(&written).unwrap());
    assert!(!given.is_object() || given == written);
}
