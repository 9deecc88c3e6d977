//! Entries written here that were not read back yet.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::revocation::entry::{CompactEntry, ends_at};
use crate::revocation::redis::protocol::{Place, Sent, may_be_dropped};

/// What becomes of each is decided by [`Sent`].
#[derive(Debug, Default)]
pub(crate) struct Unconfirmed(Mutex<WaitingEntries>);

#[derive(Debug, Default)]
struct WaitingEntries {
    entries: HashMap<CompactEntry, Sent>,
    /// Those that were acknowledged, by where the log ended then: a line that is read confirms what
    /// stands at its place and nothing else, and there may be many lines and many that wait.
    acknowledged_at: HashMap<Place, HashSet<CompactEntry>>,
    /// How many times the follower has asked for the end of the log.
    rounds: u64,
}

impl Unconfirmed {
    /// Before it is sent: the caller may be cancelled before the answer. And before the copy has it, so that
    /// what the copy has and Redis lacks is known to be on its way.
    pub(crate) fn sending(&self, entry: CompactEntry) {
        self.lock().put(entry, Sent::NotAcknowledged);
    }

    /// Redis had these when the log ended there.
    pub(crate) fn acknowledged(&self, entries: &[CompactEntry], end: Place) {
        let mut waiting = self.lock();
        let round = waiting.rounds;
        for entry in entries {
            if waiting.entries.contains_key(entry) {
                waiting.put(*entry, Sent::Acknowledged { end, round });
            }
        }
    }

    /// The end of the log is about to be asked for: the number of this question.
    pub(crate) fn next_round(&self) -> u64 {
        let mut waiting = self.lock();
        waiting.rounds += 1;
        waiting.rounds
    }

    /// The log was read up to here; `complete` is the round whose end this is.
    pub(crate) fn read_up_to(&self, here: Place, complete: Option<u64>) {
        let mut waiting = self.lock();
        for entry in waiting.concerned(here, complete) {
            match waiting.entries.get(&entry).and_then(|sent| sent.read_up_to(here, complete)) {
                Some(fate) => waiting.put(entry, fate),
                None => waiting.forget(entry),
            }
        }
    }

    /// Drops what has ended by both clocks, in seconds since 1970.
    pub(crate) fn expire(&self, redis_clock: u64, own_clock: u64) {
        let ended = |at| may_be_dropped(ends_at(at), redis_clock, own_clock);
        let mut waiting = self.lock();
        let all = waiting.entries.keys().copied();
        for entry in all.filter(|entry| ended(entry.at)).collect::<Vec<_>>() {
            waiting.forget(entry);
        }
    }

    /// How many of them Redis need not have, by the answer to the question of this round.
    pub(crate) fn may_be_missing(&self, asked: u64) -> u64 {
        let waiting = self.lock();
        waiting.entries.values().filter(|sent| sent.may_be_missing(asked)).count() as u64
    }

    pub(crate) fn all(&self) -> Vec<CompactEntry> {
        self.lock().entries.keys().copied().collect()
    }

    pub(crate) fn unacknowledged(&self) -> Vec<CompactEntry> {
        let waiting = self.lock();
        let unacknowledged =
            waiting.entries.iter().filter(|(_, sent)| **sent == Sent::NotAcknowledged);
        unacknowledged.map(|(entry, _)| *entry).collect()
    }

    fn lock(&self) -> MutexGuard<'_, WaitingEntries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingEntries {
    fn put(&mut self, entry: CompactEntry, sent: Sent) {
        self.forget(entry);
        if let Sent::Acknowledged { end, .. } = sent {
            self.acknowledged_at.entry(end).or_default().insert(entry);
        }
        self.entries.insert(entry, sent);
    }

    fn forget(&mut self, entry: CompactEntry) {
        let Some(Sent::Acknowledged { end, .. }) = self.entries.remove(&entry) else { return };
        if let Some(there) = self.acknowledged_at.get_mut(&end) {
            there.remove(&entry);
            if there.is_empty() {
                self.acknowledged_at.remove(&end);
            }
        }
    }

    /// Of which [`Sent::read_up_to`] may say something new. At the end that was asked for, once in a
    /// sign of life, that is all of them.
    fn concerned(&self, here: Place, complete: Option<u64>) -> Vec<CompactEntry> {
        match complete {
            Some(_) => self.entries.keys().copied().collect(),
            None => self.acknowledged_at.get(&here).into_iter().flatten().copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
