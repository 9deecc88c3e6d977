//! The note of a session in the user's list: encrypted, because it names a device.

use http::HeaderMap;
use http::header::USER_AGENT;
use serde::{Deserialize, Serialize};

use super::id::SessionKey;
use super::keys::{Purpose, SessionKeys};
use super::store::MAX_NOTE_BYTES;

/// Sealed under the server's keys and not under the session's secret, so that another session of the
/// user can show the note, and end this session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    /// The session's `origin_jti`, for revoking its tokens when another session ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin_jti: Option<String>,
    /// `User-Agent`, truncated.
    pub(super) device: String,
    /// In seconds since 1970.
    pub(super) seen_at: u64,
}

/// A longer `User-Agent` is truncated: it begins with the browser's name.
const MAX_DEVICE_BYTES: usize = 160;

/// Cognito's are UUIDs. A longer one is left out.
const MAX_ORIGIN_JTI_BYTES: usize = 128;

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

    /// Empty if it cannot be sealed: the session is then listed without it.
    pub(super) fn seal(&self, keys: &SessionKeys, key: &SessionKey) -> Vec<u8> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let sealed = keys.seal(Purpose::Note, key.as_bytes(), self.seen_at, &text);
        sealed.filter(|sealed| sealed.len() <= MAX_NOTE_BYTES).unwrap_or_default()
    }

    /// `None` for a note of another session, or under a key that was removed.
    pub(super) fn open(sealed: &[u8], keys: &SessionKeys, key: &SessionKey) -> Option<Self> {
        let (_, text) = keys.open(Purpose::Note, key.as_bytes(), sealed)?;
        serde_json::from_slice(&text).ok()
    }
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests {
    use super::*;

    #[test]
    fn a_note_opens_for_its_own_session() {
        let keys = SessionKeys::random().unwrap();
        let (key, other) = (SessionKey::from_bytes([1; 32]), SessionKey::from_bytes([2; 32]));
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, format!("\"{}", "x".repeat(500)).parse().unwrap());
        let note = Note::of(&headers, Some(&"j".repeat(128)), 77);
        assert_eq!(note.device, "x".repeat(160));
        let sealed = note.seal(&keys, &key);
        assert!((1..=MAX_NOTE_BYTES).contains(&sealed.len()), "{}", sealed.len());
        assert_eq!(Note::open(&sealed, &keys, &key), Some(note));
        assert_eq!(Note::open(&sealed, &keys, &other), None);
        assert_eq!(Note::open(&sealed, &SessionKeys::random().unwrap(), &key), None);
        assert_eq!(Note::open(b"", &keys, &key), None);
    }

    #[test]
    fn an_id_that_is_too_long_is_left_out() {
        let note = Note::of(&HeaderMap::new(), Some(&"j".repeat(129)), 7);
        assert_eq!(note, Note { origin_jti: None, device: String::new(), seen_at: 7 });
    }
}
