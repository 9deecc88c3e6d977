//! Ways in for the fuzz targets: what is read of a Redis server. Compiled for cargo-fuzz alone, which sets
//! `cfg(fuzzing)`.

use super::names;
use crate::sessions::id::SessionKey;

/// A member of a user's list, written again.
pub fn member(text: &str) -> Option<String> {
    names::read_member(text).map(|member| names::text_of(&member))
}

/// The value of a record: the sealed record, its version, its user, and its member of the user's list.
pub fn value(key: [u8; 32], value: &[u8]) -> Option<(Vec<u8>, u64, [u8; 32], String)> {
    let (stored, id, created_at) = names::stored(value.to_vec(), 0)?;
    let member = names::member(&SessionKey::from_bytes(key), &id, created_at);
    Some((stored.record, stored.version, *stored.user.as_bytes(), member))
}
