//! `TIMESTAMP` of a proof.

use crate::calendar::Date;

/// `EEE MMM d HH:mm:ss UTC yyyy`, in English: the day of the month without a leading zero or space, the
/// time with leading zeros. `seconds` are since 1970.
pub(crate) fn timestamp(seconds: u64) -> String {
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let date = Date::of_day(i64::try_from(days).unwrap_or_default());
    let (weekday, month) = (date.weekday(), date.month_name());
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let Date { year, day, .. } = date;
    format!("{weekday} {month} {day} {hour:02}:{minute:02}:{second:02} UTC {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_in_cognitos_form() {
        for (seconds, text) in [
            (0, "Thu Jan 1 00:00:00 UTC 1970"),
            (951_782_399, "Mon Feb 28 23:59:59 UTC 2000"),
            (951_782_400, "Tue Feb 29 00:00:00 UTC 2000"),
            (1_767_225_599, "Wed Dec 31 23:59:59 UTC 2025"),
            (1_793_779_509, "Wed Nov 4 08:05:09 UTC 2026"),
            (4_107_542_400, "Mon Mar 1 00:00:00 UTC 2100"),
        ] {
            assert_eq!(timestamp(seconds), text);
        }
    }
}
