//! [`SessionKeys`]: the server's keys, for sign-ins in progress and for notes.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::id::random;
use super::seal::{SealingKey, TAG_BYTES, derive};
use crate::error::{ConfigError, ValueProblem};
use crate::secret::SecretOctets;

/// The server's keys. They encrypt the cookies of sign-ins in progress, the notes in a user's list
/// of sessions, and the challenges of direct sign-ins. The first key encrypts, all of them decrypt. Cheap to clone.
///
/// Sessions do not depend on these keys: each record is encrypted under a secret in its own cookie. So
/// keys can be replaced without signing users out: add the new key in front of the old one on all
/// machines, and remove the old one after the [idle
/// timeout](super::BrowserSessionsBuilder::idle_timeout), but not before fifteen minutes. Until then
/// sign-ins in progress (at most fifteen minutes) still decrypt, and sessions that are used get new notes. A
/// session whose note does not decrypt is listed without a device; its tokens are revoked all the same if
/// another session ends it.
///
/// ```
/// use cognito_auth::sessions::SessionKeys;
///
/// // `openssl rand -base64 32 | tr '+/' '-_' | tr -d '='` makes one.
/// let keys = SessionKeys::parse(
///     "b29kbGUxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc,qbnDXKlFvZqP1b0T0cBwsAvd4Uz0GkGyqb6eDVlNczU",
/// )?;
/// # let _ = keys;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct SessionKeys(Arc<[RingKey]>);

struct RingKey {
    key: Zeroizing<[u8; 32]>,
    id: [u8; 4],
}

/// The purpose of a sealed text. A text that was sealed for one purpose does not open for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    SignIn,
    Note,
    /// A challenge of a direct sign-in.
    #[cfg(feature = "direct")]
    Challenge,
}

impl Purpose {
    fn info(self) -> &'static [u8] {
        match self {
            Self::SignIn => b"cognito-auth sign-in v1",
            Self::Note => b"cognito-auth session note v1",
            #[cfg(feature = "direct")]
            Self::Challenge => b"cognito-auth direct sign-in challenge v1",
        }
    }
}

const MOST_KEYS: usize = 16;

/// Key id, time of sealing (seconds since 1970) and salt: authenticated, but not encrypted.
const HEAD_BYTES: usize = 4 + 8 + SALT_BYTES;
const SALT_BYTES: usize = 16;

impl SessionKeys {
    /// A ring of one key: 32 random octets, the same on all machines of the application.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for octets that are all the same; [`ConfigError::NoCryptoBackend`].
    pub fn new(key: [u8; 32]) -> Result<Self, ConfigError> {
        Self::of(vec![Zeroizing::new(key)])
    }

    /// A random key that is lost when the process ends: for one machine. Sign-ins in progress end with
    /// the process; sessions do not.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when the operating system gives no random octets;
    /// [`ConfigError::NoCryptoBackend`].
    pub fn random() -> Result<Self, ConfigError> {
        Self::new(random()?)
    }

    /// Parses a comma-separated list of keys, each 32 octets in base64url without padding (43
    /// characters). The first key encrypts.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a malformed key, for none, for more than 16, and for one that appears
    /// twice; [`ConfigError::NoCryptoBackend`].
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut keys = Vec::new();
        for part in text.split(',') {
            let mut key = Zeroizing::new([0; 32]);
            let length = URL_SAFE_NO_PAD.decode_slice(part.trim(), key.as_mut());
            if length != Ok(32) {
                return refused(ValueProblem::NotASessionKey);
            }
            keys.push(key);
        }
        Self::of(keys)
    }

    fn of(keys: Vec<Zeroizing<[u8; 32]>>) -> Result<Self, ConfigError> {
        if keys.len() > MOST_KEYS {
            return refused(ValueProblem::TooManySessionKeys);
        }
        let mut ring: Vec<RingKey> = Vec::with_capacity(keys.len());
        for key in keys {
            if key.iter().all(|octet| *octet == key[0]) {
                return refused(ValueProblem::SessionKeyNotRandom);
            }
            let id = derive(&key, b"", b"key id").ok_or(ConfigError::NoCryptoBackend)?;
            let id = [id[0], id[1], id[2], id[3]];
            if ring.iter().any(|known| known.id == id) {
                return refused(ValueProblem::SessionKeyTwice);
            }
            ring.push(RingKey { key, id });
        }
        Ok(Self(ring.into()))
    }

    /// Seals under a key that is derived from the first key with a new salt: there is no practical
    /// bound on how much one key of the ring may seal. `name` is the place of the text, such as a
    /// cookie's name: it does not open in another place.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        name: &[u8],
        sealed_at: u64,
        plaintext: &[u8],
    ) -> Option<Vec<u8>> {
        let first = self.0.first()?;
        let salt: [u8; SALT_BYTES] = random().ok()?;
        let mut sealed = Vec::with_capacity(HEAD_BYTES + plaintext.len() + 32);
        sealed.extend_from_slice(&first.id);
        sealed.extend_from_slice(&sealed_at.to_be_bytes());
        sealed.extend_from_slice(&salt);
        let key = SealingKey::derive(&first.key, &salt, purpose.info())?;
        let text = key.seal(&associated(name, &sealed), plaintext)?;
        sealed.extend_from_slice(&text);
        Some(sealed)
    }

    /// The text, and when it was sealed. `None` if it was sealed under a key that is not in the ring,
    /// or for another place.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        name: &[u8],
        sealed: &[u8],
    ) -> Option<(u64, SecretOctets)> {
        let sealed_at = sealed_at(sealed)?;
        let (head, text) = sealed.split_at_checked(HEAD_BYTES)?;
        let ring_key = self.0.iter().find(|known| head.starts_with(&known.id))?;
        let key = SealingKey::derive(&ring_key.key, &head[12..], purpose.info())?;
        Some((sealed_at, key.open(&associated(name, head), text)?))
    }
}

/// When it was sealed. Authentic only if the text opens.
pub(super) fn sealed_at(sealed: &[u8]) -> Option<u64> {
    let moment = sealed.get(4..)?.first_chunk::<8>()?;
    (sealed.len() >= HEAD_BYTES + TAG_BYTES).then(|| u64::from_be_bytes(*moment))
}

fn associated(name: &[u8], head: &[u8]) -> Vec<u8> {
    [name, &[0], head].concat()
}

fn refused<T>(reason: ValueProblem) -> Result<T, ConfigError> {
    Err(ConfigError::Value { setting: "the session keys", reason })
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeys").field("keys", &self.0.len()).finish()
    }
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests;
