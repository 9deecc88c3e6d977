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
mod tests;
