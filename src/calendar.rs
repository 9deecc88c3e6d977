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
mod tests;
