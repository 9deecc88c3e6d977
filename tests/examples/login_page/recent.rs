//! The map behind the limit of attempts and the resets: its size is bounded, and so is the life of an entry.

use std::time::{Duration, Instant};

#[allow(dead_code)]
#[path = "../../../examples/login_page/recent.rs"]
mod map;

use map::Recent;

const SPAN: Duration = Duration::from_secs(60);

#[test]
fn where_there_are_too_many_only_the_oldest_entry_goes() {
    let start = Instant::now();
    let mut recent = Recent::<u32, u32>::new(SPAN, 3);
    for key in 1..=3 {
        recent.entry(key, start + Duration::from_secs(key.into())).1 += key;
    }
    let now = start + Duration::from_secs(10);
    recent.entry(4, now).1 += 4;
    assert!(!recent.has(&1, now), "the oldest");
    for key in 2..=4 {
        // An entry that there is displaces none.
        assert_eq!(recent.entry(key, now).1, key);
    }
}

#[test]
fn an_entry_goes_when_its_time_is_over_and_one_that_began_anew_stays() {
    let start = Instant::now();
    let mut recent = Recent::<&str, u32>::new(SPAN, 3);
    recent.entry("a", start).1 = 7;
    assert!(recent.has(&"a", start + SPAN - Duration::from_secs(1)));
    assert!(!recent.has(&"a", start + SPAN));
    assert_eq!(recent.entry("a", start + SPAN).1, 0);
    recent.remove(&"a");
    assert!(recent.is_empty());
    recent.entry("a", start + SPAN + Duration::from_secs(30));
    assert!(
        recent.has(&"a", start + SPAN * 2),
        "the end of the removed one is not that of the new one"
    );
    assert!(!recent.has(&"a", start + SPAN * 2 + Duration::from_secs(30)));
}
