//! Each decision of the protocol, by its cases.

use super::*;

const EPOCH: Epoch = Epoch(1);

/// A line of this id, written by a server of this name.
fn place(id: u64, server: u64) -> Place {
    Place { id: LineId(id, 0), nonce: Nonce(server, id as u32) }
}

fn position(id: u64, server: u64) -> Position {
    Position { epoch: EPOCH, place: place(id, server) }
}

fn line(after: Place, place: Place) -> Link {
    Link { epoch: EPOCH, place, after: Some(after) }
}

#[test]
fn the_copy_is_complete_at_exactly_the_line_that_a_primary_named() {
    let mut reader = LogReader::at(position(1, 7));
    assert_eq!(reader.told_end(position(1, 7), "at once"), Ok(Some("at once")));
    assert_eq!(reader.nothing_follows(), Ok(()));
    assert_eq!(reader.told_end(position(3, 7), "later"), Ok(None));
    assert!(reader.has_more_to_read());
    assert_eq!(reader.take(&line(place(1, 7), place(2, 7))), Ok(None));
    assert_eq!(reader.nothing_follows(), Err(Break::Gap), "the end was not reached");
    assert_eq!(reader.take(&line(place(2, 7), place(3, 7))), Ok(Some("later")));
    // Without a question nothing is claimed, however much is read.
    assert_eq!(reader.take(&line(place(3, 7), place(4, 7))), Ok(None));
    assert_eq!(reader.here(), position(4, 7));
}

#[test]
fn an_end_that_is_not_ahead_in_the_same_history_is_data_lost() {
    let other_epoch = Position { epoch: Epoch(2), ..position(9, 7) };
    for (name, end) in [
        ("before the place that was read to", position(4, 7)),
        ("the same id, another line", position(5, 8)),
        ("another epoch", other_epoch),
    ] {
        let mut reader = LogReader::at(position(5, 7));
        assert_eq!(reader.told_end(end, ()), Err(Break::DataLost), "{name}");
        assert!(!reader.has_more_to_read(), "{name}");
    }
}

#[test]
fn a_line_that_does_not_follow_is_not_taken() {
    let epoch = Link { epoch: Epoch(2), place: place(6, 7), after: None };
    for (name, line, broken) in [
        ("after another id", line(place(4, 7), place(6, 7)), Break::Gap),
        ("after the same id of another history", line(place(5, 8), place(6, 8)), Break::Gap),
        (
            "the first of its epoch",
            Link { after: None, ..line(place(5, 7), place(6, 7)) },
            Break::Gap,
        ),
        ("another epoch", epoch, Break::DataLost),
    ] {
        let mut reader = LogReader::<()>::at(position(5, 7));
        assert_eq!(reader.take(&line), Err(broken), "{name}");
        assert_eq!(reader.here(), position(5, 7), "{name}");
    }
}

#[test]
fn lines_that_pass_the_named_end_without_meeting_it_are_another_history() {
    for (name, id) in [("the same id", 7), ("a later one", 8)] {
        let mut reader = LogReader::at(position(5, 7));
        assert_eq!(reader.told_end(position(7, 7), ()), Ok(None));
        assert_eq!(reader.take(&line(place(5, 7), place(6, 7))), Ok(None));
        assert_eq!(reader.take(&line(place(6, 7), place(id, 8))), Err(Break::DataLost), "{name}");
    }
}

#[test]
fn an_entry_is_confirmed_by_the_line_of_its_acknowledgement_and_by_no_larger_id() {
    let sent = Sent::Acknowledged { end: place(5, 7), round: 3 };
    for (name, here, complete, fate) in [
        ("met", place(5, 7), None, None),
        ("met with the end", place(5, 7), Some(4), None),
        ("not there yet", place(4, 7), None, Some(sent)),
        ("the same id", place(5, 8), None, Some(sent)),
        ("a larger id", place(6, 8), None, Some(sent)),
        ("asked for before it was acknowledged", place(4, 7), Some(3), Some(sent)),
        ("complete without it", place(6, 8), Some(4), Some(Sent::NotAcknowledged)),
        ("complete before its id", place(4, 8), Some(4), Some(Sent::NotAcknowledged)),
    ] {
        assert_eq!(sent.read_up_to(here, complete), fate, "{name}");
    }
    let sent = Sent::NotAcknowledged;
    assert_eq!(sent.read_up_to(place(5, 7), Some(4)), Some(sent), "it may not be in the set");
}

#[test]
fn what_was_acknowledged_before_the_question_must_be_there() {
    let sent = |round| Sent::Acknowledged { end: place(5, 7), round };
    for (sent, missing) in [(Sent::NotAcknowledged, true), (sent(2), false), (sent(3), true)] {
        assert_eq!(sent.may_be_missing(3), missing, "{sent:?}");
    }
}

#[test]
fn both_clocks_have_to_say_that_an_entry_has_ended() {
    for (redis, own, dropped, undisputed) in [
        (99, 99, false, true),
        (100, 99, false, false),
        (99, 100, false, false),
        (100, 100, true, false),
    ] {
        assert_eq!(may_be_dropped(100, redis, own), dropped, "{redis} {own}");
        assert_eq!(100 > undisputed_from(redis, own), undisputed, "{redis} {own}");
    }
}

#[test]
fn the_numbers_tell_what_the_log_does_not() {
    for (name, copy, unconfirmed, redis, foreign, counted) in [
        ("the same", 5, 0, 5, 0, Counted::Agree),
        ("with what is no entry", 5, 0, 7, 2, Counted::Agree),
        ("one is on its way", 6, 1, 5, 0, Counted::Agree),
        ("one is on its way, and there already", 6, 1, 6, 0, Counted::Agree),
        ("removed by hand", 5, 0, 4, 0, Counted::RedisLacks),
        ("two removed, one on its way", 6, 1, 4, 0, Counted::RedisLacks),
        ("removed, with what is no entry", 5, 0, 6, 2, Counted::RedisLacks),
        ("added by hand", 5, 0, 6, 0, Counted::CopyLacks),
        ("what was no entry has ended", 5, 0, 5, 2, Counted::RedisLacks),
    ] {
        assert_eq!(count(copy, unconfirmed, redis, foreign), counted, "{name}");
    }
    assert_eq!((foreign(5, 7), foreign(7, 5)), (2, 0));
}

#[test]
fn a_sleep_shows_on_the_wall_clock_and_a_clock_that_is_set_on_the_other() {
    let end = Moment { monotonic: 10, wall: 1000 }.plus(5);
    for (name, monotonic, wall, believed) in [
        ("in time", 14, 1004, true),
        ("too late", 15, 1005, false),
        ("after a sleep", 11, 1500, false),
        ("set back, in time", 14, 10, true),
        ("set back, too late", 15, 10, false),
        ("at the end by the wall clock", 14, 1005, false),
    ] {
        assert_eq!(Moment { monotonic, wall }.is_before(end), believed, "{name}");
    }
    assert!(may_claim(2, 2) && !may_claim(1, 2));
}

#[test]
fn who_is_not_the_primary_is_known_by_the_first_word() {
    for code in ["READONLY", "MOVED", "ASK", "MASTERDOWN", "CLUSTERDOWN", "UNBLOCKED"] {
        assert!(is_not_primary(code), "{code}");
    }
    for code in ["NOREPLICAS", "MISCONF", "OOM", "LOADING", "NOPERM", "ERR", ""] {
        assert!(!is_not_primary(code), "{code}");
    }
}
