//! The identifiers of a session: the cookie, the key in the store, the public id in a list.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{ConfigError, ValueProblem};
use crate::jwt::decode_exact;

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

/// The content of a session's cookie: the session's id, and the secret that its record is sealed with.
pub(super) struct SessionCookie {
    /// The id and the secret.
    octets: Zeroizing<[[u8; 32]; 2]>,
    /// Of the id. A request asks for it several times.
    key: OnceLock<SessionKey>,
}

/// The id of a session: the part of its cookie that says which record, and does not open it. A store has
/// only its hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SessionId(Zeroizing<[u8; 32]>);

/// The version of the cookie's format.
const VERSION: &str = "v1.";

/// The length of the cookie's value, in characters.
pub(super) const COOKIE_LENGTH: usize = 89;

impl SessionCookie {
    /// A new one: 512 random bits.
    pub(super) fn random() -> Result<Self, ConfigError> {
        Ok(Self { octets: Zeroizing::new([random()?, random()?]), key: OnceLock::new() })
    }

    #[cfg(test)]
    pub(super) fn of(octets: [u8; 64]) -> Self {
        let (id, secret) = octets.split_at(32);
        let octets = Zeroizing::new([id.try_into().unwrap(), secret.try_into().unwrap()]);
        Self { octets, key: OnceLock::new() }
    }

    /// Another id beside the same secret.
    #[cfg(test)]
    pub(super) fn with_secret_of(other: &Self) -> Self {
        Self { octets: Zeroizing::new([[9; 32], other.octets[1]]), key: OnceLock::new() }
    }

    /// `None` for anything that this version does not write.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let text = value.strip_prefix(VERSION)?;
        let mut octets = Zeroizing::new([[0; 32]; 2]);
        // Only canonical base64url is accepted: each cookie has exactly one text.
        decode_exact(text, octets.as_flattened_mut())?;
        Some(Self { octets, key: OnceLock::new() })
    }

    pub(super) fn value(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.octets.as_flattened()));
        Zeroizing::new(format!("{VERSION}{}", text.as_str()))
    }

    pub(super) fn key(&self) -> SessionKey {
        *self.key.get_or_init(|| self.id().key())
    }

    pub(super) fn id(&self) -> SessionId {
        SessionId(Zeroizing::new(self.octets[0]))
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.octets[1]
    }
}

impl SessionId {
    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn key(&self) -> SessionKey {
        SessionKey(Sha256::digest(*self.0).into())
    }
}

impl SessionKey {
    /// The 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
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

/// By a table: for each request the name of a record in Redis is made, and `{:02x}` takes as long for one
/// octet.
fn hex(bytes: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (digits, byte) in text.as_chunks_mut().0.iter_mut().zip(bytes) {
        *digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
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

debug_by_name!(SessionKey UserIndex PublicSessionId SessionCookie SessionId);

pub(super) fn random<const N: usize>() -> Result<[u8; N], ConfigError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ConfigError::Value {
        setting: "the operating system's random source",
        reason: ValueProblem::NoRandomness,
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written() {
        let (cookie, other) = (SessionCookie::random().unwrap(), SessionCookie::random().unwrap());
        let value = cookie.value();
        assert_eq!(value.len(), COOKIE_LENGTH);
        let read = SessionCookie::parse(&value).unwrap();
        assert_eq!(read.key(), cookie.key());
        assert_eq!(read.secret(), cookie.secret());
        assert_ne!(other.key(), cookie.key());
        assert_ne!(other.secret(), cookie.secret());
    }

    #[test]
    fn the_id_alone_makes_the_key() {
        let value = SessionCookie::random().unwrap().value();
        let cookie = SessionCookie::parse(&value).unwrap();
        let digest: [u8; 32] = Sha256::digest(cookie.octets[0]).into();
        assert_eq!(cookie.key().as_bytes(), &digest);
    }

    #[test]
    fn one_cookie_has_one_text() {
        let value = format!("v1.{}", "A".repeat(86));
        assert!(SessionCookie::parse(&value).is_some());
        for (what, bad) in [
            ("empty", String::new()),
            ("another version", format!("v2.{}", "A".repeat(86))),
            ("no version", "A".repeat(86)),
            ("shorter", format!("v1.{}", "A".repeat(85))),
            ("longer", format!("v1.{}", "A".repeat(87))),
            ("much longer", format!("v1.{}", "A".repeat(4000))),
            ("padded", format!("{value}==")),
            ("bits that belong to no octet", format!("v1.{}B", "A".repeat(85))),
            ("the other alphabet", format!("v1.+{}", "A".repeat(85))),
            ("quoted", format!("\"{value}\"")),
            ("a space", format!("{value} ")),
        ] {
            assert!(SessionCookie::parse(&bad).is_none(), "{what}: {bad}");
        }
    }

    #[test]
    fn client_and_sub_have_a_border() {
        assert_ne!(UserIndex::of("ca", "b"), UserIndex::of("c", "ab"));
        assert_ne!(UserIndex::of("c", "a"), UserIndex::of("c", "b"));
        assert_ne!(UserIndex::of("c", "a"), UserIndex::of("d", "a"));
        assert_eq!(UserIndex::of("c", "a"), UserIndex::of("c", "a"));
    }

    #[test]
    fn a_key_is_shown_in_hex() {
        let octets: [u8; 32] = std::array::from_fn(|index| (index * 9) as u8);
        let expected: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(SessionKey::from_bytes(octets).to_string(), expected);
        assert_eq!(UserIndex::from_bytes(octets).to_string(), expected);
    }

    #[test]
    fn a_public_id_is_read_as_it_is_shown() {
        let id = PublicSessionId::random().unwrap();
        let shown = id.to_string();
        assert_eq!(shown.len(), 22);
        assert_eq!(PublicSessionId::parse(&shown), Some(id));
        for bad in ["", "A", &"A".repeat(21), &"A".repeat(23), &"A".repeat(43)] {
            assert_eq!(PublicSessionId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let cookie = SessionCookie::random().unwrap();
        let (id, key) = (cookie.id(), cookie.key());
        let shown = format!("{cookie:?} {id:?} {key:?} {:?}", UserIndex::of("c", "s"));
        assert_eq!(shown, "SessionCookie SessionId SessionKey UserIndex");
    }
}
