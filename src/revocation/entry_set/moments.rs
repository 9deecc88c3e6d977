//! The moment of each identity: a map that grows a part at a time.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::revocation::fingerprint::Fingerprint;

/// With more entries than this, the map has [`PARTS`] parts.
const UNDIVIDED: usize = 4096;

/// A power of two: a part that grows holds the lock of the whole for a 256th of the time.
const PARTS: usize = 256;

/// With fewer entries than this, it has one part again.
const UNITED: usize = 1024;

/// A part with room for more than four times its entries and this gives room back.
const SPARE: usize = 16;

/// The latest moment of each identity.
///
/// The hash need not resist chosen inputs. An identity comes from a token that the issuer signed, and a
/// set has the entries of one pool: an issuer that found identities with equal hashes, without knowing
/// the seed, would slow down look-ups of its own tokens.
#[derive(Default)]
pub(super) struct Moments {
    parts: Vec<Part>,
    len: usize,
    /// The part whose room is looked at next.
    next_shrunk: usize,
}

type Part = HashMap<Fingerprint, EntryMoment, RandomState>;

#[derive(Clone, Copy)]
pub(super) struct EntryMoment {
    pub(super) at: u64,
    /// It stands in a bucket that is held.
    pub(super) is_held: bool,
}

impl Moments {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn get(&self, identity: &Fingerprint) -> Option<&EntryMoment> {
        self.parts.get(self.part(identity))?.get(identity)
    }

    pub(super) fn get_mut(&mut self, identity: &Fingerprint) -> Option<&mut EntryMoment> {
        let part = self.part(identity);
        self.parts.get_mut(part)?.get_mut(identity)
    }

    /// The moment that the identity had before.
    pub(super) fn insert(
        &mut self,
        identity: Fingerprint,
        moment: EntryMoment,
    ) -> Option<EntryMoment> {
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        } else if self.parts.len() == 1 && self.len >= UNDIVIDED {
            self.divide_into(PARTS);
        }
        let part = self.part(&identity);
        let before = self.parts[part].insert(identity, moment);
        self.len += usize::from(before.is_none());
        before
    }

    pub(super) fn remove(&mut self, identity: &Fingerprint) {
        let part = self.part(identity);
        let removed = self.parts.get_mut(part).and_then(|part| part.remove(identity));
        self.len -= usize::from(removed.is_some());
    }

    #[cfg(any(feature = "redis", test))]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Fingerprint, &EntryMoment)> {
        self.parts.iter().flatten()
    }

    /// Gives room back that the entries no longer need. One part at a time: it copies the part.
    pub(super) fn shrink(&mut self) {
        if self.parts.len() == PARTS && self.len < UNITED {
            self.divide_into(1);
        }
        if let Some(part) = self.parts.get_mut(self.next_shrunk)
            && part.capacity() > 4 * (part.len() + SPARE)
        {
            part.shrink_to(2 * part.len());
        }
        self.next_shrunk = (self.next_shrunk + 1) % self.parts.len().max(1);
    }

    fn divide_into(&mut self, parts: usize) {
        let before = std::mem::take(&mut self.parts);
        self.parts.resize_with(parts, Part::default);
        for (identity, moment) in before.into_iter().flatten() {
            let part = self.part(&identity);
            self.parts[part].insert(identity, moment);
        }
    }

    fn part(&self, identity: &Fingerprint) -> usize {
        if self.parts.len() == PARTS { usize::from(identity.folded()) } else { 0 }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.parts.iter().map(Part::capacity).sum()
    }
}

#[cfg(test)]
mod tests;
