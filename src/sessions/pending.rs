//! Sign-ins in progress, each in an encrypted cookie of its own: the server stores nothing before there
//! is a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::cookie::{Cookies, with_prefix};
use super::keys::{Purpose, SessionKeys, sealed_at};
use super::return_to;
use super::session_cookie::SessionId;
use crate::bearer::cookie::{CookieValue, find};
use crate::idp::PendingSignIn;

/// The lifetime of a sign-in in progress, in seconds.
pub(super) const LIFETIME: u64 = 600;

/// How many sign-ins one browser may have in progress: tabs, and a few that were abandoned.
const MOST: usize = 5;

/// How many cookies one response deletes: each is a header field, and a browser may send thousands.
const MOST_CLEARED: usize = 20;

/// The size of all cookies of sign-ins in progress of one browser, in bytes. A browser sends them with
/// every request, and servers refuse a request with too large a header.
const MOST_BYTES: usize = 6 * 1024;

/// The longest value of one cookie, in bytes. Browsers drop a cookie of more than 4096 bytes, its name
/// included.
const MAX_VALUE_BYTES: usize = 3800;

/// How far ahead of this machine's clock a cookie may have been sealed, in seconds: by another machine,
/// or by this one before its clock was set back.
const CLOCK_DIFFERENCE: u64 = 90;

/// The version of the cookie's format.
const VERSION: &str = "v1.";

/// A sign-in in progress.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInUnderWay {
    pub(super) pending: PendingSignIn,
    pub(super) return_to: String,
    /// The user who has to sign in, if this is a re-authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<ExpectedUser>,
    /// The session that the new one replaces: the browser does not send a `SameSite=Strict` cookie to
    /// the callback. By its id, which a copy of the store does not have: the holder of the keys names no
    /// other user's session.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "in_base64")]
    pub(super) replaces: Option<SessionId>,
    /// The requested authentication context classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) acr: Option<String>,
}

/// The user and the session of a re-authentication. It fails if that session has ended meanwhile.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedUser {
    pub(super) sub: String,
}

mod in_base64 {
    use base64::Engine as _;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{SessionId, URL_SAFE_NO_PAD, Zeroizing};
    use crate::jwt::decode_exact;

    pub(super) fn serialize<S: Serializer>(
        id: &Option<SessionId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = id.as_ref().map(|id| Zeroizing::new(URL_SAFE_NO_PAD.encode(id.as_bytes())));
        match text {
            Some(text) => serializer.serialize_str(&text),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SessionId>, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let mut bytes = [0; 32];
        decode_exact(&text, &mut bytes).ok_or_else(|| D::Error::custom("not a session's id"))?;
        Ok(Some(SessionId::from_bytes(bytes)))
    }
}

/// The name of a sign-in's cookie, from a digest of its state: the state cannot be computed from it.
pub(super) fn cookie_name(cookies: &Cookies, state: &str) -> String {
    let digest = Sha256::digest(state);
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}{hex}", cookies.sign_in_prefix())
}

impl SignInUnderWay {
    /// The cookie's value. A return path that would make it too long is left out.
    pub(super) fn seal(
        &self,
        keys: &SessionKeys,
        cookie_name: &str,
        now: u64,
    ) -> Option<Zeroizing<String>> {
        let value = self.seal_as_it_is(keys, cookie_name, now)?;
        if value.len() <= MAX_VALUE_BYTES {
            return Some(value);
        }
        let shorter = Self { return_to: return_to::DEFAULT.to_owned(), ..self.clone() };
        let value = shorter.seal_as_it_is(keys, cookie_name, now)?;
        (value.len() <= MAX_VALUE_BYTES).then_some(value)
    }

    fn seal_as_it_is(
        &self,
        keys: &SessionKeys,
        cookie_name: &str,
        now: u64,
    ) -> Option<Zeroizing<String>> {
        let text = Zeroizing::new(serde_json::to_vec(self).ok()?);
        let sealed = keys.seal(Purpose::SignIn, cookie_name.as_bytes(), now, &text)?;
        Some(Zeroizing::new(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(sealed))))
    }

    /// The sign-in with this state. `None` if it began in another browser or too long ago, or was
    /// sealed under a key that is no longer in the ring.
    pub(super) fn find(
        headers: &HeaderMap,
        cookies: &Cookies,
        keys: &SessionKeys,
        state: &str,
        now: u64,
    ) -> Option<Self> {
        let name = cookie_name(cookies, state);
        let CookieValue::One(value) = find(headers, &name) else { return None };
        let (begun, text) = keys.open(Purpose::SignIn, name.as_bytes(), &decode(value)?)?;
        let is_in_time =
            now < begun.saturating_add(LIFETIME) && begun <= now.saturating_add(CLOCK_DIFFERENCE);
        is_in_time.then(|| serde_json::from_slice(&text).ok()).flatten()
    }
}

/// The cookies to delete, to make room for one more of this length: those that no longer open, then the
/// oldest.
pub(super) fn surplus(
    headers: &HeaderMap,
    cookies: &Cookies,
    new_length: usize,
    now: u64,
) -> Vec<String> {
    let prefix = cookies.sign_in_prefix();
    let is_ours = |name: &str| {
        let id = name.strip_prefix(&prefix).unwrap_or_default();
        id.len() == 16 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut known: Vec<(u64, &str, usize)> = with_prefix(headers, &prefix)
        .filter(|(name, _)| is_ours(name))
        .map(|(name, value)| (begun(value).unwrap_or(0), name, name.len() + value.len() + 3))
        .collect();
    // The time of sealing is not authenticated here: a browser that changes it changes only which of
    // its own sign-ins ends.
    known.sort_unstable_by_key(|(begun, ..)| std::cmp::Reverse(*begun));
    let (mut count, mut bytes) = (1, new_length);
    let mut surplus = Vec::new();
    for (begun, name, length) in known {
        let is_over = now >= begun.saturating_add(LIFETIME);
        if is_over || count >= MOST || bytes + length > MOST_BYTES {
            if surplus.len() < MOST_CLEARED {
                surplus.push(name.to_owned());
            }
        } else {
            count += 1;
            bytes += length;
        }
    }
    surplus
}

fn begun(value: &str) -> Option<u64> {
    sealed_at(&decode(value)?)
}

fn decode(value: &str) -> Option<Vec<u8>> {
    let text = value.strip_prefix(VERSION)?;
    (text.len() <= MAX_VALUE_BYTES).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
#[path = "pending/tests.rs"]
mod tests;
