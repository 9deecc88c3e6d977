//! [`Sightings`]: which reasons were shown, and when each may be shown again.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A code, and what tells apart the reasons that have it.
pub(super) type Reason = (&'static str, &'static str);

/// More than twice as many as there are codes and sentences, and a power of two. Words of an
/// application's own checks that find no place share one, so that neither memory nor lines grow with
/// them.
const PLACES: usize = 128;

/// A reason is in one of so many places, from where its text says it begins.
const PROBES: usize = 16;

/// In seconds, after the first time. It doubles for as long as the reason goes on.
const SHORTEST_WAIT: u64 = 60;
const LONGEST_WAIT: u64 = 60 * 60;

/// Without a lock and without an allocation: it is asked about every refused request.
pub(super) struct Sightings {
    places: [ReasonSlot; PLACES],
    shared: ReasonSlot,
}

struct ReasonSlot {
    reason: OnceLock<Reason>,
    /// Seconds of the caller's clock; zero before the first time.
    next: AtomicU64,
    wait: AtomicU64,
    not_shown: AtomicU64,
}

impl Sightings {
    pub(super) const fn new() -> Self {
        Self { places: [const { ReasonSlot::new() }; PLACES], shared: ReasonSlot::new() }
    }

    /// Whether to show a reason at this second, and how often it was not shown since the last time.
    pub(super) fn see(&self, reason: Reason, now: u64) -> Option<u64> {
        let first = first_place(reason);
        let mut places = (0..PROBES).map(|probe| &self.places[(first + probe) % PLACES]);
        let is_its = |place: &&ReasonSlot| *place.reason.get_or_init(|| reason) == reason;
        places.find(is_its).unwrap_or(&self.shared).see(now)
    }
}

/// From the lengths and the last bytes: no reason comes from outside, so none is made to collide.
fn first_place((code, what): Reason) -> usize {
    let mut hash = code.len().wrapping_mul(31).wrapping_add(what.len());
    for byte in code.bytes().rev().take(4).chain(what.bytes().rev().take(12)) {
        hash = hash.wrapping_mul(31).wrapping_add(usize::from(byte));
    }
    hash % PLACES
}

impl ReasonSlot {
    const fn new() -> Self {
        Self {
            reason: OnceLock::new(),
            next: AtomicU64::new(0),
            wait: AtomicU64::new(0),
            not_shown: AtomicU64::new(0),
        }
    }

    /// Of several threads at the same moment one is told to show it.
    fn see(&self, now: u64) -> Option<u64> {
        let next = self.next.load(Ordering::Relaxed);
        if now < next {
            self.not_shown.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let not_shown = self.not_shown.load(Ordering::Relaxed);
        // A reason that did not come in all of the wait begins anew.
        let wait = match self.wait.load(Ordering::Relaxed) {
            last if last > 0 && not_shown > 0 => (last * 2).min(LONGEST_WAIT),
            _ => SHORTEST_WAIT,
        };
        let claimed = now.saturating_add(wait);
        let order = Ordering::Relaxed;
        if self.next.compare_exchange(next, claimed, order, order).is_err() {
            self.not_shown.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.wait.store(wait, Ordering::Relaxed);
        self.not_shown.fetch_sub(not_shown, Ordering::Relaxed);
        Some(not_shown)
    }
}

#[cfg(test)]
mod tests {
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
}
