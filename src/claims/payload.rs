//! One payload, and the reading of it.

use triomphe::{Arc, HeaderSlice};

use super::text::{Text, Texts};
use crate::error::VerifyError;
use crate::json::{Members, WrongType};

/// A payload, and where in it the claims are: one piece of memory, which all clones share. So claims
/// are as small as a reference, and a token whose claims have no escapes but `\/` is read with one
/// allocation.
pub(super) struct SharedPayload<P>(Arc<HeaderSlice<Head<P>, str>>);

struct Head<P> {
    places: P,
    json_ends: usize,
}

impl<P> SharedPayload<P> {
    pub(super) fn places(&self) -> &P {
        &self.0.header.places
    }

    pub(super) fn payload(&self) -> Payload<'_> {
        Payload { text: &self.0.slice, json_ends: self.0.header.json_ends }
    }
}

impl<P> Clone for SharedPayload<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The places follow from the payload.
impl<P> PartialEq for SharedPayload<P> {
    fn eq(&self, other: &Self) -> bool {
        self.payload() == other.payload()
    }
}

impl<P> Eq for SharedPayload<P> {}

/// The payload as it was signed, but for escaped slashes. Behind it stands what those claims say
/// that are written with other escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Payload<'a> {
    text: &'a str,
    json_ends: usize,
}

impl<'a> Payload<'a> {
    /// The JSON object that the claims are members of.
    pub(super) fn json(self) -> &'a str {
        self.text.get(..self.json_ends).unwrap_or_default()
    }

    pub(super) fn text(self, text: Text) -> &'a str {
        text.of(self.text, self.text.get(self.json_ends..).unwrap_or_default())
    }

    /// What it takes, in bytes.
    pub(super) fn bytes(self) -> usize {
        self.text.len()
    }
}

/// A payload whose claims are being read.
pub(super) struct Reading<'a> {
    claims: &'a Members<'a>,
    /// What will stand behind the payload.
    unescaped: String,
}

impl<'a> Reading<'a> {
    pub(super) fn new(claims: &'a Members<'a>) -> Self {
        Self { claims, unescaped: String::new() }
    }

    /// A string. `None` where the claim is missing.
    pub(super) fn text(&mut self, claim: &'static str) -> Result<Option<Text>, VerifyError> {
        let Some(range) = self.claims.range(claim) else { return Ok(None) };
        let malformed = VerifyError::ClaimMalformed { claim };
        let json = &self.claims.as_json()[range.clone()];
        if !json.starts_with('"') {
            return Err(malformed);
        }
        let text = if self.claims.is_plain(json) {
            Text::new(range.start + 1..range.end - 1)
        } else {
            serde_json::from_str(json).ok().and_then(|text: String| self.append(&text))
        };
        text.map(Some).ok_or(malformed)
    }

    fn append(&mut self, text: &str) -> Option<Text> {
        let start = self.unescaped.len();
        self.unescaped.push_str(text);
        Text::behind(start..start + text.len())
    }

    /// An array of strings. `None` where the claim is missing.
    pub(super) fn texts(&mut self, claim: &'static str) -> Result<Option<Texts>, VerifyError> {
        let Some(range) = self.claims.range(claim) else { return Ok(None) };
        let malformed = VerifyError::ClaimMalformed { claim };
        let json = &self.claims.as_json()[range.clone()];
        let texts = if !self.claims.is_plain(json) {
            serde_json::from_str(json).ok().map(Texts::Apart)
        } else if is_array_of_strings(json) {
            Text::new(range).map(Texts::At)
        } else {
            None
        };
        texts.map(Some).ok_or(malformed)
    }

    /// `aud` is a string or an array of strings ([RFC 7519 §4.1.3]).
    ///
    /// [RFC 7519 §4.1.3]: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
    pub(super) fn one_or_more_texts(
        &mut self,
        claim: &'static str,
    ) -> Result<Option<Texts>, VerifyError> {
        let Some(range) = self.claims.range(claim) else { return Ok(None) };
        let json = &self.claims.as_json()[range.clone()];
        if !json.starts_with('"') {
            return self.texts(claim);
        }
        let texts = if self.claims.is_plain(json) {
            // With its quotes: so it is read as an array is.
            Text::new(range).map(Texts::At)
        } else {
            serde_json::from_str(json).ok().map(|text| Texts::Apart(vec![text]))
        };
        texts.map(Some).ok_or(VerifyError::ClaimMalformed { claim })
    }

    /// Whole seconds. `None` where the claim is missing.
    pub(super) fn seconds(&self, claim: &'static str) -> Result<Option<u64>, VerifyError> {
        self.claims.seconds(claim).map_err(|WrongType| VerifyError::ClaimMalformed { claim })
    }

    /// What a claim says that was read before.
    pub(super) fn said(&self, text: Text) -> &str {
        text.of(self.claims.as_json(), &self.unescaped)
    }

    /// The one copy that is kept.
    pub(super) fn finish<P>(self, places: P) -> SharedPayload<P> {
        let json = self.claims.as_json();
        let head = Head { places, json_ends: json.len() };
        SharedPayload(if self.unescaped.is_empty() {
            Arc::from_header_and_str(head, json)
        } else {
            Arc::from_header_and_str(head, &[json, &self.unescaped].concat())
        })
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
        let mut reading = Reading::new(&claims);
        let texts = reading.one_or_more_texts("aud").ok()?.unwrap();
        let read = reading.finish(());
        let payload = read.payload();
        let read: Vec<_> = texts.of(payload).map(str::to_owned).collect();
        assert!(read.iter().all(|one| texts.contain(payload, one)));
        assert!(!texts.contain(payload, ", ") && !texts.contain(payload, "]"));
        assert_eq!(payload.json(), json);
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
            let mut reading = Reading::new(&claims);
            let text = reading.text("sub").ok().map(Option::unwrap);
            assert_eq!(text.map(|text| reading.said(text)), expected, "{value}");
            let read = reading.finish(());
            let payload = read.payload();
            assert_eq!(text.map(|text| payload.text(text)), expected, "{value}");
            assert_eq!(payload.json(), json);
        }
        let empty = Members::parse(b"{}").unwrap();
        assert!(Reading::new(&empty).text("sub").unwrap().is_none());
    }
}
