//! The note of a session in the user's list: what its tokens are revoked by, and what the list shows.

use http::HeaderMap;
use http::header::USER_AGENT;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::id::SessionKey;
use super::keys::{Purpose, SessionKeys};
use super::seal::SealingKey;
use super::store::MAX_NOTE_BYTES;

/// Stored as two sealed texts, the first one behind its length. `origin_jti` is sealed under a key that is
/// derived from the user's `sub`, which every process knows that ends a session of the user, but not the
/// store: it opens independently of the server's keys. The rest is sealed under those, and not under the
/// session's secret, so that another session of the user can show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    /// The session's `origin_jti`, for revoking its tokens when another session ends it.
    #[serde(skip)]
    origin_jti: Option<String>,
    /// `User-Agent`, truncated.
    pub(super) device: String,
    /// In seconds since 1970.
    pub(super) seen_at: u64,
}

/// A longer `User-Agent` is truncated: it begins with the browser's name.
const MAX_DEVICE_BYTES: usize = 160;

/// Cognito's are UUIDs. A longer one is left out.
const MAX_ORIGIN_JTI_BYTES: usize = 128;

const INFO: &[u8] = b"cognito-auth session member v1";

impl Note {
    pub(super) fn of(headers: &HeaderMap, origin_jti: Option<&str>, now: u64) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        let device = agent.unwrap_or_default().chars().filter(|c| !matches!(c, '"' | '\\'));
        let origin_jti = origin_jti.filter(|id| id.len() <= MAX_ORIGIN_JTI_BYTES);
        Self {
            origin_jti: origin_jti.map(str::to_owned),
            // Visible ASCII, of one octet each.
            device: device.take(MAX_DEVICE_BYTES).collect(),
            seen_at: now,
        }
    }

    /// A part that cannot be sealed is left out.
    pub(super) fn seal(&self, keys: &SessionKeys, key: &SessionKey, sub: &str) -> Vec<u8> {
        let id = self.origin_jti.as_ref();
        let id = id.and_then(|id| of_user(sub)?.seal(&associated(key), id.as_bytes()));
        let id = id.unwrap_or_default();
        let Ok(length) = u8::try_from(id.len()) else { return Vec::new() };
        let mut sealed = [&[length][..], &id].concat();
        let text = serde_json::to_vec(self).unwrap_or_default();
        let shown = keys.seal(Purpose::Note, key.as_bytes(), self.seen_at, &text);
        let shown = shown.filter(|shown| sealed.len() + shown.len() <= MAX_NOTE_BYTES);
        sealed.extend(shown.unwrap_or_default());
        sealed
    }

    /// `None` for a note of another session, or under a key that was removed. Without `origin_jti`.
    pub(super) fn open(sealed: &[u8], keys: &SessionKeys, key: &SessionKey) -> Option<Self> {
        let (_, shown) = parts(sealed)?;
        let (_, text) = keys.open(Purpose::Note, key.as_bytes(), shown)?;
        serde_json::from_slice(&text).ok()
    }
}

/// The `origin_jti` in a note. `None` if the session has none, and for a note of another user or session.
pub(super) fn origin_jti(sealed: &[u8], key: &SessionKey, sub: &str) -> Option<String> {
    let (id, _) = parts(sealed)?;
    let id = of_user(sub)?.open(&associated(key), id)?;
    std::str::from_utf8(&id).ok().map(str::to_owned)
}

fn parts(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = sealed.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// Derived from `sub`, and not from the user's index, which the store knows.
fn of_user(sub: &str) -> Option<SealingKey> {
    SealingKey::derive(&Sha256::digest(sub).into(), b"", INFO)
}

fn associated(key: &SessionKey) -> Vec<u8> {
    [INFO, key.as_bytes()].concat()
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests;
