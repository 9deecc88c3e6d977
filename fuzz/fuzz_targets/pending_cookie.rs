//! The cookie of a sign-in under way. The first octet says what the rest is: `t` the text in it, `e` changes
//! of the sealed octets, `v` the value of the cookie, `s` another state, `n` the time.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::fuzzing::{find_pending, pending_value, seal_pending};
use cognito_auth_fuzz::{NOW, cookies, edited};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const STATE: &str = "c3RhdGUtb2YtdGhlLXNpZ24taW4tb2YtdGhlLXNlZWQ";
const TEXT: &[u8] = include_bytes!("../seeds/pending_cookie/text");

/// The text of the seed, sealed: the cookie's name, and the octets.
static SEALED: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let sealed = seal_pending(STATE, &TEXT[1..], NOW);
    assert_eq!(find(&sealed.0, &pending_value(&sealed.1), NOW).unwrap(), TEXT[1..]);
    sealed
});

fuzz_target!(|input: &[u8]| {
    let (name, sealed) = &*SEALED;
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b't' => check_text(rest),
        b'e' => {
            let changed = edited(sealed, rest);
            let opened = find(name, &pending_value(&changed), NOW);
            assert_eq!(opened.is_some(), changed == *sealed);
        }
        b'v' => {
            let Ok(value) = std::str::from_utf8(rest) else { return };
            assert!(find(name, value, NOW).is_none());
        }
        b's' => {
            let Ok(state) = std::str::from_utf8(rest) else { return };
            // Renamed to what a sign-in of this state looks for.
            let (renamed, _) = seal_pending(state, b"", NOW);
            let headers = cookies(format!("{renamed}={}", pending_value(sealed)).as_bytes());
            let opened = find_pending(&headers.unwrap(), state, NOW);
            assert_eq!(opened.is_some(), state == STATE);
        }
        b'n' => {
            let Some(now) = rest.first_chunk::<8>().map(|now| u64::from_be_bytes(*now)) else {
                return;
            };
            let opened = find(name, &pending_value(sealed), now);
            assert_eq!(opened.is_some(), (NOW - 90..NOW + 600).contains(&now));
        }
        _ => {}
    }
});

fn find(name: &str, value: &str, now: u64) -> Option<Vec<u8>> {
    find_pending(&cookies(format!("{name}={value}").as_bytes())?, STATE, now)
}

/// A text that is read: another parser reads the same in it, and what is written again is read as the same.
fn check_text(text: &[u8]) {
    let Some(written) = open(text) else { return };
    assert_eq!(open(&written).as_ref(), Some(&written));
    let (given, written): (Value, Value) =
        (serde_json::from_slice(text).unwrap(), serde_json::from_slice(&written).unwrap());
    let pending = &written["pending"];
    assert_eq!(pending["version"], 1);
    for name in ["state", "nonce"] {
        assert!((1..=64).contains(&pending[name].as_str().unwrap().len()));
    }
    assert!((43..=128).contains(&pending["code_verifier"].as_str().unwrap().len()));
    url::Url::parse(pending["redirect_uri"].as_str().unwrap()).unwrap();
    // Structs may be written as arrays too, which is of no use to an attacker who cannot seal.
    if given.is_object() {
        for name in ["return_to", "replaces"] {
            assert_eq!(given.get(name), written.get(name), "{name}");
        }
        if given["pending"].is_object() {
            for (name, value) in pending.as_object().unwrap() {
                assert!(name == "max_age" || given["pending"][name] == *value, "{name}");
            }
        }
        if given["expected"].is_object() {
            assert_eq!(given["expected"], written["expected"]);
        }
    }
}

/// Only what fits into a cookie that is read.
fn open(text: &[u8]) -> Option<Vec<u8>> {
    let (name, sealed) = seal_pending(STATE, text, NOW);
    find(&name, &pending_value(&sealed), NOW)
}
