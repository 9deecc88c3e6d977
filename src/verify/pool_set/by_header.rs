//! Which pool of a set last accepted a token with this header.
//!
//! Cognito writes the header of every token of a key in the same bytes, so that a header leads to a pool
//! without reading the token. It gets in with an accepted token only, so senders of other tokens cannot fill
//! it; and the verifier that it leads to is asked for nothing but what it has cached of exactly this token.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::{ArcSwapOption, Guard};
use foldhash::fast::RandomState;

use super::member::PoolMember;
use crate::jwt::first_dot;
use crate::verify::characters::{CHARACTERS, hash_of};

/// Headers of a pool: it has two keys, and twice as many during a rotation.
const WAYS: usize = 4;

/// The longest header that is remembered; Cognito's have about 90 characters.
const LONGEST: usize = 512;

/// Tables that a set grows through, each twice as large as the one before: the last one is for 2³⁰ pools.
const SIZES: usize = 32;

#[derive(Default)]
pub(super) struct ByHeader {
    /// The table of each size, once it was needed. A look-up needs no lock, and writes to nothing.
    tables: [OnceLock<HeaderTable>; SIZES],
    /// The table in use.
    size: AtomicUsize,
    hash: RandomState,
    /// Held by those that write.
    writing: Mutex<()>,
}

/// Two places for each pool, each for as many headers as there are ways. The hash of a header says which place.
struct HeaderTable {
    /// A power of two.
    places: Box<[HeaderPlace]>,
}

#[derive(Default)]
struct HeaderPlace {
    /// The upper half of each header's hash: others need not be looked at.
    tags: [AtomicU32; WAYS],
    known: [ArcSwapOption<AcceptedHeader>; WAYS],
    /// The way that is taken next where all are in use.
    next: AtomicU32,
}

struct AcceptedHeader {
    header: Box<[u8]>,
    member: Arc<PoolMember>,
}

impl HeaderTable {
    fn of_size(size: usize) -> Self {
        Self { places: (0..1_usize << size).map(|_| HeaderPlace::default()).collect() }
    }

    fn place(&self, hash: u64) -> &HeaderPlace {
        &self.places[hash as usize & (self.places.len() - 1)]
    }

    fn find(&self, hash: u64, header: &[u8]) -> Option<Guard<Option<Arc<AcceptedHeader>>>> {
        let (place, tag) = (self.place(hash), tag(hash));
        for (known, its_tag) in place.known.iter().zip(&place.tags) {
            if its_tag.load(Ordering::Acquire) == tag {
                let known = known.load();
                if known.as_ref().is_some_and(|known| *known.header == *header) {
                    return Some(known);
                }
            }
        }
        None
    }

    fn insert(&self, hash: u64, known: Arc<AcceptedHeader>) {
        let place = self.place(hash);
        let free = |way: &usize| {
            place.known[*way].load().as_ref().is_none_or(|one| one.header == known.header)
        };
        let way = (0..WAYS)
            .find(free)
            .unwrap_or_else(|| place.next.fetch_add(1, Ordering::Relaxed) as usize % WAYS);
        place.known[way].store(Some(known));
        place.tags[way].store(tag(hash), Ordering::Release);
    }

    fn ways(&self) -> impl Iterator<Item = &ArcSwapOption<AcceptedHeader>> {
        self.places.iter().flat_map(|place| &place.known)
    }
}

impl ByHeader {
    /// What `look` says of the member that last accepted a token with the header of this one.
    #[inline]
    pub(super) fn find<T>(
        &self,
        token: &[u8],
        look: impl FnOnce(&Arc<PoolMember>) -> Option<T>,
    ) -> Option<T> {
        let table = self.table()?.1;
        let header = header(token)?;
        let known = table.find(self.hash_of(header), header)?;
        let AcceptedHeader { member, .. } = &**known.as_ref()?;
        if member.has_left() {
            return None;
        }
        let said = look(member);
        // It may have left while it looked: the caller chooses again.
        if member.has_left() { None } else { said }
    }

    /// The table in use, and its size.
    #[inline]
    fn table(&self) -> Option<(usize, &HeaderTable)> {
        let size = self.size.load(Ordering::Acquire);
        Some((size, self.tables.get(size)?.get()?))
    }

    /// Learns that this member, one of so many, accepted the token.
    pub(super) fn learn(
        &self,
        token: &str,
        member: &Arc<PoolMember>,
        pools: impl FnOnce() -> usize,
    ) {
        let Some(header) = header(token.as_bytes()) else { return };
        if self.find(token.as_bytes(), |known| Some(Arc::ptr_eq(known, member))) == Some(true) {
            return;
        }
        let _writing = self.writing();
        // A removal has it forgotten after it has left.
        if member.has_left() {
            return;
        }
        let wanted = (2 * pools()).next_power_of_two().trailing_zeros() as usize;
        let size = match self.table() {
            Some((size, _)) if size >= wanted => size,
            smaller => {
                self.grow(smaller.map(|(_, table)| table), wanted);
                wanted
            }
        };
        if let Some(table) = self.tables.get(size).and_then(OnceLock::get) {
            let known = AcceptedHeader { header: header.into(), member: Arc::clone(member) };
            table.insert(self.hash_of(header), Arc::new(known));
        }
    }

    fn grow(&self, smaller: Option<&HeaderTable>, size: usize) {
        let Some(table) = self.tables.get(size) else { return };
        let table = table.get_or_init(|| HeaderTable::of_size(size));
        for known in
            smaller.into_iter().flat_map(HeaderTable::ways).filter_map(|way| way.swap(None))
        {
            table.insert(self.hash_of(&known.header), known);
        }
        self.size.store(size, Ordering::Release);
    }

    /// Forgets a member that has left.
    pub(super) fn forget(&self, member: &Arc<PoolMember>) {
        let _writing = self.writing();
        for way in self.table().into_iter().flat_map(|(_, table)| table.ways()) {
            if way.load().as_ref().is_some_and(|one| Arc::ptr_eq(&one.member, member)) {
                way.store(None);
            }
        }
    }

    fn hash_of(&self, header: &[u8]) -> u64 {
        // There is the key id, in whatever order the members are.
        let middle = header.get((header.len() / 2).saturating_sub(CHARACTERS / 2)..);
        hash_of(middle.and_then(<[u8]>::first_chunk), header, &self.hash)
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The header, as the token has it in base64url.
fn header(token: &[u8]) -> Option<&[u8]> {
    let header = &token[..first_dot(token)?];
    (header.len() < LONGEST).then_some(header)
}

#[cfg(test)]
mod tests;
