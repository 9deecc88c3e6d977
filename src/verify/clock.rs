//! The clock that the times in tokens are compared with.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A clock of the caller's own.
pub(super) type OwnClock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// For so long the system's clock is not read again: a monotonic one goes on in its place. So after the
/// system's clock was set, or the machine slept, times are judged by the old time for no longer than this.
const FOLLOWED_FOR: Duration = Duration::from_millis(100);

/// Two looks at clocks that are one moment.
const CLOSE_TOGETHER: Duration = Duration::from_millis(1);

pub(super) enum VerifierClock {
    Own(OwnClock),
    System(FollowedClock),
}

/// A moment, in whole seconds since 1970, and what was read for it.
#[derive(Clone, Copy)]
pub(super) struct ClockReading {
    pub(super) now: u64,
    /// The monotonic clock, for a key set or store that also needs it: to read it takes as long as the rest
    /// of the look at a cached key.
    pub(super) monotonic: Option<Instant>,
    /// `now` is what the system's clock has just said.
    pub(super) is_of_system: bool,
}

impl VerifierClock {
    /// By the system's clock where there is none of the caller's own.
    pub(super) fn new(own: Option<OwnClock>) -> Self {
        own.map_or_else(|| Self::System(FollowedClock::new()), Self::Own)
    }

    /// For every request.
    #[inline(always)]
    pub(super) fn read(&self) -> ClockReading {
        match self {
            Self::Own(clock) => {
                ClockReading { now: seconds(clock()), monotonic: None, is_of_system: false }
            }
            Self::System(clock) => clock.read(Instant::now()),
        }
    }

    /// For sign-outs: whatever was set a moment ago counts.
    pub(super) fn now(&self) -> u64 {
        seconds(match self {
            Self::Own(clock) => clock(),
            Self::System(_) => SystemTime::now(),
        })
    }
}

/// The system's clock, read ten times a second at most; a monotonic clock advances it in between.
pub(super) struct FollowedClock {
    begun: Instant,
    /// Nanoseconds after `begun`. Written after `ahead`, and read before it: what is read of the two belongs
    /// together, or `ahead` is the newer one.
    until: AtomicU64,
    /// By how many nanoseconds the system's clock, since 1970, is ahead of the monotonic one, since `begun`.
    ahead: AtomicI64,
}

impl FollowedClock {
    fn new() -> Self {
        Self { begun: Instant::now(), until: AtomicU64::new(0), ahead: AtomicI64::new(0) }
    }

    #[inline]
    fn read(&self, monotonic: Instant) -> ClockReading {
        let elapsed = nanoseconds(monotonic.saturating_duration_since(self.begun));
        let left = self.until.load(Ordering::Acquire).wrapping_sub(elapsed);
        // Not before it was read either: a paused clock of tokio and that of another runtime differ.
        if left != 0 && left <= FOLLOWED_FOR.as_nanos() as u64 {
            let now = elapsed.saturating_add_signed(self.ahead.load(Ordering::Relaxed));
            let now = now / 1_000_000_000;
            return ClockReading { now, monotonic: Some(monotonic), is_of_system: false };
        }
        let system = SystemTime::now();
        self.follow(monotonic, elapsed, system, Instant::now())
    }

    /// `after` is the monotonic clock after the system's was read: a thread that was stopped between the two
    /// does not know how they compare.
    #[cold]
    fn follow(
        &self,
        monotonic: Instant,
        elapsed: u64,
        system: SystemTime,
        after: Instant,
    ) -> ClockReading {
        let since = system.duration_since(UNIX_EPOCH).unwrap_or_default();
        if after.saturating_duration_since(monotonic) <= CLOSE_TOGETHER {
            let ahead = nanoseconds(since).wrapping_sub(elapsed).cast_signed();
            self.ahead.store(ahead, Ordering::Relaxed);
            let until = elapsed.saturating_add(FOLLOWED_FOR.as_nanos() as u64);
            self.until.store(until, Ordering::Release);
        }
        ClockReading { now: since.as_secs(), monotonic: Some(monotonic), is_of_system: true }
    }
}

/// A clock before 1970 reads as 1970: every token is then from the future.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
