//! `TIMESTAMP` of an answer to PASSWORD_VERIFIER: read leniently, and written as the proof has it.

use crate::calendar::{Date, MONTHS, WEEKDAYS};

/// The canonical text of a time stamp of the form `EEE MMM d HH:mm:ss z yyyy`; `None` for another form.
///
/// Names are read in any case, the day with one digit or two, the zone as `UTC` or `GMT`. The weekday is
/// not compared with the date: the canonical text has the date's own, so that a proof over a wrong one,
/// or over a day with a leading zero, does not fit.
pub(crate) fn canonical(timestamp: &str) -> Option<String> {
    let mut words = timestamp.split(' ');
    let mut next = || words.next();
    let (weekday, month, day, time, zone, year) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    if next().is_some() || !matches!(zone, "UTC" | "GMT") {
        return None;
    }
    let position =
        |names: &[&str], word: &str| names.iter().position(|name| name.eq_ignore_ascii_case(word));
    position(&WEEKDAYS, weekday)?;
    let month = position(&MONTHS, month)?;
    let day = number(day, 1..=2)?;
    let year = number(year, 4..=4)?;
    let mut parts = time.split(':').map(|part| number(part, 2..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = Date::new(year, month, day)?;
    let (weekday, month) = (date.weekday(), date.month_name());
    Some(format!("{weekday} {month} {day} {hour:02}:{minute:02}:{second:02} UTC {year:04}"))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
