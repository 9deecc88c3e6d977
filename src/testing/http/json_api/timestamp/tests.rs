//! Tests of `testing::http::json_api::timestamp`.

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
