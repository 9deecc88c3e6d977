//! Tests of `calendar`.

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
