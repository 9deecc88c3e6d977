//! The sealed challenge of a direct sign-in. The first octet says what the rest is: `t` the text in it, `e`
//! changes of the sealed octets, `v` what a browser sends.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::fuzzing::{open_challenge, seal_challenge};
use cognito_auth_fuzz::{edited, encode};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const TEXT: &[u8] = include_bytes!("../seeds/sealed_challenge/text");

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sealed = seal_challenge(&TEXT[1..]);
    assert_eq!(open(&sealed).as_deref(), Some("SOFTWARE_TOKEN_MFA"));
    sealed
});

fn open(sealed: &[u8]) -> Option<String> {
    open_challenge(&format!("v1.{}", encode(sealed)))
}

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b't' => {
            let Some(name) = open(&seal_challenge(rest)) else { return };
            let given: Value = serde_json::from_slice(rest).unwrap();
            // A struct may be written as an array too, which is of no use to an attacker who cannot seal.
            assert!(!given.is_object() || given["name"] == name.as_str());
        }
        b'e' => {
            let changed = edited(&SEALED, rest);
            assert_eq!(open(&changed).is_some(), changed == *SEALED);
        }
        b'v' => {
            let Ok(value) = std::str::from_utf8(rest) else { return };
            assert!(open_challenge(value).is_none());
        }
        _ => {}
    }
});
