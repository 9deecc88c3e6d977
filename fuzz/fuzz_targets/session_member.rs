//! What a Redis server answers. The first octet says what the rest is: `m` a member of a user's list, `v`
//! the value of a record. Each has one spelling.

#![no_main]

use cognito_auth::fuzzing::{member, value};
use cognito_auth_fuzz::encode;
use libfuzzer_sys::fuzz_target;

const KEY: [u8; 32] = [0xa5; 32];

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind {
        b'm' => {
            let Ok(text) = std::str::from_utf8(rest) else { return };
            assert_eq!(member(text).as_deref(), is_member(text).then_some(text));
        }
        b'v' => check_value(rest),
        _ => {}
    }
});

/// 64 digits, 22 characters of base64url, a number.
fn is_member(text: &str) -> bool {
    let [key, id, created_at] = text.split(':').collect::<Vec<_>>()[..] else { return false };
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    key.len() == 64
        && key.bytes().all(is_hex)
        && id.len() == 22
        && id.bytes().all(is_base64)
        && id.ends_with(['A', 'Q', 'g', 'w'])
        && created_at.parse::<u64>().is_ok_and(|number| number.to_string() == created_at)
}

fn check_value(octets: &[u8]) {
    let Some((record, version, user, listed)) = value(KEY, octets) else {
        assert!(octets.len() < 64);
        return;
    };
    assert_eq!(record, octets[64..]);
    assert_eq!(version.to_be_bytes(), octets[..8]);
    assert_eq!(user, octets[8..40]);
    assert!(is_member(&listed));
    assert_eq!(member(&listed).as_ref(), Some(&listed));
    assert_eq!(listed.split(':').nth(1).unwrap(), encode(&octets[40..56]));
}
