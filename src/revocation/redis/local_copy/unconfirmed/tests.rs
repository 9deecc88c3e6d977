//! Tests of `revocation::redis::local_copy::unconfirmed`.

use super::*;
use crate::pool::PoolName;
use crate::revocation::Revocation;
use crate::revocation::redis::wire::record;

fn place(id: &str, server: u64) -> Place {
    record::place(id, &format!("{server:x}-1")).unwrap()
}

#[test]
fn an_entry_waits_until_it_was_read_back_or_has_ended() {
    let unconfirmed = Unconfirmed::default();
    let entry = |name: &str, at| {
        CompactEntry::from(&Revocation::session(PoolName::from_stored("p"), name, at))
    };
    for (name, at) in [("sent", 7), ("lost", 8), ("old", 0)] {
        unconfirmed.sending(entry(name, at));
    }
    let end = place("5-0", 1);
    unconfirmed.acknowledged(&[entry("sent", 7), entry("never sent", 7)], end);
    assert_eq!((unconfirmed.all().len(), unconfirmed.unacknowledged().len()), (3, 2));
    for other in [place("4-9", 1), place("5-0", 2), place("6-0", 2)] {
        unconfirmed.read_up_to(other, None);
        assert_eq!(unconfirmed.all().len(), 3, "{other:?}");
    }
    unconfirmed.read_up_to(end, None);
    assert_eq!(unconfirmed.all().len(), 2, "what Redis never took is kept");
    for (redis, own) in [(ends_at(7), 0), (0, ends_at(7))] {
        unconfirmed.expire(redis, own);
        assert_eq!(unconfirmed.all().len(), 2, "a clock that is ahead ends nothing");
    }
    unconfirmed.expire(ends_at(7), ends_at(7));
    assert_eq!(unconfirmed.all(), [entry("lost", 8)]);
}

#[test]
fn an_acknowledgement_that_is_not_in_the_history_is_none() {
    let unconfirmed = Unconfirmed::default();
    let entry = CompactEntry::from(&Revocation::session(PoolName::from_stored("p"), "lost", 7));
    unconfirmed.sending(entry);
    let asked_before = unconfirmed.next_round();
    unconfirmed.acknowledged(&[entry], place("5-0", 1));
    unconfirmed.read_up_to(place("9-0", 2), Some(asked_before));
    assert_eq!(unconfirmed.unacknowledged(), [], "it may be later than that question");
    let asked = unconfirmed.next_round();
    unconfirmed.read_up_to(place("9-0", 2), Some(asked));
    assert_eq!(unconfirmed.unacknowledged(), [entry]);
}

fn session(number: u64) -> CompactEntry {
    let name = number.to_string();
    CompactEntry::from(&Revocation::session(PoolName::from_stored("p"), name, 7))
}

/// As after an outage: many wait, and the log has as many lines to read.
#[test]
fn a_line_is_read_against_what_stands_at_its_place() {
    let (unconfirmed, places) = (Unconfirmed::default(), 500);
    for number in 0..places * 10 {
        unconfirmed.sending(session(number));
        unconfirmed.acknowledged(&[session(number)], place(&format!("{}-0", number / 10), 1));
    }
    unconfirmed.sending(session(places * 10));
    for line in 0..places {
        let here = place(&format!("{line}-0"), 1);
        assert_eq!(unconfirmed.lock().concerned(here, None).len(), 10, "{line}");
        unconfirmed.read_up_to(here, None);
    }
    assert_eq!(unconfirmed.all(), [session(places * 10)]);
    assert!(unconfirmed.lock().acknowledged_at.is_empty(), "nothing is left of the others");
}

/// Against [`Sent::read_up_to`] for each of all that wait, in sequences that look like chance.
#[test]
fn no_entry_is_passed_over() {
    let mut chance = 7_u64;
    let mut below = |bound: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (chance >> 33) % bound
    };
    for case in 0..300 {
        let (unconfirmed, mut judged) = (Unconfirmed::default(), HashMap::new());
        for step in 0..60 {
            let entry = session(below(4));
            let here = place(&format!("{}-0", below(3)), below(2));
            let round = unconfirmed.lock().rounds;
            match below(6) {
                0 => {
                    unconfirmed.sending(entry);
                    judged.insert(entry, Sent::NotAcknowledged);
                }
                1 | 2 => {
                    unconfirmed.acknowledged(&[entry], here);
                    let sent = judged.get_mut(&entry);
                    sent.into_iter()
                        .for_each(|sent| *sent = Sent::Acknowledged { end: here, round });
                }
                3 => _ = unconfirmed.next_round(),
                chosen => {
                    let complete = (chosen == 5 && round > 0).then_some(round);
                    unconfirmed.read_up_to(here, complete);
                    judged = judged
                        .into_iter()
                        .filter_map(|(entry, sent)| Some((entry, sent.read_up_to(here, complete)?)))
                        .collect();
                }
            }
            let waiting = unconfirmed.lock();
            assert_eq!(waiting.entries, judged, "case {case}, step {step}");
            let acknowledged = |sent: &&Sent| matches!(sent, Sent::Acknowledged { .. });
            let standing: usize = waiting.acknowledged_at.values().map(HashSet::len).sum();
            assert_eq!(standing, judged.values().filter(acknowledged).count());
        }
    }
}
