//! The Gregorian calendar, in days since 1970, and the English names of its days and months.

/// Of the first month of the year to the last.
pub(crate) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// From that of 1 January 1970 on.
pub(crate) const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// From 1 March of the year 0 to 1 January 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

const DAYS_OF_400_YEARS: i64 = 146_097;

/// A date from 1 March of the year 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    /// From 0.
    pub(crate) month: usize,
    /// From 1.
    pub(crate) day: i64,
}

impl Date {
    /// `None` for a day that its month does not have, and before the year 1.
    pub(crate) fn new(year: u32, month: usize, day: u32) -> Option<Self> {
        let date = Self { year: year.into(), month, day: day.into() };
        (year > 0 && month < MONTHS.len() && Self::of_day(date.days()) == date).then_some(date)
    }

    /// The date of a day since 1970.
    pub(crate) fn of_day(days: i64) -> Self {
        // The year of the computation begins in March, so that the leap day is its last.
        let days = days + DAYS_BEFORE_1970;
        let (era, of_era) =
            (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = ((from_march + 2) % 12) as usize;
        Self { year: era * 400 + year + i64::from(month < 2), month, day }
    }

    /// Days since 1970, negative before.
    pub(crate) fn days(self) -> i64 {
        let month = self.month as i64;
        let (year, from_march) =
            if month < 2 { (self.year - 1, month + 10) } else { (self.year, month - 2) };
        let years = 365 * year + year / 4 - year / 100 + year / 400;
        years + (153 * from_march + 2) / 5 + self.day - 1 - DAYS_BEFORE_1970
    }

    pub(crate) fn weekday(self) -> &'static str {
        WEEKDAYS[self.days().rem_euclid(7) as usize]
    }

    /// The name of the month.
    pub(crate) fn month_name(self) -> &'static str {
        MONTHS[self.month]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_known() {
        for (year, month, day, days, weekday) in [
            (1970, 0, 1, 0, "Thu"),
            (1969, 11, 31, -1, "Wed"),
            (2000, 1, 29, 11_016, "Tue"),
            (2026, 10, 4, 20_761, "Wed"),
            (2100, 2, 1, 47_541, "Mon"),
            (1, 0, 1, -719_162, "Mon"),
        ] {
            let date = Date::new(year, month, day).unwrap();
            assert_eq!((date.days(), date.weekday()), (days, weekday), "{date:?}");
            assert_eq!(Date::of_day(days), date);
        }
    }

    /// Each day of 800 years follows the one before.
    #[test]
    fn days_follow_one_another() {
        let mut before = Date::new(1600, 0, 1).unwrap();
        for days in before.days() + 1..Date::new(2400, 0, 1).unwrap().days() {
            let date = Date::of_day(days);
            assert_eq!(date.days(), days);
            let next = [
                (before.year, before.month, before.day + 1),
                (before.year, before.month + 1, 1),
                (before.year + 1, 0, 1),
            ];
            assert!(next.contains(&(date.year, date.month, date.day)), "{before:?} {date:?}");
            before = date;
        }
    }

    #[test]
    fn days_that_no_month_has() {
        for (year, month, day) in [
            (2026, 1, 29),
            (2100, 1, 29),
            (1900, 1, 29),
            (2026, 3, 31),
            (2026, 0, 0),
            (2026, 0, 32),
            (2026, 12, 1),
            (0, 5, 1),
        ] {
            assert_eq!(Date::new(year, month, day), None, "{year} {month} {day}");
        }
        assert!(Date::new(2000, 1, 29).is_some() && Date::new(2400, 1, 29).is_some());
    }
}
