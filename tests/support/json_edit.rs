//! Edits of an object in JSON, as it stands: for tokens that are made from a good one.

use serde_json::Value;

/// A member set, or removed.
pub fn set(json: &[u8], name: &str, value: Option<Value>) -> Vec<u8> {
    let json: Value = serde_json::from_slice(json).unwrap();
    super::with(json, name, value).to_string().into_bytes()
}

/// Members put before those that are there.
pub fn first(json: &[u8], members: &str) -> Vec<u8> {
    [b"{", members.as_bytes(), b",", &json[1..]].concat()
}

/// Members put after those that are there.
pub fn last(json: &[u8], members: &str) -> Vec<u8> {
    [&json[..json.len() - 1], b",", members.as_bytes(), b"}"].concat()
}
