//! The hash by which tokens and headers are looked up: of 32 characters of the text, and not of all of it.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

/// 192 bits, where each character says six.
pub(super) const CHARACTERS: usize = 32;

/// The hash of these characters; of the whole text where it has fewer.
#[inline]
pub(super) fn hash_of(
    characters: Option<&[u8; CHARACTERS]>,
    text: &[u8],
    seed: &RandomState,
) -> u64 {
    let mut hasher = seed.build_hasher();
    match characters {
        // As two numbers: a slice would be hashed with its length, and in a loop.
        Some(characters) => {
            let (first, second) = characters.split_at(CHARACTERS / 2);
            hasher.write_u128(number(first));
            hasher.write_u128(number(second));
        }
        None => hasher.write(text),
    }
    hasher.finish()
}

fn number(half: &[u8]) -> u128 {
    half.first_chunk().map_or(0, |bytes| u128::from_ne_bytes(*bytes))
}
