//! JSON objects read strictly: every member name once, at any depth.
//!
//! Parsers disagree about which of two equal members counts, and an attacker picks the pair
//! (RFC 7515 §4, RFC 7519 §4: names must be unique). serde_json alone lets duplicates of unknown
//! members through.

mod index;
mod members;
mod number;
mod scan;
mod stack;
mod string;
pub(crate) mod swar;
mod unique;

pub(crate) use members::{Members, WrongType};
pub(crate) use string::with_plain_slashes;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// It is not one JSON object, within the bounds of [`scan`].
    NotObject,
    /// An object in it has two members of one name.
    Duplicate,
}
