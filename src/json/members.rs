//! The members of one object, by name, and their values in the type that is asked for.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::JsonError;
use super::index::{NameIndex, NameSlot};
use super::scan::{Scan, Scanned};
use super::stack::{Member, MemberStack, Names};
use super::string::{quoted, unescape};

/// A member has another type than the one that was asked for, or is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongType;

/// The members of one object, each checked to the bottom, not yet given a type. Nothing is copied,
/// and for an object of usual size nothing is allocated.
pub(crate) struct Members<'a> {
    text: &'a str,
    /// Names that are written with escapes.
    resolved: Vec<u8>,
    members: MemberStack,
    index: NameIndex,
    escapes: bool,
}

impl<'a> Members<'a> {
    /// Reads an object, in one pass. UTF-8 only, no byte order mark, nothing after it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let text = std::str::from_utf8(bytes).map_err(|_| JsonError::NotObject)?;
        let Scanned { members, resolved, escapes } = Scan::object(text)?;
        let index = NameIndex::of(&members, Names { text, resolved: &resolved });
        Ok(Self { text, resolved, members, index, escapes })
    }

    /// The whole object, as it was given.
    pub(crate) fn as_json(&self) -> &'a str {
        self.text
    }

    /// The range of a member's value in the text.
    pub(crate) fn range(&self, name: &str) -> Option<Range<usize>> {
        let names = Names { text: self.text, resolved: &self.resolved };
        let named = |member: &&Member| member.is_named(names, name);
        let found = match self.index.find(name.as_bytes()) {
            NameSlot::Empty => None,
            NameSlot::One(place) => self.members.get(place).filter(named),
            NameSlot::Many => self.members.iter().find(named),
        };
        found.map(|member| member.value_range())
    }

    /// The JSON text of a member. `null` is a value here: a claim that is `null` is malformed. In JSON
    /// other than tokens `null` means "missing": see [`given`](Self::given).
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.range(name).map(|range| &self.text[range])
    }

    /// Whether a member is there and not `null`.
    pub(crate) fn given(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|text| text != "null")
    }

    /// A string that may be left out, or be `null`.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<Cow<'a, str>>, WrongType> {
        if self.given(name) { self.text(name) } else { Ok(None) }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.range(name).is_some()
    }

    /// Whether a value is written without escapes.
    pub(crate) fn is_plain(&self, value: &str) -> bool {
        !self.escapes || !value.contains('\\')
    }

    /// A string.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, WrongType> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let text = if self.is_plain(raw) { quoted(raw).map(Cow::Borrowed) } else { unescape(raw) };
        text.map(Some).ok_or(WrongType)
    }

    /// An array of strings.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, WrongType> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        // `aud` is a string as a rule: an error of serde_json would be written for each.
        if !raw.starts_with('[') {
            return Err(WrongType);
        }
        serde_json::from_str(raw).map(Some).map_err(|_| WrongType)
    }

    /// A whole number of seconds from 0 to 2^63 - 1: no sign, no fraction, no exponent.
    ///
    /// RFC 7519 §2 would allow fractions; Cognito sends integers, and one form is one form fewer
    /// to disagree about.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<u64>, WrongType> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let seconds = raw.bytes().try_fold(0_i64, |seconds, byte| {
            let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
            seconds.checked_mul(10)?.checked_add(digit.into())
        });
        seconds.map(|seconds| Some(seconds.unsigned_abs())).ok_or(WrongType)
    }
}

// Names and values can be personal data.
impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members").field("count", &self.members.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
