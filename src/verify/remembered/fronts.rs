//! Copies of a few tokens for each thread.
//!
//! A copy is in memory that one thread writes to: token, claims, and the reference count of the claims.
//! Threads are numbered, and of more than there are places two share one: the second one that comes while it
//! is in use goes without.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, TryLockError};

use super::token_text::TokenText;
use crate::keys::VerifyingKey;
use crate::verify::token_kind::CachedClaims;

/// Threads that have copies of their own.
const THREADS: usize = 16;

/// Copies of a thread: the tokens of the clients that it answers again and again.
const MOST_COPIES: u64 = 64;

/// With fewer they are not worth the look.
const FEWEST_COPIES: u64 = 4;

/// What a copy of a token of usual size takes at most, in bytes: token and payload.
const COPY_BYTES: u64 = 2048;

pub(super) struct Fronts {
    /// Made when a token was found for the first time.
    of_threads: OnceLock<Box<[ForOneThread]>>,
    copies: usize,
}

/// On cache lines of its own: the processor fetches them in pairs.
#[repr(align(128))]
struct ForOneThread(Mutex<Front>);

/// The copies of one thread.
pub(super) struct Front {
    /// None before the thread has found an entry.
    places: Box<[CopyPlace]>,
    copies: usize,
    /// What the copies may take together, and what they take, in bytes.
    most_bytes: u64,
    bytes: u64,
    /// Copies that there was no room for since copies that were not used went.
    refused: u8,
}

/// A place for each token whose hash leads to it.
#[derive(Default)]
struct CopyPlace {
    /// The hash of the token that was found last among the entries, and not here.
    found_last: u64,
    /// How often the copy was used, up to [`USES`].
    uses: u8,
    /// Since it was last asked which copies are used.
    is_used: bool,
    copy: Option<(TokenText, TokenCopy)>,
}

/// What is known of a token that was accepted, in memory of its own.
pub(super) struct TokenCopy {
    pub(super) claims: CachedClaims,
    /// The key under which the signature held.
    pub(super) key: VerifyingKey,
    /// What its entry counts, in bytes.
    pub(super) bytes: u32,
}

/// A copy that was used so often is looked up among the entries once, which keeps the entry from being
/// evicted as one that is not used.
const USES: u8 = 64;

/// After so many copies without room those go that were not used meanwhile. Where more large tokens are used in
/// turns than there is room for, most copies stay.
const REFUSALS: u8 = 64;

/// A copy, and whether its entry is to be looked up too.
pub(super) struct FoundCopy<'a> {
    pub(super) token: &'a TokenCopy,
    pub(super) is_due: bool,
}

impl Fronts {
    /// Copies that take at most these bytes together.
    pub(super) fn within(bytes: u64) -> Self {
        let copies = MOST_COPIES.min(bytes / COPY_BYTES / THREADS as u64);
        let copies = if copies < FEWEST_COPIES { 0 } else { copies as usize };
        Self { of_threads: OnceLock::new(), copies }
    }

    /// What the copies of all threads can take together.
    pub(super) fn most_bytes(&self) -> u64 {
        (self.copies * THREADS) as u64 * COPY_BYTES
    }

    /// `None` where there are no copies yet, or another thread uses the place of this one.
    #[inline]
    pub(super) fn of_this_thread(&self) -> Option<MutexGuard<'_, Front>> {
        let ForOneThread(front) = &self.of_threads.get()?[thread_number() % THREADS];
        match front.try_lock() {
            Ok(front) => Some(front),
            // A key set of the application panicked: the copies are as they were.
            Err(TryLockError::Poisoned(front)) => Some(front.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// From now on there are places for copies.
    #[cold]
    pub(super) fn begin(&self) {
        if self.copies > 0 {
            let one = || ForOneThread(Mutex::new(Front::new(self.copies)));
            self.of_threads.get_or_init(|| (0..THREADS).map(|_| one()).collect());
        }
    }
}

impl Front {
    fn new(copies: usize) -> Self {
        Self {
            places: Box::default(),
            copies,
            most_bytes: copies as u64 * COPY_BYTES,
            bytes: 0,
            refused: 0,
        }
    }

    /// The upper half of the hash says which: the map uses the lower one.
    #[inline]
    fn place_of(&self, hash: u64) -> usize {
        (((hash >> 32) * self.places.len() as u64) >> 32) as usize
    }

    #[inline]
    fn place(&mut self, hash: u64) -> Option<&mut CopyPlace> {
        self.places.get_mut(self.place_of(hash))
    }

    #[inline]
    pub(super) fn find(&mut self, hash: u64, token: &[u8]) -> Option<FoundCopy<'_>> {
        let CopyPlace { uses, is_used, copy, .. } = self.place(hash)?;
        let (known, copy) = copy.as_ref()?;
        // The hash first: the text of another token would be fetched from far away for nothing.
        if known.hash != hash || known.text.as_bytes() != token {
            return None;
        }
        *is_used = true;
        let is_due = *uses == USES;
        *uses = if is_due { 0 } else { *uses + 1 };
        Some(FoundCopy { token: copy, is_due })
    }

    pub(super) fn remove(&mut self, hash: u64) {
        self.empty(self.place_of(hash));
    }

    fn empty(&mut self, place: usize) {
        if let Some(place) = self.places.get_mut(place) {
            self.bytes -= place.bytes();
            place.copy = None;
        }
    }

    /// Whether the token with this hash was also the last one to be found for its place, so that one among many
    /// that come in turns displaces none; and whether there is room for a copy of so many bytes.
    pub(super) fn wants(&mut self, hash: u64, bytes: u64) -> bool {
        if self.places.is_empty() {
            self.places = (0..self.copies).map(|_| CopyPlace::default()).collect();
        }
        let own = self.place_of(hash);
        let Some(place) = self.places.get_mut(own) else { return false };
        if std::mem::replace(&mut place.found_last, hash) != hash || bytes > self.most_bytes {
            return false;
        }
        if !self.has_room(own, bytes) {
            self.refused += 1;
            if self.refused == REFUSALS {
                self.refused = 0;
                self.drop_unused();
            }
        }
        self.has_room(own, bytes)
    }

    /// Room for a copy in this place, whose own one goes.
    fn has_room(&self, place: usize, bytes: u64) -> bool {
        let own = self.places.get(place).map_or(0, CopyPlace::bytes);
        self.bytes - own + bytes <= self.most_bytes
    }

    fn drop_unused(&mut self) {
        for place in 0..self.places.len() {
            if !std::mem::take(&mut self.places[place].is_used) {
                self.empty(place);
            }
        }
    }

    /// A copy of a token that is [wanted](Self::wants).
    pub(super) fn insert(&mut self, token: TokenText, copy: TokenCopy) {
        let own = self.place_of(token.hash);
        self.empty(own);
        if let Some(place) = self.places.get_mut(own) {
            (place.uses, place.is_used, place.copy) = (0, true, Some((token, copy)));
            self.bytes += place.bytes();
        }
    }
}

impl CopyPlace {
    /// What its copy takes.
    fn bytes(&self) -> u64 {
        let copy = self.copy.as_ref();
        copy.map_or(0, |(token, copy)| token.text.len() as u64 + u64::from(copy.bytes))
    }
}

/// A number for each thread, in the order in which they come.
#[inline]
fn thread_number() -> usize {
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NUMBER.with(|number| {
        number.get().unwrap_or_else(|| {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            number.set(Some(next));
            next
        })
    })
}

#[cfg(test)]
mod tests;
