//! `TIMESTAMP` of an answer to PASSWORD_VERIFIER: read leniently, and written as the proof has it.

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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
    let in_range = hour < 24 && minute < 60 && second < 60 && year > 0;
    if parts.next().is_some() || !in_range || day == 0 || day > days_in(month, year) {
        return None;
    }
    let weekday = WEEKDAYS[(days_since_year_1(year, month, day) % 7) as usize];
    let month = MONTHS[month];
    Some(format!("{weekday} {month} {day} {hour:02}:{minute:02}:{second:02} UTC {year:04}"))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// `month` from 0.
fn days_in(month: usize, year: u32) -> u32 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// 0 is the first of January of the year 1, a Monday in the Gregorian calendar.
fn days_since_year_1(year: u32, month: usize, day: u32) -> u32 {
    let before = year - 1;
    let years = before * 365 + before / 4 - before / 100 + before / 400;
    years + (0..month).map(|month| days_in(month, year)).sum::<u32>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_texts_are_themselves() {
        for text in [
            "Wed Nov 4 08:05:09 UTC 2026",
            "Sun Nov 29 05:12:23 UTC 2026",
            "Thu Jan 1 00:00:00 UTC 1970",
            "Tue Feb 29 23:59:59 UTC 2028",
            "Mon Jan 1 00:00:00 UTC 0001",
            "Fri Dec 31 12:00:00 UTC 2100",
        ] {
            assert_eq!(canonical(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_spellings_are_read_and_written_anew() {
        let text = "Wed Nov 4 08:05:09 UTC 2026";
        for spelling in [
            "wed nov 4 08:05:09 UTC 2026",
            "WED NOV 04 08:05:09 GMT 2026",
            "Sat Nov 4 08:05:09 UTC 2026",
        ] {
            assert_eq!(canonical(spelling).as_deref(), Some(text), "{spelling}");
        }
    }

    #[test]
    fn other_forms_are_not_read() {
        for bad in [
            "",
            "Wed Nov 4 08:05:09 utc 2026",
            "Wed Nov 4 08:05:09 CET 2026",
            "Wed Nov 4 08:05:09 +0000 2026",
            "Wed Nov  4 08:05:09 UTC 2026",
            "Wed Nov 4 8:05:09 UTC 2026",
            "Wed Nov 4 08:05 UTC 2026",
            "Wed Nov 4 08:05:09:00 UTC 2026",
            "Wed Nov 4 24:00:00 UTC 2026",
            "Wed Nov 4 08:60:00 UTC 2026",
            "Wed Nov 31 08:05:09 UTC 2026",
            "Wed Nov 0 08:05:09 UTC 2026",
            "Wed Nov 004 08:05:09 UTC 2026",
            "Wed Nov +4 08:05:09 UTC 2026",
            "Sun Feb 29 08:05:09 UTC 2026",
            "ons nov. 4 08:05:09 UTC 2026",
            "Wednesday November 4 08:05:09 UTC 2026",
            "Wed Nov 4 08:05:09 UTC 26",
            "Wed Nov 4 08:05:09 UTC 2026 ",
            "2026-11-04T08:05:09Z",
        ] {
            assert_eq!(canonical(bad), None, "{bad}");
        }
    }
}
