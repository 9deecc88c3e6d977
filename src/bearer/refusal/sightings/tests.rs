//! Tests of `bearer::refusal::sightings`.

use super::*;

const EXPIRED: Reason = ("expired", "exp");
const REVOKED: Reason = ("revoked", "signed out");

#[test]
fn each_reason_is_shown_at_once_and_then_counted() {
    let sightings = Sightings::new();
    assert_eq!(sightings.see(EXPIRED, 0), Some(0));
    assert_eq!(sightings.see(REVOKED, 0), Some(0));
    assert_eq!(sightings.see(("custom_check", "tenant"), 0), Some(0));
    assert_eq!(sightings.see(("custom_check", "quota"), 0), Some(0));
    for _ in 0..1_000 {
        assert_eq!(sightings.see(EXPIRED, 59), None);
    }
    assert_eq!(sightings.see(EXPIRED, 60), Some(1_000));
    assert_eq!(sightings.see(EXPIRED, 60), None);
}

/// The flood of a day, one refusal a second: 29 lines.
#[test]
fn the_wait_doubles_up_to_an_hour_while_it_goes_on() {
    let sightings = Sightings::new();
    let shown = |second: &u64| sightings.see(EXPIRED, *second).is_some();
    let times: Vec<u64> = (0..86_400).filter(shown).collect();
    assert_eq!(times[..8], [0, 60, 180, 420, 900, 1_860, 3_780, 7_380]);
    assert_eq!(times.len(), 29);
}

#[test]
fn after_silence_the_wait_is_a_minute_again() {
    let sightings = Sightings::new();
    for second in 0..200 {
        sightings.see(EXPIRED, second);
    }
    assert_eq!(sightings.see(EXPIRED, 420), Some(19));
    assert_eq!(sightings.see(EXPIRED, 900), Some(0));
    assert_eq!(sightings.see(EXPIRED, 960), Some(0));
}

#[test]
fn reasons_without_a_place_share_one() {
    let sightings = Sightings::new();
    let words: Vec<&'static str> =
        (0..1_000).map(|n| &*Box::leak(format!("word {n}").into_boxed_str())).collect();
    let shown = words.iter().filter(|word| sightings.see(("custom_check", word), 5).is_some());
    let shown = shown.count();
    assert!((PLACES / 2..=PLACES + 1).contains(&shown), "{shown}");
    // One that has a place is not disturbed by the others.
    assert_eq!(sightings.see(("custom_check", words[0]), 5), None);
    assert_eq!(sightings.see(("custom_check", words[0]), 65), Some(1));
    // The last of them came too late for one.
    assert_eq!(sightings.see(("custom_check", words[999]), 65), Some(1_000 - shown as u64));
    assert_eq!(sightings.see(("custom_check", words[998]), 65), None);
}

#[test]
fn of_many_threads_one_shows_it_and_none_is_lost() {
    let sightings = Sightings::new();
    let see = || (0..1_000).filter_map(|_| sightings.see(EXPIRED, 7)).count();
    let shown: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(see)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(shown, 1);
    assert_eq!(sightings.see(EXPIRED, 67), Some(3_999));
}
