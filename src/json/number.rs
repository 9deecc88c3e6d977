//! Numbers as JSON writes them ([RFC 8259 §6](https://www.rfc-editor.org/rfc/rfc8259#section-6)).

/// How many bytes the number takes that stands at the start. `None` when there is none, or when it
/// is beyond what an `f64` holds.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let run = |from: usize, digit: fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| digit(byte)).count()
    };
    let digits = run(0, u8::is_ascii_digit);
    let ends = !matches!(bytes.get(digits), Some(b'.' | b'e' | b'E'));
    // What nearly all numbers of a token are.
    if (1..=18).contains(&digits) && ends {
        return (bytes[0] != b'0' || digits == 1).then_some(digits);
    }
    let length = run(0, |byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let text = std::str::from_utf8(&bytes[..length]).ok()?;
    let finite = text.parse().is_ok_and(f64::is_finite);
    (is_number(text) && finite).then_some(length)
}

/// `std` reads more than JSON has: `+1`, `1.`, `.5`, `01`.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json() {
        for good in [
            "0",
            "1",
            "10",
            "-0",
            "-1",
            "1767225600",
            "999999999999999999",
            "18446744073709551616",
            "1.5",
            "0.0",
            "-0.5e-7",
            "1e3",
            "1E+3",
            "0e999999999999",
            "1e-400",
            "1e308",
        ] {
            assert_eq!(length(good.as_bytes()), Some(good.len()), "{good}");
            for end in [",1", "}", " 1", "]"] {
                let text = format!("{good}{end}");
                assert_eq!(length(text.as_bytes()), Some(good.len()), "{text}");
            }
            serde_json::from_str::<f64>(good).unwrap();
        }
        let long = "9".repeat(400);
        for bad in [
            "", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e3", "1e", "1e+", "1e3.5", "--1",
            "1e400", "-1e400", "e3", "-.5", "1.5.5", &long,
        ] {
            assert_eq!(length(bad.as_bytes()), None, "{bad}");
            assert!(serde_json::from_str::<f64>(bad).is_err(), "{bad}");
        }
    }
}
