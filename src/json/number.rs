//! Numbers as JSON writes them ([RFC 8259 §6](https://www.rfc-editor.org/rfc/rfc8259#section-6)).

/// The length in bytes of the number that the text starts with. `None` without one, and for one that
/// an `f64` cannot hold.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from..from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    // The fast path, for nearly all numbers of a token.
    let plain = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if (1..=18).contains(&plain) && !matches!(bytes.get(plain), Some(b'.' | b'e' | b'E')) {
        return (bytes[0] != b'0' || plain == 1).then_some(plain);
    }
    let whole = digits(usize::from(bytes.first() == Some(&b'-')));
    if whole.is_empty() || (whole.len() > 1 && bytes[whole.start] == b'0') {
        return None;
    }
    let (mut fraction, mut exponent, mut is_small) = (0..0, 0..0, false);
    let mut end = whole.end;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if fraction.is_empty() {
            return None;
        }
        end = fraction.end;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        is_small = bytes.get(end + 1) == Some(&b'-');
        let is_signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        exponent = digits(end + 1 + usize::from(is_signed));
        if exponent.is_empty() {
            return None;
        }
        end = exponent.end;
    }
    if let Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') = bytes.get(end) {
        return None;
    }
    // Such a number is finite.
    if whole.len() < 200 && exponent.len() <= 2 {
        return Some(end);
    }
    let [whole, fraction, exponent] = [whole, fraction, exponent].map(|range| &bytes[range]);
    Digits { whole, fraction, is_small, exponent }.is_finite().then_some(end)
}

/// The digits of a number, without its signs and points.
struct Digits<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    is_small: bool,
    exponent: &'a [u8],
}

impl Digits<'_> {
    /// Whether an `f64` holds it. Decided by the number of its digits, and by the digits themselves only
    /// where that is not enough: parsing chosen digits takes as long as a hundred usual numbers.
    fn is_finite(&self) -> bool {
        let digits = || self.whole.iter().chain(self.fraction);
        let Some(zeros) = digits().position(|digit| *digit != b'0') else { return true };
        // Capped: no text has digits enough to make up for a larger exponent.
        let exponent = self
            .exponent
            .iter()
            .fold(0_i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(i64::MAX / 100));
        let exponent = if self.is_small { -exponent } else { exponent };
        let places = |length: usize| i64::try_from(length).unwrap_or(i64::MAX / 4);
        // The number of digits before the point, once the exponent has moved it.
        let whole = places(self.whole.len()) - places(zeros) + exponent;
        match whole.cmp(&places(FIRST_INFINITE.len())) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal => digits().skip(zeros).copied().lt(FIRST_INFINITE.bytes()),
        }
    }
}

/// The smallest number that rounds to infinity: 2^1024 - 2^970.
const FIRST_INFINITE: &str = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792";

#[cfg(test)]
mod tests;
