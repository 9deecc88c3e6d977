//! Tests of `direct::date`.

use super::*;

#[test]
fn a_date_is_read_to_the_second() {
    for (text, seconds) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
        ("Tue, 29 Feb 2000 00:00:00 GMT", Some(951_782_400)),
        ("Wed, 04 Nov 2026 08:05:09 GMT", Some(1_793_779_509)),
        ("Mon, 01 Mar 2100 00:00:00 GMT", Some(4_107_542_400)),
        ("Sun, 06 Nov 1994 08:49:37 UTC", None),
        ("Sun, 6 Nov 1994 08:49:37 GMT", None),
        ("Sunday, 06-Nov-94 08:49:37 GMT", None),
        ("Sun Nov  6 08:49:37 1994", None),
        ("Sun, 06 Foo 1994 08:49:37 GMT", None),
        ("Sun, 00 Nov 1994 08:49:37 GMT", None),
        ("Wed, 31 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1969 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 24:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:60:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:61 GMT", None),
        // A leap second is the first one of the next minute.
        ("Sun, 06 Nov 1994 08:49:60 GMT", Some(784_111_800)),
        ("Sun, 06 Nov 1994 23:59:60 GMT", Some(784_166_400)),
        ("Sun, +6 Nov 1994 08:49:37 GMT", None),
        ("", None),
    ] {
        assert_eq!(parse(text), seconds, "{text}");
    }
}

#[test]
fn the_servers_time_counts_where_this_ones_is_off_by_more_than_a_minute() {
    for (own, server, time) in [
        (1000, None, 1000),
        (1000, Some(1000), 1000),
        (1000, Some(1060), 1000),
        (1000, Some(940), 1000),
        (1000, Some(1061), 1061),
        (1000, Some(939), 939),
    ] {
        assert_eq!(time_of_proof(own, server), time, "{server:?}");
    }
}
