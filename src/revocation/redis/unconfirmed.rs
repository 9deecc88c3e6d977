//! Entries written here that have not come back yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::commands::End;
use super::entry::Entry;
use super::member::RecordId;
use crate::revocation::ends_at;

/// An acknowledgement is not enough: Redis may acknowledge, restart without its last moments, and
/// end just where this process has read to. What was read back from the log is safe: should Redis
/// go behind that, it shows. Until then an entry is written again at every new connection.
#[derive(Debug, Default)]
pub(super) struct Unconfirmed(Mutex<HashMap<Entry, Option<RecordId>>>);

impl Unconfirmed {
    /// Before it is sent: whoever waits for the answer may leave.
    pub(super) fn sending(&self, entry: Entry) {
        self.lock().insert(entry, None);
    }

    /// Redis had these by this end of the log.
    pub(super) fn acknowledged(&self, entries: &[Entry], end: &End) {
        let mut waiting = self.lock();
        for entry in entries {
            if let Some(place) = waiting.get_mut(entry) {
                *place = Some(end.last);
            }
        }
    }

    /// The log was read up to here.
    pub(super) fn read_up_to(&self, last: RecordId) {
        self.lock().retain(|_, place| place.is_none_or(|place| place > last));
    }

    pub(super) fn expire(&self, now: u64) {
        self.lock().retain(|entry, _| ends_at(entry.at) > now);
    }

    pub(super) fn all(&self) -> Vec<Entry> {
        self.lock().keys().copied().collect()
    }

    pub(super) fn unacknowledged(&self) -> Vec<Entry> {
        let waiting = self.lock();
        waiting.iter().filter(|(_, place)| place.is_none()).map(|(entry, _)| *entry).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Entry, Option<RecordId>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::PoolName;
    use crate::revocation::Revocation;

    #[test]
    fn an_entry_waits_until_it_was_read_back_or_has_ended() {
        let unconfirmed = Unconfirmed::default();
        let entry = |name: &str, at| {
            Entry::from(&Revocation::session(PoolName::from_stored("p"), name, at))
        };
        let id = |text| RecordId::parse(text).unwrap();
        let end = End { epoch: "e:1".to_owned(), last: id("5-0"), clock: 0, taken: 1 };
        for (name, at) in [("sent", 7), ("lost", 8), ("old", 0)] {
            unconfirmed.sending(entry(name, at));
        }
        unconfirmed.acknowledged(&[entry("sent", 7), entry("never sent", 7)], &end);
        assert_eq!((unconfirmed.all().len(), unconfirmed.unacknowledged().len()), (3, 2));
        unconfirmed.read_up_to(id("4-9"));
        assert_eq!(unconfirmed.all().len(), 3);
        unconfirmed.read_up_to(id("5-0"));
        assert_eq!(unconfirmed.all().len(), 2, "what Redis never took is kept");
        unconfirmed.expire(ends_at(7));
        assert_eq!(unconfirmed.all(), [entry("lost", 8)]);
    }
}
