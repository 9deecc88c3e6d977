//! The identifiers of a session: the key in the store, the user, the public id in a list.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::error::{ConfigError, ValueProblem};

/// The key of a record in a [`SessionStore`](super::SessionStore): SHA-256 of the id in the browser's
/// cookie. The cookie cannot be computed from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

/// The user of a session in a store: SHA-256 of the app client's id and `sub`. It identifies a user
/// only to a reader who knows the `sub`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserIndex([u8; 32]);

/// The public id of a session, for a list of the user's sessions: 128 random bits, unrelated to the
/// cookie. It opens no record.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicSessionId([u8; 16]);

impl SessionKey {
    /// The key of the record of the session with this id.
    pub(super) fn of(id: &[u8; 32]) -> Self {
        Self(Sha256::digest(id).into())
    }

    /// The 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Appends what [`Display`](fmt::Display) shows.
    #[cfg(feature = "redis")]
    pub(super) fn append_to(&self, text: &mut String) {
        text.push_str(str::from_utf8(&digits(&self.0)).unwrap_or_default());
    }

    /// A key from the octets of [`as_bytes`](Self::as_bytes): for a store that lists its records.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl UserIndex {
    /// The index of one app client's user: sites of the same user pool that share a store do not list,
    /// count or end each other's sessions. The issuer is left out: a client belongs to one pool, whose
    /// issuer may change.
    pub(super) fn of(client_id: &str, sub: &str) -> Self {
        // Neither contains a zero octet, so that no two pairs have the same text.
        Self(
            Sha256::new()
                .chain_update(client_id)
                .chain_update([0])
                .chain_update(sub)
                .finalize()
                .into(),
        )
    }

    /// The 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// An index from the octets of [`as_bytes`](Self::as_bytes).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PublicSessionId {
    pub(super) fn random() -> Result<Self, ConfigError> {
        Ok(Self(random()?))
    }

    /// The 16 octets.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// An id from the octets of [`as_bytes`](Self::as_bytes).
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Parses the text of [`Display`](fmt::Display): 22 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for PublicSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Display for UserIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

fn hex(bytes: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(str::from_utf8(&digits(bytes)).unwrap_or_default())
}

/// By a table: each request with a session makes the name of a record, and `{:02x}` takes as long for one
/// octet.
fn digits(bytes: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(bytes) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    text
}

/// `Debug` shows the type only: ids of sessions and users stay out of logs.
macro_rules! debug_by_name {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

debug_by_name!(SessionKey UserIndex PublicSessionId);

pub(super) fn random<const N: usize>() -> Result<[u8; N], ConfigError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ConfigError::Value {
        setting: "the operating system's random source",
        reason: ValueProblem::NoRandomness,
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
