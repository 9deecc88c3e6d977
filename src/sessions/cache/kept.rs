//! The maps of [`OpenedRecords`](super::OpenedRecords), bounded in count and in bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

use super::cookie_text::{Characters, CookieText};
use crate::sessions::id::{SessionKey, UserIndex};
use crate::sessions::open::Opened;
use crate::sessions::record::Record;
use crate::sessions::session_cookie::{COOKIE_LENGTH, SessionCookie};

/// More than come in a second on one machine; where more do come, the oldest make room.
pub(super) const MOST_ENTRIES: usize = 10_000;
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What an entry takes beside the texts of its record: the record itself, the cookie, the room in the maps.
const OVERHEAD_BYTES: usize = 1024;

/// Writes are counted by the first octet of the session's key.
const STRIPES: usize = 256;

/// One opened record.
pub(super) struct Entry {
    pub(super) opened: Opened,
    pub(super) user: UserIndex,
    /// Before the store was asked.
    pub(super) loaded_at: Instant,
    /// From then on the entry is not used.
    pub(super) until: Instant,
}

/// The entry of a cookie.
struct CookieEntry {
    cookie: Arc<SessionCookie>,
    entry: Entry,
}

/// The cookie of an entry.
struct NumberedCookie {
    cookie: Arc<SessionCookie>,
    number: u64,
}

/// When an entry is dropped at the latest. It stays in the queue where the entry is dropped before.
struct Due {
    at: Instant,
    key: SessionKey,
    number: u64,
}

pub(super) struct Kept {
    entries: HashMap<CookieText, CookieEntry>,
    /// Only one cookie opens the record of a key.
    cookies: HashMap<SessionKey, NumberedCookie>,
    /// In the order in which the entries came, and so in that of their times.
    due: VecDeque<Due>,
    next_number: u64,
    bytes: usize,
    drops: [u64; STRIPES],
    /// Whether a task drops what is due.
    pub(super) is_swept: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            cookies: HashMap::new(),
            due: VecDeque::new(),
            next_number: 0,
            bytes: 0,
            drops: [0; STRIPES],
            is_swept: false,
        }
    }
}

/// Removed entries: wiped and freed when this is dropped, which is not to be under the lock.
#[must_use]
#[derive(Default)]
pub(super) struct DroppedEntries(Vec<Entry>);

impl Kept {
    pub(super) fn find(
        &self,
        text: &[u8; COOKIE_LENGTH],
        now: Instant,
    ) -> Option<(Arc<SessionCookie>, Opened)> {
        let CookieEntry { cookie, entry } = self.entries.get(text as &dyn Characters)?;
        if entry.until <= now {
            return None;
        }
        let mut opened = entry.opened.clone();
        opened.expires = opened.expires.saturating_sub(now.duration_since(entry.loaded_at));
        Some((Arc::clone(cookie), opened))
    }

    /// How often a session was written to, or another one of its stripe.
    pub(super) fn drops(&self, key: &SessionKey) -> u64 {
        self.drops[usize::from(key.as_bytes()[0])]
    }

    /// Adds an entry, which is dropped at `due` at the latest, and removes what is due now or in the way.
    pub(super) fn insert(
        &mut self,
        cookie: Arc<SessionCookie>,
        entry: Entry,
        now: Instant,
        due: Instant,
    ) -> DroppedEntries {
        let DroppedEntries(mut removed) = self.sweep(now);
        let (key, number) = (cookie.key(), self.next_number);
        removed.extend(self.remove(&key));
        let Some(text) = CookieText::of(&cookie) else { return DroppedEntries(removed) };
        let bytes = bytes_of(&entry.opened.record);
        while self.due.len() >= MOST_ENTRIES || self.bytes + bytes > MOST_BYTES {
            let Some(oldest) = self.due.pop_front() else { break };
            removed.extend(self.remove_due(&oldest));
        }
        self.next_number += 1;
        self.bytes += bytes;
        self.due.push_back(Due { at: due, key, number });
        self.cookies.insert(key, NumberedCookie { cookie: Arc::clone(&cookie), number });
        self.entries.insert(text, CookieEntry { cookie, entry });
        DroppedEntries(removed)
    }

    /// Removes what is due.
    pub(super) fn sweep(&mut self, now: Instant) -> DroppedEntries {
        let mut removed = Vec::new();
        while self.due.front().is_some_and(|first| first.at <= now) {
            let Some(first) = self.due.pop_front() else { break };
            removed.extend(self.remove_due(&first));
        }
        DroppedEntries(removed)
    }

    /// Removes a session's entry; one that is being loaded is not kept.
    pub(super) fn drop_session(&mut self, key: &SessionKey) -> DroppedEntries {
        self.drops[usize::from(key.as_bytes()[0])] += 1;
        DroppedEntries(self.remove(key).into_iter().collect())
    }

    /// The same for all sessions of a user.
    pub(super) fn drop_user(&mut self, user: &UserIndex) -> DroppedEntries {
        self.drops.iter_mut().for_each(|count| *count += 1);
        let of_user = self.entries.values().filter(|found| found.entry.user == *user);
        let keys: Vec<_> = of_user.map(|found| found.cookie.key()).collect();
        DroppedEntries(keys.iter().filter_map(|key| self.remove(key)).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    fn remove_due(&mut self, due: &Due) -> Option<Entry> {
        let is_it = self.cookies.get(&due.key)?.number == due.number;
        if is_it { self.remove(&due.key) } else { None }
    }

    fn remove(&mut self, key: &SessionKey) -> Option<Entry> {
        let NumberedCookie { cookie, .. } = self.cookies.remove(key)?;
        let CookieEntry { entry, .. } = self.entries.remove(&CookieText::of(&cookie)?)?;
        self.bytes -= bytes_of(&entry.opened.record);
        Some(entry)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.entries.len(), self.cookies.len());
        self.entries.len()
    }

    #[cfg(test)]
    pub(super) fn queue_len(&self) -> usize {
        self.due.len()
    }
}

fn bytes_of(record: &Record) -> usize {
    let Record { access_token, id_token, refresh_token, app_data, .. } = record;
    let id_token = id_token.as_ref().map_or(0, |token| token.expose().len());
    let refresh_token = refresh_token.as_ref().map_or(0, |token| token.expose().len());
    access_token.expose().len() + id_token + refresh_token + app_data.len() + OVERHEAD_BYTES
}
