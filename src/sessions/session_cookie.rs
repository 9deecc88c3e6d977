//! [`SessionCookie`]: the content of a session's cookie.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::id::{SessionKey, random};
use crate::error::ConfigError;
use crate::jwt::decode_exact;

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
        SessionKey::of(&self.0)
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCookie")
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId")
    }
}

#[cfg(test)]
mod tests;
