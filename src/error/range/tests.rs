//! Tests of `error::range`.

use super::*;

#[test]
fn a_duration_is_written_in_its_largest_unit() {
    for (milliseconds, text) in [
        (0, "0"),
        (100, "100 milliseconds"),
        (1000, "1 second"),
        (1500, "1500 milliseconds"),
        (60_000, "60 seconds"),
        (120_000, "2 minutes"),
        (86_400_000, "24 hours"),
        (604_800_000, "7 days"),
        (315_360_000_000, "10 years"),
    ] {
        let bound = SettingBound::Duration(Duration::from_millis(milliseconds));
        assert_eq!(bound.to_string(), text);
    }
}
