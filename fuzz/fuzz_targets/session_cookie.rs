//! Any text as the value of a session cookie: what is read has one spelling, and its record is filed
//! under the SHA-256 of its id.

#![no_main]

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::fuzzing::session_cookie;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| match session_cookie(value) {
    Some((written, key, secret)) => {
        assert!(is_canonical(value));
        assert_eq!(written, value);
        let octets = URL_SAFE_NO_PAD.decode(&value[3..]).unwrap();
        assert_eq!(key, digest(&SHA256, &octets[..32]).as_ref());
        assert_eq!(secret, octets[32..]);
    }
    None => assert!(!is_canonical(value)),
});

/// 64 octets in base64url: the last of 86 characters has four bits that belong to no octet.
fn is_canonical(value: &str) -> bool {
    let Some(text) = value.strip_prefix("v1.") else { return false };
    let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 86 && text.bytes().all(is_ours) && text.ends_with(['A', 'Q', 'g', 'w'])
}
