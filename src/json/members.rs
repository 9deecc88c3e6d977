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
mod tests {
    use super::*;

    fn error(text: &str) -> JsonError {
        Members::parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn duplicates_are_found_at_any_depth_and_however_spelled() {
        for text in [
            r#"{"iss":"a","iss":"a"}"#,
            r#"{"iss":"a","\u0069ss":"b"}"#,
            r#"{"x":{"a":1,"a":2}}"#,
            r#"{"x":[[{"a":1,"b":2,"\u0061":3}]]}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(error(text), JsonError::Duplicate, "{text}");
        }
        Members::parse(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#).unwrap();
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        for text in [
            "",
            " ",
            "null",
            "1",
            "\"a\"",
            "[]",
            "{",
            "{}}",
            "{} x",
            "\u{feff}{}",
            "{'a':1}",
            "{\"a\":01}",
            r#"{"a":"\ud800"}"#,
            r#"{"\udc00":1}"#,
            r#"{"a":1e400}"#,
            r#"{"a":1,}"#,
            "{\"a\":\"\n\"}",
            r#"{"$serde_json::private::RawValue":"1"}"#,
            r#"{"a":[{"$serde_json::private::Number":"1e999"}]}"#,
            r#"{"\u0024serde_json::private::RawValue":"1"}"#,
            &deep,
        ] {
            assert_eq!(error(text), JsonError::NotObject, "{}", &text[..text.len().min(40)]);
        }
        assert_eq!(Members::parse(b"{\"a\":\"\xc0\xaf\"}").unwrap_err(), JsonError::NotObject);
        Members::parse(
            br#"{"$serde_json":1,"$serde_json::private:":1,"a":"$serde_json::private::"}"#,
        )
        .unwrap();
    }

    #[test]
    fn seconds_have_one_form() {
        let read = |value: &str| {
            let text = format!("{{\"exp\":{value}}}");
            Members::parse(text.as_bytes()).unwrap().seconds("exp")
        };
        assert_eq!(read("0"), Ok(Some(0)));
        assert_eq!(read("9223372036854775807"), Ok(Some(i64::MAX as u64)));
        for value in [
            "null",
            "\"1\"",
            "[1]",
            "{}",
            "true",
            "-1",
            "-0",
            "1.5",
            "1.0",
            "1e3",
            "9223372036854775808",
            "18446744073709551616",
        ] {
            assert_eq!(read(value), Err(WrongType), "{value}");
        }
        assert_eq!(Members::parse(b"{}").unwrap().seconds("exp"), Ok(None));
    }

    #[test]
    fn escapes_are_resolved_before_anything_is_compared() {
        let members = Members::parse(br#"{"\u0069ss":"https:\/\/a"}"#).unwrap();
        assert_eq!(members.text("iss"), Ok(Some("https://a".into())));
        assert_eq!(members.texts("iss"), Err(WrongType));
        let members = Members::parse(br#"{"a":null,"b":"null"}"#).unwrap();
        assert_eq!((members.text("a"), members.optional_text("a")), (Err(WrongType), Ok(None)));
        assert_eq!(members.optional_text("b"), Ok(Some("null".into())));
        assert!(!members.given("a") && members.given("b") && !members.given("c"));
    }

    #[test]
    fn many_members_are_as_good_as_few() {
        for count in [1, 31, 32, 33, 64, 2000] {
            let members: Vec<_> =
                (0..count).map(|index| format!("\"{index}\":[{index}]")).collect();
            let text = format!("{{{}}}", members.join(","));
            let read = Members::parse(text.as_bytes()).unwrap();
            for index in 0..count {
                assert_eq!(read.raw(&index.to_string()), Some(format!("[{index}]").as_str()));
            }
            let twice = format!("{{{},\"0\":1}}", members.join(","));
            assert_eq!(error(&twice), JsonError::Duplicate, "{count}");
            let below = format!("{{{},\"a\":{twice}}}", members.join(","));
            assert_eq!(error(&below), JsonError::Duplicate, "{count}");
        }
    }

    /// Names of one length that begin and end alike share a bucket, and are compared.
    #[test]
    fn names_of_one_bucket_are_told_apart() {
        for count in [2, 9, 10, 20, 32] {
            let names: Vec<_> = (0..count).map(|index| format!("\"a{index:02}z\":1")).collect();
            let text = format!("{{{}}}", names.join(","));
            let read = Members::parse(text.as_bytes()).unwrap();
            assert!((0..count).all(|index| read.has(&format!("a{index:02}z"))));
            for twice in [0, count / 2, count - 1] {
                let text = format!("{{{},\"a{twice:02}z\":1}}", names.join(","));
                assert_eq!(error(&text), JsonError::Duplicate, "{twice} of {count}");
            }
            let private = format!("{{{},\"$serde_json::private::\":1}}", names.join(","));
            assert_eq!(error(&private), JsonError::NotObject, "{count}");
        }
    }
}
