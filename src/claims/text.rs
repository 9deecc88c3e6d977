//! Claims that are text: where they stand in the payload, rather than copies of them.

use std::ops::Range;
use std::sync::Arc;

use crate::error::VerifyError;
use crate::json::Members;

/// A claim that is a string.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// It is written in the payload as it reads.
    At(Place),
    /// It is written with escapes; this is what it says.
    Apart(Arc<str>),
}

/// A claim that is an array of strings, or a lone one.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Texts {
    /// The JSON text in the payload, without an escape in it.
    At(Place),
    /// Some are written with escapes; this is what they say.
    Apart(Arc<[String]>),
}

/// From one byte of the payload to another. A token's payload is shorter than 12 KiB.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    start: u16,
    end: u16,
}

impl Place {
    /// `None` for places that no token has.
    fn new(range: Range<usize>) -> Option<Self> {
        let [start, end] = [range.start, range.end].map(u16::try_from);
        Some(Self { start: start.ok()?, end: end.ok()? })
    }

    fn of(self, payload: &str) -> &str {
        payload.get(self.start.into()..self.end.into()).unwrap_or_default()
    }
}

impl Text {
    /// `None` where the claim is missing.
    pub(super) fn read(
        claims: &Members<'_>,
        claim: &'static str,
    ) -> Result<Option<Self>, VerifyError> {
        let Some(range) = claims.range(claim) else { return Ok(None) };
        let malformed = VerifyError::ClaimMalformed { claim };
        let json = &claims.as_json()[range.clone()];
        if !json.starts_with('"') {
            return Err(malformed);
        }
        let text = if claims.is_plain(json) {
            Place::new(range.start + 1..range.end - 1).map(Self::At)
        } else {
            serde_json::from_str(json).ok().map(|text: String| Self::Apart(text.into()))
        };
        text.map(Some).ok_or(malformed)
    }

    pub(super) fn of<'a>(&'a self, payload: &'a str) -> &'a str {
        match self {
            Self::At(place) => place.of(payload),
            Self::Apart(text) => text,
        }
    }
}

impl Texts {
    /// An array of strings. `None` where the claim is missing.
    pub(super) fn read(
        claims: &Members<'_>,
        claim: &'static str,
    ) -> Result<Option<Self>, VerifyError> {
        let Some(range) = claims.range(claim) else { return Ok(None) };
        let malformed = VerifyError::ClaimMalformed { claim };
        let json = &claims.as_json()[range.clone()];
        let texts = if !claims.is_plain(json) {
            serde_json::from_str(json).ok().map(|texts: Vec<String>| Self::Apart(texts.into()))
        } else if is_array_of_strings(json) {
            Place::new(range).map(Self::At)
        } else {
            None
        };
        texts.map(Some).ok_or(malformed)
    }

    /// `aud` is a string or an array of strings ([RFC 7519 §4.1.3]).
    ///
    /// [RFC 7519 §4.1.3]: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
    pub(super) fn read_one_or_more(
        claims: &Members<'_>,
        claim: &'static str,
    ) -> Result<Option<Self>, VerifyError> {
        let Some(range) = claims.range(claim) else { return Ok(None) };
        if !claims.as_json()[range.clone()].starts_with('"') {
            return Self::read(claims, claim);
        }
        Ok(match Text::read(claims, claim)? {
            None => None,
            Some(Text::At(_)) => Place::new(range).map(Self::At),
            Some(Text::Apart(text)) => Some(Self::Apart([text.as_ref().into()].into())),
        })
    }

    pub(super) fn of<'a>(&'a self, payload: &'a str) -> impl Iterator<Item = &'a str> {
        let (json, apart) = match self {
            Self::At(place) => (place.of(payload), [].as_slice()),
            Self::Apart(texts) => ("", texts.as_ref()),
        };
        // Without escapes every quote begins or ends a string: every second piece is one.
        json.split('"').skip(1).step_by(2).chain(apart.iter().map(String::as_str))
    }

    pub(super) fn contain(&self, payload: &str, text: &str) -> bool {
        match self {
            Self::At(place) => {
                let mut pieces = place.of(payload).as_bytes().split(|byte| *byte == b'"');
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

/// Whether a JSON value without escapes is an array of strings and of nothing else: between them
/// stand commas and space, so no number, word, object or second array.
fn is_array_of_strings(json: &str) -> bool {
    let Some(rest) = json.as_bytes().strip_prefix(b"[") else { return false };
    let between = |byte: &u8| matches!(byte, b',' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    rest.split(|byte| *byte == b'"').step_by(2).all(|piece| piece.iter().all(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(value: &str) -> Option<Vec<String>> {
        let json = format!("{{\"aud\":{value}}}");
        let claims = Members::parse(json.as_bytes()).unwrap();
        let texts = Texts::read_one_or_more(&claims, "aud").ok()?.unwrap();
        let read: Vec<_> = texts.of(&json).map(str::to_owned).collect();
        assert!(read.iter().all(|one| texts.contain(&json, one)));
        assert!(!texts.contain(&json, ", ") && !texts.contain(&json, "]"));
        Some(read)
    }

    #[test]
    fn one_or_more_strings_are_read_wherever_they_stand() {
        for (value, expected) in [
            (r#""a""#, vec!["a"]),
            (r#""""#, vec![""]),
            (r#""a\n""#, vec!["a\n"]),
            ("[]", vec![]),
            ("[ ]", vec![]),
            (r#"["a"]"#, vec!["a"]),
            (r#"["","[",",","é"]"#, vec!["", "[", ",", "é"]),
            (r#"[ "a" , "b" ]"#, vec!["a", "b"]),
            (r#"["a\"","b"]"#, vec!["a\"", "b"]),
        ] {
            assert_eq!(texts(value).unwrap(), expected, "{value}");
        }
        for value in [
            "1",
            "null",
            "{}",
            "[1]",
            "[null]",
            r#"["a",1]"#,
            r#"[["a"]]"#,
            r#"["a",["b"]]"#,
            r#"[{"a":"b"}]"#,
            r#"["a\n",1]"#,
        ] {
            assert_eq!(texts(value), None, "{value}");
        }
    }

    #[test]
    fn a_string_is_read_with_and_without_escapes() {
        for (value, expected) in [
            (r#""""#, Some("")),
            (r#""bob""#, Some("bob")),
            (r#""é🦀""#, Some("é🦀")),
            (r#""b\u00f6b\"""#, Some("böb\"")),
            ("1", None),
            ("null", None),
            (r#"["bob"]"#, None),
            (r#"["b\n"]"#, None),
        ] {
            let json = format!("{{\"x\":0, \"sub\": {value} }}");
            let claims = Members::parse(json.as_bytes()).unwrap();
            let text = Text::read(&claims, "sub").ok().map(Option::unwrap);
            assert_eq!(text.as_ref().map(|text| text.of(&json)), expected, "{value}");
        }
        let empty = Members::parse(b"{}").unwrap();
        assert!(Text::read(&empty, "sub").unwrap().is_none());
    }
}
