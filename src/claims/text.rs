//! Claims that are text: where they stand in the payload, rather than copies of them.

use std::num::NonZeroU16;
use std::ops::Range;

use super::payload::Payload;

/// A claim that is a string: from one byte to another, either of the JSON object or of what stands
/// behind it. Each is at most 48 KiB long, which base64url makes the 64 KiB of the longest token of;
/// together they can be longer than 16 bits count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    /// Not above `second` in the JSON object: where the text begins. Above it behind the object: two
    /// more than where the text ends.
    first: u16,
    /// Never zero, so an optional text takes no more. In the JSON object: where the text ends, and an
    /// object begins with a brace. Behind it: one more than where the text begins.
    second: NonZeroU16,
}

/// What an allocator adds to a small piece, in bytes.
const ALLOCATION_BYTES: usize = 16;

/// A claim that is an array of strings, or a lone one.
pub(super) enum Texts {
    /// The JSON text in the payload, without an escape in it.
    At(Text),
    /// Some are written with escapes; this is what they say.
    Apart(Vec<String>),
}

impl Text {
    /// In the JSON object. `None` for places that no token has.
    pub(super) fn new(range: Range<usize>) -> Option<Self> {
        let second = NonZeroU16::new(range.end.try_into().ok()?)?;
        Some(Self { first: range.start.try_into().ok()?, second })
    }

    /// In what stands behind the JSON object. `None` for places that no token has.
    pub(super) fn behind(range: Range<usize>) -> Option<Self> {
        let first = range.end.checked_add(2)?.try_into().ok()?;
        let second = NonZeroU16::new(range.start.checked_add(1)?.try_into().ok()?)?;
        Some(Self { first, second })
    }

    pub(super) fn of<'a>(self, json: &'a str, behind: &'a str) -> &'a str {
        let (first, second) = (usize::from(self.first), usize::from(self.second.get()));
        let text = if first <= second {
            json.get(first..second)
        } else {
            behind.get(second - 1..first - 2)
        };
        text.unwrap_or_default()
    }
}

impl Texts {
    pub(super) fn of<'a>(&'a self, payload: Payload<'a>) -> impl Iterator<Item = &'a str> {
        let (json, apart) = match self {
            Self::At(text) => (payload.text(*text), [].as_slice()),
            Self::Apart(texts) => ("", texts.as_slice()),
        };
        // Without escapes every quote begins or ends a string: every second piece is one.
        json.split('"').skip(1).step_by(2).chain(apart.iter().map(String::as_str))
    }

    /// What they take beside the payload, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::At(_) => 0,
            Self::Apart(texts) => {
                texts.iter().map(|text| size_of::<String>() + ALLOCATION_BYTES + text.len()).sum()
            }
        }
    }

    pub(super) fn contain(&self, payload: Payload<'_>, text: &str) -> bool {
        match self {
            Self::At(json) => {
                let mut pieces = payload.text(*json).as_bytes().split(|byte| *byte == b'"');
                // Every second piece, as above; by bytes, for texts this short.
                while pieces.next().is_some()
                    && let Some(one) = pieces.next()
                {
                    if one == text.as_bytes() {
                        return true;
                    }
                }
                false
            }
            Self::Apart(texts) => texts.iter().any(|one| one == text),
        }
    }
}
