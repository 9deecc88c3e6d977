//! Slashes that are written with an escape, as Cognito writes them.

use super::run;

/// Writes `/` for every `\/`: the same JSON, in fewer bytes. Cognito escapes slashes, and a text
/// without escapes can be used where it stands.
///
/// What is no JSON stays none: outside a string neither a backslash nor a slash may stand, and
/// inside one a backslash and what it escapes are passed over together.
pub(crate) fn with_plain_slashes(json: &mut [u8]) -> &mut [u8] {
    let (mut read, mut written) = (0, 0);
    for _ in 0..FEW_BACKSLASHES {
        let plain = run::before_backslash(&json[read..]);
        if read != written {
            json.copy_within(read..read + plain, written);
        }
        read += plain;
        written += plain;
        let slash = json.get(read + 1) == Some(&b'/');
        let kept = json[read..].len().min(2);
        if kept == 0 {
            return &mut json[..written];
        }
        json.copy_within(read + usize::from(slash)..read + kept, written);
        read += kept;
        written += kept - usize::from(slash);
    }
    // More of them than Cognito writes stand close together: byte by byte, whatever they are.
    let mut after_backslash = false;
    while let Some(byte) = json.get(read).copied() {
        written -= usize::from(after_backslash && byte == b'/');
        json[written] = byte;
        after_backslash = byte == b'\\' && !after_backslash;
        (read, written) = (read + 1, written + 1);
    }
    &mut json[..written]
}

/// Backslashes up to which those that are left are looked for.
const FEW_BACKSLASHES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_lose_their_escape_and_nothing_else() {
        for (text, expected) in [
            ("", ""),
            ("{}", "{}"),
            (r"\/", "/"),
            (r"\", r"\"),
            (r"\\/", r"\\/"),
            (r"\\\/a", r"\\/a"),
            (r#"{"a":"https:\/\/b\/\"\\"}"#, r#"{"a":"https://b/\"\\"}"#),
            (r#"{"\/":"\u002f\/"}"#, r#"{"/":"\u002f/"}"#),
        ] {
            // Alone, and after more backslashes than are looked for one by one.
            for before in ["", &r"\n".repeat(63), &r"\n".repeat(64), &r"\\".repeat(70)] {
                let mut bytes = format!("{before}{text}").into_bytes();
                let expected = format!("{before}{expected}");
                assert_eq!(with_plain_slashes(&mut bytes), expected.as_bytes(), "{text}");
            }
        }
    }
}
