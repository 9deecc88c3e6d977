//! Whether one of many names occurs twice.

use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::quality::RandomState;

use super::JsonError;
use super::stack::{Member, Names};

/// The prefix of serde_json's own names. For a member with such a name serde_json returns another value
/// than is written, and callers read claims with serde_json.
pub(super) const PRIVATE_NAME: &[u8] = b"$serde_json::private::";

/// Checks any number of names in linear time: a hash table with open addressing, at least half of it
/// empty. The hash is seeded at random in every call, so that a sender cannot choose names that
/// collide. If many collide nevertheless, the names are sorted instead.
pub(super) fn check_many(members: &[Member], names: Names<'_>) -> Result<(), JsonError> {
    let slots = (2 * members.len()).next_power_of_two();
    let mut table = vec![0_u32; slots];
    let (state, mut collisions) = (RandomState::default(), 0);
    for (index, number) in (0..members.len()).zip(1..) {
        let name = members[index].name(names);
        if name.starts_with(PRIVATE_NAME) {
            return Err(JsonError::NotObject);
        }
        let mut hasher = state.build_hasher();
        hasher.write(name);
        let mut slot = hasher.finish() as usize % slots;
        while let Some(other) = (table[slot] as usize).checked_sub(1) {
            if members[other].name(names) == name {
                return Err(JsonError::Duplicate);
            }
            collisions += 1;
            slot = (slot + 1) % slots;
        }
        table[slot] = number;
        if collisions > 4 * members.len() {
            return check_sorted(members, names);
        }
    }
    Ok(())
}

fn check_sorted(members: &[Member], names: Names<'_>) -> Result<(), JsonError> {
    let mut all: Vec<_> = members.iter().map(|member| member.name(names)).collect();
    all.sort_unstable();
    if all.iter().any(|name| name.starts_with(PRIVATE_NAME)) {
        return Err(JsonError::NotObject);
    }
    if all.windows(2).any(|pair| pair[0] == pair[1]) { Err(JsonError::Duplicate) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
