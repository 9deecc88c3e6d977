//! An index of member names, so that a look-up need not compare them all.

use super::stack::{Member, Names};

const BUCKETS: usize = 64;

/// For each bucket, the number of the member whose name falls into it, counted from one. There are
/// few buckets and many names: the name of the member that is found has to be compared.
pub(super) struct NameIndex([u8; BUCKETS]);

const EMPTY: u8 = 0;
const MANY: u8 = u8::MAX;

/// The members whose names fall into the bucket of a name.
pub(super) enum NameSlot {
    Empty,
    /// Its place in the list.
    One(usize),
    /// Several, or one beyond the numbers that the index holds.
    Many,
}

impl NameIndex {
    pub(super) fn of(members: &[Member], names: Names<'_>) -> Self {
        let mut slots = [EMPTY; BUCKETS];
        for (member, number) in members.iter().zip(1..) {
            let slot = &mut slots[bucket(member.name(names))];
            let number = u8::try_from(number).unwrap_or(MANY);
            *slot = if *slot == EMPTY { number } else { MANY };
        }
        Self(slots)
    }

    pub(super) fn find(&self, name: &[u8]) -> NameSlot {
        match self.0[bucket(name)] {
            EMPTY => NameSlot::Empty,
            MANY => NameSlot::Many,
            number => NameSlot::One(usize::from(number) - 1),
        }
    }
}

/// The bucket of a name: a number below 64 in which most names differ, and equal names do not.
pub(super) fn bucket(name: &[u8]) -> usize {
    let ends = name.first().zip(name.last());
    let ends = ends.map_or(0, |(first, last)| usize::from(*first) ^ (usize::from(*last) << 3));
    (ends + 8 * name.len()) % BUCKETS
}

#[cfg(test)]
mod tests;
