//! The payload of a verified token, and the reader of its claims.

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::{Map, Value};
use triomphe::{Arc, HeaderSlice};

use super::span::{Span, StringList};
use crate::error::VerifyError;
use crate::json::{Members, WrongType};

/// A payload, and the spans of its claims: one allocation, which all clones share. So claims are as
/// small as a reference, and a token whose claims have no escapes but `\/` is read with one
/// allocation.
pub(super) struct SharedPayload<S>(Arc<HeaderSlice<PayloadHead<S>, str>>);

#[derive(Clone)]
struct PayloadHead<S> {
    spans: S,
    json_bytes: usize,
}

impl<S> SharedPayload<S> {
    pub(super) fn spans(&self) -> &S {
        &self.0.header.spans
    }

    pub(super) fn payload(&self) -> Payload<'_> {
        Payload { text: &self.0.slice, json_bytes: self.0.header.json_bytes }
    }
}

impl<S: Clone> SharedPayload<S> {
    /// The same in an allocation of its own, and so with a reference count of its own.
    pub(super) fn copied(&self) -> Self {
        Self(Arc::from_header_and_str(self.0.header.clone(), &self.0.slice))
    }
}

impl<S> Clone for SharedPayload<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The spans follow from the payload.
impl<S> PartialEq for SharedPayload<S> {
    fn eq(&self, other: &Self) -> bool {
        self.payload() == other.payload()
    }
}

impl<S> Eq for SharedPayload<S> {}

/// The payload as it was signed, except that `\/` is written as `/`. Appended to it is the unescaped
/// text of those claims that are written with other escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Payload<'a> {
    text: &'a str,
    json_bytes: usize,
}

impl<'a> Payload<'a> {
    /// The JSON object that the claims are members of.
    pub(super) fn json(self) -> &'a str {
        self.text.get(..self.json_bytes).unwrap_or_default()
    }

    pub(super) fn text_of(self, span: Span) -> &'a str {
        span.text_of(self.text, self.text.get(self.json_bytes..).unwrap_or_default())
    }

    pub(super) fn strings(self, list: &'a StringList) -> impl Iterator<Item = &'a str> {
        list.iter(move |span| self.text_of(span))
    }

    pub(super) fn contains(self, list: &StringList, wanted: &str) -> bool {
        list.contains(move |span| self.text_of(span), wanted)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn bytes(self) -> usize {
        self.text.len()
    }
}

/// The members of the JSON object, in any format.
impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // It was read as such an object, so this does not fail.
        let claims: Map<String, Value> =
            serde_json::from_str(self.json()).map_err(S::Error::custom)?;
        claims.serialize(serializer)
    }
}

/// Reads claims in the type that each of them has.
pub(super) struct PayloadReader<'a> {
    claims: &'a Members<'a>,
    /// What will be appended to the payload.
    unescaped: String,
}

impl<'a> PayloadReader<'a> {
    pub(super) fn new(claims: &'a Members<'a>) -> Self {
        Self { claims, unescaped: String::new() }
    }

    /// A string. `None` where the claim is missing.
    pub(super) fn string(&mut self, claim: &'static str) -> Result<Option<Span>, VerifyError> {
        let Some(range) = self.claims.range(claim) else { return Ok(None) };
        let malformed = VerifyError::ClaimMalformed { claim };
        let json = &self.claims.as_json()[range.clone()];
        if !json.starts_with('"') {
            return Err(malformed);
        }
        let span = if self.claims.is_plain(json) {
            Span::in_json(range.start + 1..range.end - 1)
        } else {
            serde_json::from_str(json).ok().and_then(|text: String| self.append(&text))
        };
        span.map(Some).ok_or(malformed)
    }

    fn append(&mut self, text: &str) -> Option<Span> {
        let start = self.unescaped.len();
        self.unescaped.push_str(text);
        Span::in_unescaped(start..start + text.len())
    }

    /// An array of strings. `None` where the claim is missing.
    pub(super) fn strings(
        &mut self,
        claim: &'static str,
    ) -> Result<Option<StringList>, VerifyError> {
        let Some(range) = self.claims.range(claim) else { return Ok(None) };
        let malformed = VerifyError::ClaimMalformed { claim };
        let json = &self.claims.as_json()[range.clone()];
        let list = if !self.claims.is_plain(json) {
            serde_json::from_str(json).ok().map(StringList::Owned)
        } else if is_array_of_strings(json) {
            Span::in_json(range).map(StringList::Span)
        } else {
            None
        };
        list.map(Some).ok_or(malformed)
    }

    /// `aud` is a string or an array of strings ([RFC 7519 §4.1.3]).
    ///
    /// [RFC 7519 §4.1.3]: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
    pub(super) fn string_or_strings(
        &mut self,
        claim: &'static str,
    ) -> Result<Option<StringList>, VerifyError> {
        let Some(range) = self.claims.range(claim) else { return Ok(None) };
        let json = &self.claims.as_json()[range.clone()];
        if !json.starts_with('"') {
            return self.strings(claim);
        }
        let list = if self.claims.is_plain(json) {
            // With its quotes: so it is read as an array is.
            Span::in_json(range).map(StringList::Span)
        } else {
            serde_json::from_str(json).ok().map(|text| StringList::Owned(vec![text]))
        };
        list.map(Some).ok_or(VerifyError::ClaimMalformed { claim })
    }

    /// Whole seconds. `None` where the claim is missing.
    pub(super) fn seconds(&self, claim: &'static str) -> Result<Option<u64>, VerifyError> {
        self.claims.seconds(claim).map_err(|WrongType| VerifyError::ClaimMalformed { claim })
    }

    /// The value of a string that was read before.
    pub(super) fn text_of(&self, span: Span) -> &str {
        span.text_of(self.claims.as_json(), &self.unescaped)
    }

    /// Copies the payload, once.
    pub(super) fn finish<S>(self, spans: S) -> SharedPayload<S> {
        let json = self.claims.as_json();
        let head = PayloadHead { spans, json_bytes: json.len() };
        SharedPayload(if self.unescaped.is_empty() {
            Arc::from_header_and_str(head, json)
        } else {
            Arc::from_header_and_str(head, &[json, &self.unescaped].concat())
        })
    }
}

/// Whether a JSON value without escapes is an array of strings only: between the strings are commas and
/// space, and so no number, literal, object or second array.
fn is_array_of_strings(json: &str) -> bool {
    let Some(rest) = json.as_bytes().strip_prefix(b"[") else { return false };
    let between = |byte: &u8| matches!(byte, b',' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    rest.split(|byte| *byte == b'"').step_by(2).all(|piece| piece.iter().all(between))
}

#[cfg(test)]
mod tests;
