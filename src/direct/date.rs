//! The server's time, from the `Date` of an answer.

use http::HeaderMap;
use http::header::DATE;

use crate::calendar::{Date, MONTHS};

/// `Date` in seconds since 1970. `None` for another form than IMF-fixdate
/// ([RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)), which every server sends.
pub(super) fn of(headers: &HeaderMap) -> Option<u64> {
    parse(headers.get(DATE)?.to_str().ok()?)
}

/// The time to sign a proof with: this machine's, or the server's where they differ by more than a minute.
pub(super) fn time_of_proof(own: u64, server: Option<u64>) -> u64 {
    const MOST: u64 = 60;
    server.filter(|server| server.abs_diff(own) > MOST).unwrap_or(own)
}

fn parse(text: &str) -> Option<u64> {
    // `Sun, 06 Nov 1994 08:49:37 GMT`
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?
    };
    let (day, year) = (number(5..7)?, number(12..16)?);
    let (hour, minute, second) = (number(17..19)?, number(20..22)?, number(23..25)?);
    let month = MONTHS.iter().position(|name| text.get(8..11) == Some(name))?;
    let separators = [(3..5, ", "), (7..8, " "), (11..12, " "), (16..17, " "), (19..20, ":")];
    let separators = separators.into_iter().chain([(22..23, ":"), (25..29, " GMT")]);
    let is_fixdate = text.len() == 29
        && separators.into_iter().all(|(range, expected)| text.get(range) == Some(expected));
    if !is_fixdate || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = u64::try_from(Date::new(year, month, day)?.days()).ok()?;
    Some(days * 86_400 + u64::from(hour * 3600 + minute * 60 + second))
}

#[cfg(test)]
mod tests;
