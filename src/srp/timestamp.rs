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
mod tests;
