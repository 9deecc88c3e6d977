//! A token made from a good one: what is to be wrong with it, and nothing else.

use std::ops::Deref;

use serde_json::Value;

/// A good token, on its way to become another. `S` is what the token is of, and how it is signed.
#[derive(Debug)]
pub struct Forge<S> {
    pub header: Vec<u8>,
    pub payload: Vec<u8>,
    pub signed: S,
}

pub trait SignedAs {
    fn sign(&self, signing_input: &[u8]) -> Vec<u8>;

    fn encode(&self, bytes: &[u8]) -> String {
        super::encode(bytes)
    }
}

impl<S> Deref for Forge<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.signed
    }
}

impl<S> Forge<S> {
    /// The header with a member set.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header = set(&self.header, name, Some(value.into()));
        self
    }

    pub fn no_header(mut self, name: &str) -> Self {
        self.header = set(&self.header, name, None);
        self
    }

    /// A member with a value that serde_json would not write.
    pub fn raw_header(self, name: &str, value: &str) -> Self {
        self.no_header(name).header_last(&format!("\"{name}\":{value}"))
    }

    /// Another header altogether, as it stands.
    pub fn header_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.header = text.into();
        self
    }

    /// Members put before those that are there, as they stand.
    pub fn header_first(mut self, members: &str) -> Self {
        self.header = first(&self.header, members);
        self
    }

    /// Members put after those that are there, as they stand.
    pub fn header_last(mut self, members: &str) -> Self {
        self.header = last(&self.header, members);
        self
    }

    pub fn header_edit(mut self, edit: impl FnOnce(String) -> String) -> Self {
        self.header = edit(String::from_utf8(self.header).unwrap()).into();
        self
    }

    /// The payload with a claim set.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload = set(&self.payload, name, Some(value.into()));
        self
    }

    pub fn no_claim(mut self, name: &str) -> Self {
        self.payload = set(&self.payload, name, None);
        self
    }

    /// A claim with a value that serde_json would not write.
    pub fn raw_claim(self, name: &str, value: &str) -> Self {
        self.no_claim(name).payload_last(&format!("\"{name}\":{value}"))
    }

    /// Another payload altogether, as it stands.
    pub fn payload_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.payload = text.into();
        self
    }

    pub fn payload_first(mut self, members: &str) -> Self {
        self.payload = first(&self.payload, members);
        self
    }

    pub fn payload_last(mut self, members: &str) -> Self {
        self.payload = last(&self.payload, members);
        self
    }

    pub fn payload_edit(mut self, edit: impl FnOnce(String) -> String) -> Self {
        self.payload = edit(String::from_utf8(self.payload).unwrap()).into();
        self
    }
}

impl<S: SignedAs> Forge<S> {
    /// The three encoded parts.
    pub fn parts(&self) -> [String; 3] {
        let (header, payload) = (self.encode(&self.header), self.encode(&self.payload));
        let signature = self.sign(format!("{header}.{payload}").as_bytes());
        [header, payload, self.encode(&signature)]
    }

    pub fn token(&self) -> String {
        self.parts().join(".")
    }
}

impl<S: SignedAs> From<Forge<S>> for String {
    fn from(forge: Forge<S>) -> Self {
        forge.token()
    }
}

/// A member set, or removed.
fn set(json: &[u8], name: &str, value: Option<Value>) -> Vec<u8> {
    let json: Value = serde_json::from_slice(json).unwrap();
    super::with(json, name, value).to_string().into_bytes()
}

fn first(json: &[u8], members: &str) -> Vec<u8> {
    [b"{", members.as_bytes(), b",", &json[1..]].concat()
}

fn last(json: &[u8], members: &str) -> Vec<u8> {
    [&json[..json.len() - 1], b",", members.as_bytes(), b"}"].concat()
}
