//! Claims that are text: where they stand in the payload, rather than copies of them.

use std::num::NonZeroU16;
use std::ops::Range;

use super::payload::Payload;

/// A claim that is a string: from one byte of the payload to another. A token's payload is shorter
/// than 12 KiB.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    start: u16,
    /// Never zero, since an object begins with a brace: so an optional text takes no more.
    end: NonZeroU16,
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
    /// `None` for places that no token has.
    pub(super) fn new(range: Range<usize>) -> Option<Self> {
        let end = NonZeroU16::new(range.end.try_into().ok()?)?;
        Some(Self { start: range.start.try_into().ok()?, end })
    }

    /// The place in what follows the first so many bytes; `None` where it is in these.
    pub(super) fn behind(self, bytes: usize) -> Option<Self> {
        let start = usize::from(self.start).checked_sub(bytes)?;
        Self::new(start..usize::from(self.end.get()) - bytes)
    }

    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start.into()..self.end.get().into()).unwrap_or_default()
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
