//! Strings as JSON writes them: quotes, escapes, and slashes that are written with one.

use std::borrow::Cow;

use super::swar;

/// Appends the text of a string to `resolved`, its escapes resolved. `text` is what is between the
/// quotes; a [`Scan`](super::scan::Scan) has read it, so every escape is valid.
pub(super) fn resolve(mut text: &[u8], resolved: &mut Vec<u8>) {
    resolved.reserve(text.len());
    while let [byte, rest @ ..] = text {
        text = rest;
        let ([escape, rest @ ..], b'\\') = (rest, byte) else {
            resolved.push(*byte);
            continue;
        };
        text = rest;
        let code = match escape {
            b'b' => 0x8,
            b'f' => 0xc,
            b'n' => 0xa,
            b'r' => 0xd,
            b't' => 0x9,
            b'u' => {
                let (unit, rest) = unit(text);
                text = rest;
                match (unit, text) {
                    (0xd800..=0xdbff, [b'\\', b'u', rest @ ..]) => {
                        let (low, rest) = self::unit(rest);
                        text = rest;
                        0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff)
                    }
                    _ => unit,
                }
            }
            other => u32::from(*other),
        };
        match u8::try_from(code) {
            Ok(byte) if byte.is_ascii() => resolved.push(byte),
            _ => {
                let one = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                resolved.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

fn unit(text: &[u8]) -> (u32, &[u8]) {
    match text.split_first_chunk::<4>() {
        Some((digits, rest)) => (hex(*digits).unwrap_or_default(), rest),
        None => (0, &[]),
    }
}

pub(super) fn hex(digits: [u8; 4]) -> Option<u32> {
    digits.iter().try_fold(0, |unit, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return None,
        };
        Some(unit << 4 | u32::from(digit))
    })
}

/// The text of a JSON string, its escapes resolved. `None` for a value that is not a string.
pub(super) fn unescape(value: &str) -> Option<Cow<'_, str>> {
    let inner = quoted(value)?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(value).ok().map(Cow::Owned)
}

/// The text between the quotes of a JSON string, escapes included.
pub(super) fn quoted(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Writes `/` for every `\/`: the same JSON, in fewer bytes. Cognito escapes slashes, and a string
/// without escapes need not be copied.
///
/// Text that is not JSON stays so: JSON has neither a backslash nor a slash outside of strings, and
/// inside one a backslash and what it escapes are passed over together.
pub(crate) fn with_plain_slashes(json: &mut [u8]) -> &mut [u8] {
    let (mut read, mut written) = (0, 0);
    loop {
        let plain = swar::before_byte(&json[read..], b'\\');
        if read != written {
            json.copy_within(read..read + plain, written);
        }
        (read, written) = (read + plain, written + plain);
        // Escapes often follow one another.
        while let Some(b'\\') = json.get(read) {
            let Some(&escaped) = json.get(read + 1) else {
                json[written] = b'\\';
                return &mut json[..=written];
            };
            if escaped != b'/' {
                json[written] = b'\\';
                written += 1;
            }
            json[written] = escaped;
            (read, written) = (read + 2, written + 1);
        }
        if read == json.len() {
            return &mut json[..written];
        }
    }
}

#[cfg(test)]
mod tests;
