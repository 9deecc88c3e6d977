//! JSON objects read strictly: every member name once, at any depth.
//!
//! Parsers disagree about which of two equal members counts, and an attacker picks the pair
//! (RFC 7515 §4, RFC 7519 §4: names must be unique). serde_json alone lets duplicates of unknown
//! members through.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Why a text is not such an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    NotObject,
    Duplicate,
}

/// A member of another type than the one asked for, or out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongType;

/// The members of one object, each checked to the bottom, not yet given a type.
#[derive(Debug)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Members<'a> {
    /// Reads an object. UTF-8 only, no byte order mark, nothing after it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotObject)?;
        let raw: RawMembers<'a> = serde_json::from_str(text).map_err(fault_of)?;
        // The whole text, so that nesting counts as it does for whoever reads it again.
        serde_json::from_str::<Checked>(text).map_err(fault_of)?;
        Ok(Self(raw.0))
    }

    /// The JSON text of a member. `null` counts as a value: a claim that is `null` is malformed.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A string.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, WrongType> {
        self.raw(name).map(text_of).transpose()
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
        if !raw.bytes().all(|b| b.is_ascii_digit()) {
            return Err(WrongType);
        }
        raw.parse().ok().filter(|seconds| *seconds <= i64::MAX as u64).map(Some).ok_or(WrongType)
    }
}

fn text_of(raw: &str) -> Result<Cow<'_, str>, WrongType> {
    /// serde borrows into a `Cow` only when told to.
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

    serde_json::from_str::<Text<'_>>(raw).map(|text| text.0).map_err(|_| WrongType)
}

// serde_json errors carry no variant of ours: the word is looked for in the message, and it is
// our own word, put there by `Error::custom` below.
const DUPLICATE: &str = "\u{1}duplicate member\u{1}";

fn fault_of(error: serde_json::Error) -> Fault {
    if error.to_string().contains(DUPLICATE) { Fault::Duplicate } else { Fault::NotObject }
}

struct RawMembers<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawMembers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = RawMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value::<&'de RawValue>()?.get()));
                }
                Ok(RawMembers(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A member name with its escapes resolved: `"\u0069ss"` is `"iss"`.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

fn has_duplicate<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// Any value, read to the bottom: strings decoded (a lone surrogate is no text), numbers in range,
/// nesting bounded by serde_json at 128, every object's names unique.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Checked)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Checked>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names: Vec<Cow<'de, str>> = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            names.push(name);
            map.next_value::<Checked>()?;
        }
        if has_duplicate(names.iter().map(AsRef::as_ref)) {
            return Err(A::Error::custom(DUPLICATE));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
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
            assert_eq!(fault(text), Fault::Duplicate, "{text}");
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
            &deep,
        ] {
            assert_eq!(fault(text), Fault::NotObject, "{}", &text[..text.len().min(40)]);
        }
        assert_eq!(Members::parse(b"{\"a\":\"\xc0\xaf\"}").unwrap_err(), Fault::NotObject);
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
    }
}
