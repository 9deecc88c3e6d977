//! Entries written here that were not read back yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::entry::Entry;
use super::protocol::{Place, Sent, may_be_dropped};
use crate::revocation::ends_at;

/// What becomes of each is decided by [`Sent`].
#[derive(Debug, Default)]
pub(super) struct Unconfirmed(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    entries: HashMap<Entry, Sent>,
    /// How many times the follower has asked for the end of the log.
    rounds: u64,
}

impl Unconfirmed {
    /// Before it is sent: whoever waits for the answer may leave. And before the copy has it, so that
    /// what the copy has and Redis lacks is known to be on its way.
    pub(super) fn sending(&self, entry: Entry) {
        self.lock().entries.insert(entry, Sent::NotAcknowledged);
    }

    /// Redis had these when the log ended there.
    pub(super) fn acknowledged(&self, entries: &[Entry], end: Place) {
        let mut waiting = self.lock();
        let round = waiting.rounds;
        for entry in entries {
            if let Some(sent) = waiting.entries.get_mut(entry) {
                *sent = Sent::Acknowledged { end, round };
            }
        }
    }

    /// The end of the log is about to be asked for: the number of this question.
    pub(super) fn next_round(&self) -> u64 {
        let mut waiting = self.lock();
        waiting.rounds += 1;
        waiting.rounds
    }

    /// The log was read up to here; `complete` is the round whose end this is.
    pub(super) fn read_up_to(&self, here: Place, complete: Option<u64>) {
        self.lock().entries.retain(|_, sent| match sent.read_up_to(here, complete) {
            Some(fate) => {
                *sent = fate;
                true
            }
            None => false,
        });
    }

    /// Drops what has ended by both clocks, in seconds since 1970.
    pub(super) fn expire(&self, redis_clock: u64, own_clock: u64) {
        let ended = |at| may_be_dropped(ends_at(at), redis_clock, own_clock);
        self.lock().entries.retain(|entry, _| !ended(entry.at));
    }

    /// How many of them Redis need not have, by the answer to the question of this round.
    pub(super) fn may_be_missing(&self, asked: u64) -> u64 {
        let waiting = self.lock();
        waiting.entries.values().filter(|sent| sent.may_be_missing(asked)).count() as u64
    }

    pub(super) fn all(&self) -> Vec<Entry> {
        self.lock().entries.keys().copied().collect()
    }

    pub(super) fn unacknowledged(&self) -> Vec<Entry> {
        let waiting = self.lock();
        let unacknowledged =
            waiting.entries.iter().filter(|(_, sent)| **sent == Sent::NotAcknowledged);
        unacknowledged.map(|(entry, _)| *entry).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::member;
    use super::*;
    use crate::pool::PoolName;
    use crate::revocation::Revocation;

    fn place(id: &str, server: u64) -> Place {
        member::place(id, &format!("{server:x}-1")).unwrap()
    }

    #[test]
    fn an_entry_waits_until_it_was_read_back_or_has_ended() {
        let unconfirmed = Unconfirmed::default();
        let entry = |name: &str, at| {
            Entry::from(&Revocation::session(PoolName::from_stored("p"), name, at))
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
        let entry = Entry::from(&Revocation::session(PoolName::from_stored("p"), "lost", 7));
        unconfirmed.sending(entry);
        let asked_before = unconfirmed.next_round();
        unconfirmed.acknowledged(&[entry], place("5-0", 1));
        unconfirmed.read_up_to(place("9-0", 2), Some(asked_before));
        assert_eq!(unconfirmed.unacknowledged(), [], "it may be later than that question");
        let asked = unconfirmed.next_round();
        unconfirmed.read_up_to(place("9-0", 2), Some(asked));
        assert_eq!(unconfirmed.unacknowledged(), [entry]);
    }
}
