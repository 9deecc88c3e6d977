//! Tests of `srp::timestamp`.

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
