//! Tests of `verify::clock`.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn at(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

/// What a look says, where the system's clock shows `system` milliseconds should it be read.
fn look(clock: &FollowedClock, after: Duration, system: u64) -> (u64, bool) {
    let monotonic = clock.begun + after;
    let elapsed = nanoseconds(after);
    let left = clock.until.load(Ordering::Acquire).wrapping_sub(elapsed);
    let reading = if left != 0 && left <= FOLLOWED_FOR.as_nanos() as u64 {
        clock.read(monotonic)
    } else {
        clock.follow(monotonic, elapsed, at(system), monotonic)
    };
    assert_eq!(reading.monotonic, Some(monotonic));
    (reading.now, reading.is_of_system)
}

#[test]
fn the_seconds_change_on_time_and_a_clock_that_is_set_counts_a_tenth_of_a_second_later() {
    let clock = FollowedClock::new();
    let millis = Duration::from_millis;
    assert_eq!(look(&clock, SECOND, 7_000_950), (7000, true));
    assert_eq!(look(&clock, SECOND + millis(49), 0), (7000, false));
    assert_eq!(look(&clock, SECOND + millis(50), 0), (7001, false));
    assert_eq!(look(&clock, SECOND + millis(99), 0), (7001, false));
    // Set back by an hour, and forward by a day.
    assert_eq!(look(&clock, SECOND + millis(100), 3_401_050), (3401, true));
    assert_eq!(look(&clock, SECOND + millis(150), 0), (3401, false));
    assert_eq!(look(&clock, SECOND + millis(200), 93_401_150), (93_401, true));
    // The monotonic clock of another runtime, which is behind.
    assert_eq!(look(&clock, millis(5), 93_401_160), (93_401, true));
    // Stopped between the two looks.
    let clock = FollowedClock::new();
    clock.follow(clock.begun, 0, at(7_000_950), clock.begun + millis(2));
    assert_eq!(look(&clock, millis(1), 8_000_000), (8000, true));
}

#[test]
fn it_says_what_the_systems_clock_says() {
    let clock = VerifierClock::new(None);
    for _ in 0..1000 {
        let before = seconds(SystemTime::now());
        let ClockReading { now, .. } = clock.read();
        let after = seconds(SystemTime::now());
        assert!((before..=after + 1).contains(&now), "{before} {now} {after}");
    }
}

#[test]
fn a_clock_of_the_callers_own_is_read_every_time() {
    let read = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&read);
    let own = move || at(1000 * counted.fetch_add(1, Ordering::Relaxed));
    let clock = VerifierClock::new(Some(Arc::new(own)));
    let seen = [(); 3].map(|()| clock.read().now);
    assert_eq!((seen, clock.now()), ([0, 1, 2], 3));
    assert!(clock.read().monotonic.is_none());
    let before = VerifierClock::new(Some(Arc::new(|| UNIX_EPOCH - SECOND)));
    assert_eq!(before.read().now, 0);
}
