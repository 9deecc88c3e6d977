//! Any bytes as `Cookie`, one field a line: a cookie counts where it stands once; the count of sign-ins is
//! a number of two digits; and of the cookies of sign-ins under way, enough are deleted.

#![no_main]

use cognito_auth::fuzzing::{cookie, sign_in_count, surplus};
use cognito_auth_fuzz::{NOW, cookies};
use libfuzzer_sys::fuzz_target;

const SESSION: &str = "__Host-session";
const COUNT: &str = "__Host-signed-in";
const SIGN_IN: &str = "__Host-signin-";

fuzz_target!(|input: &[u8]| {
    let Some(headers) = cookies(input) else { return };
    for name in [SESSION, COUNT] {
        let (values, counts) = cookie(&headers, name);
        assert_eq!(values, named(input, name));
        assert_eq!(counts, (values.len() == 1).then(|| values[0]));
    }

    let counted = named(input, COUNT);
    let expected = match counted[..] {
        [number] if number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            number.parse().unwrap_or(0)
        }
        _ => 0,
    };
    assert_eq!(sign_in_count(&headers), expected);

    let gone = surplus(&headers, 900, NOW);
    assert!(gone.len() <= 20);
    let mut ours: Vec<&str> = pairs(input).map(|(name, _)| name).filter(|n| is_ours(n)).collect();
    assert!(gone.iter().all(|name| ours.contains(&name.as_str())));
    if gone.len() < 20 {
        ours.retain(|kept| !gone.iter().any(|name| name == kept));
        assert!(ours.len() <= 4, "with the new one they are five");
        let kept = |name: &&str| ours.contains(name);
        let length = |(name, value): (&str, &str)| name.len() + value.len() + 3;
        let bytes: usize = pairs(input).filter(|(name, _)| kept(name)).map(length).sum();
        assert!(bytes + 900 <= 6 * 1024);
    }
});

fn is_ours(name: &str) -> bool {
    let of_a_state = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    name.strip_prefix(SIGN_IN).is_some_and(|id| id.len() == 16 && id.bytes().all(of_a_state))
}

fn named<'a>(input: &'a [u8], name: &str) -> Vec<&'a str> {
    pairs(input).filter(|(known, _)| *known == name).map(|(_, value)| value).collect()
}

/// RFC 6265 §5.4 writes them; white space around a name and a value does not count.
fn pairs(input: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    let segments = input.split(|byte| matches!(byte, b';' | b'\n'));
    segments.filter_map(|segment| {
        let (name, value) = segment.split_at(segment.iter().position(|byte| *byte == b'=')?);
        let name = std::str::from_utf8(name.trim_ascii()).ok()?;
        Some((name, std::str::from_utf8(value[1..].trim_ascii()).unwrap_or("")))
    })
}
