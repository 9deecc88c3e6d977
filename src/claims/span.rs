//! Claims that are strings, as ranges of the payload rather than copies.

use std::num::NonZeroU16;
use std::ops::Range;

/// A claim that is a string: from one byte to another, either of the JSON object or of the unescaped
/// text that a [`Payload`](super::payload::Payload) appends to it. Each of the two is at most 48 KiB
/// long, which base64url makes the 64 KiB of the longest token of; together they can be longer than
/// 16 bits count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// In the JSON object: the start, which is not above `second`. In the unescaped text: the end
    /// plus two, which is above `second`.
    first: u16,
    /// In the JSON object: the end. In the unescaped text: the start plus one. It is never zero, as an
    /// object begins with a brace, so an `Option<Span>` is no larger than a `Span`.
    second: NonZeroU16,
}

/// What an allocator adds to a small allocation, in bytes.
const ALLOCATION_BYTES: usize = 16;

/// A claim that is an array of strings, or one string.
#[derive(Clone)]
pub(super) enum StringList {
    /// The JSON text in the payload, which contains no escape.
    Span(Span),
    /// The strings, copied because some are written with escapes.
    Owned(Vec<String>),
}

impl Span {
    /// A range of the JSON object. `None` for one that no token has.
    pub(super) fn in_json(range: Range<usize>) -> Option<Self> {
        let second = NonZeroU16::new(range.end.try_into().ok()?)?;
        Some(Self { first: range.start.try_into().ok()?, second })
    }

    /// A range of the unescaped text. `None` for one that no token has.
    pub(super) fn in_unescaped(range: Range<usize>) -> Option<Self> {
        let first = range.end.checked_add(2)?.try_into().ok()?;
        let second = NonZeroU16::new(range.start.checked_add(1)?.try_into().ok()?)?;
        Some(Self { first, second })
    }

    pub(super) fn text_of<'a>(self, json: &'a str, unescaped: &'a str) -> &'a str {
        let (first, second) = (usize::from(self.first), usize::from(self.second.get()));
        let text = if first <= second {
            json.get(first..second)
        } else {
            unescaped.get(second - 1..first - 2)
        };
        text.unwrap_or_default()
    }
}

impl StringList {
    /// The strings. `text` is the text of the span, where the list is one.
    pub(super) fn iter<'a>(
        &'a self,
        text: impl FnOnce(Span) -> &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let (json, owned) = match self {
            Self::Span(span) => (text(*span), [].as_slice()),
            Self::Owned(strings) => ("", strings.as_slice()),
        };
        // Without escapes every quote begins or ends a string: every second piece is one.
        json.split('"').skip(1).step_by(2).chain(owned.iter().map(String::as_str))
    }

    /// Whether one of the strings is this one. `text` is as for [`iter`](Self::iter).
    pub(super) fn contains<'a>(&self, text: impl FnOnce(Span) -> &'a str, wanted: &str) -> bool {
        match self {
            Self::Span(span) => {
                let mut pieces = text(*span).as_bytes().split(|byte| *byte == b'"');
                // Every second piece, as in `iter`; by bytes, for texts this short.
                while pieces.next().is_some()
                    && let Some(one) = pieces.next()
                {
                    if one == wanted.as_bytes() {
                        return true;
                    }
                }
                false
            }
            Self::Owned(strings) => strings.iter().any(|one| one == wanted),
        }
    }

    /// The memory that the list takes beside the payload, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Span(_) => 0,
            Self::Owned(strings) => strings
                .iter()
                .map(|string| size_of::<String>() + ALLOCATION_BYTES + string.len())
                .sum(),
        }
    }
}

#[cfg(test)]
mod tests;
