//! Ways in for the fuzz targets, which see the crate from outside: what is read of a request's cookies,
//! of an opened record and of a store. Compiled for cargo-fuzz alone, which sets `cfg(fuzzing)`.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use url::Url;

use super::cookie::{CookiePrefix, Cookies};
use super::id::{SessionKey, UserIndex};
use super::keys::{Purpose, SessionKeys};
use super::note::{self, Note};
use super::pending::{self, SignInUnderWay};
use super::record::Record;
#[cfg(feature = "redis")]
pub use super::redis::fuzzing::{member, value};
use super::session_cookie::SessionCookie;
use super::{return_to, to_login};
use crate::bearer::cookie::{self, CookieValue};

/// The app client that records are sealed for.
const CLIENT: &str = "1example23456789abcdefghij";

/// Keys that are not random, so that an input means the same in each run.
static KEYS: LazyLock<SessionKeys> = LazyLock::new(|| {
    let key = std::array::from_fn(|index| 7 + index as u8);
    SessionKeys::new(key).expect("a key ring")
});

static COOKIES: LazyLock<Cookies> =
    LazyLock::new(|| Cookies::new(CookiePrefix::Host, true, "session"));

/// The value of a session cookie: its text, the key of the record, and the secret.
pub fn session_cookie(value: &str) -> Option<(String, [u8; 32], [u8; 32])> {
    let cookie = SessionCookie::parse(value)?;
    Some((cookie.value().to_string(), *cookie.key().as_bytes(), *cookie.secret()))
}

/// The path to go to after a sign-in, or the code of the refusal.
pub fn return_to<'a>(asked: &'a str, site: &Url, own: &[&str]) -> Result<&'a str, &'static str> {
    return_to::check(asked, site, own)
}

/// Every value of the cookie of this name, and the one that counts.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &'a str) -> (Vec<&'a str>, Option<&'a str>) {
    let counts = match cookie::find(headers, name) {
        CookieValue::One(value) => Some(value),
        CookieValue::Absent | CookieValue::Repeated => None,
    };
    (cookie::find_all(headers, name).collect(), counts)
}

/// How many sign-ins the cookie `__Host-signed-in` has counted.
pub fn sign_in_count(headers: &HeaderMap) -> u32 {
    to_login::sign_in_count(headers, &COOKIES)
}

/// The cookies of sign-ins in progress to delete, for one more of this length.
pub fn surplus(headers: &HeaderMap, new_length: usize, now: u64) -> Vec<String> {
    pending::surplus(headers, &COOKIES, new_length, now)
}

/// The content of a sign-in's cookie, sealed: the cookie's name, and the octets.
pub fn seal_pending(state: &str, text: &[u8], now: u64) -> (String, Vec<u8>) {
    let name = pending::cookie_name(&COOKIES, state);
    let sealed = KEYS.seal(Purpose::SignIn, name.as_bytes(), now, text).expect("a crypto back end");
    (name, sealed)
}

/// The value of such a cookie.
pub fn pending_value(sealed: &[u8]) -> String {
    format!("v1.{}", URL_SAFE_NO_PAD.encode(sealed))
}

/// The sign-in of this state that a request's cookies have, written again.
pub fn find_pending(headers: &HeaderMap, state: &str, now: u64) -> Option<Vec<u8>> {
    let found = SignInUnderWay::find(headers, &COOKIES, &KEYS, state, now)?;
    Some(serde_json::to_vec(&found).expect("JSON"))
}

/// The opened text of a record, read and written again.
pub fn record(text: &[u8]) -> Option<Vec<u8>> {
    Record::read(text).map(|record| record.write().to_vec())
}

/// Seals a record for this cookie: the octets, and the user that it is filed under. `None` where the text
/// is no record, or one that is too large.
pub fn seal_record(text: &[u8], cookie: &str) -> Option<(Vec<u8>, [u8; 32])> {
    let (record, cookie) = (Record::read(text)?, SessionCookie::parse(cookie)?);
    let sealed = record.seal(&cookie, CLIENT).ok()?;
    Some((sealed, *record.user(CLIENT).as_bytes()))
}

/// A record that the store has for this cookie and this user: its text.
pub fn open_record(sealed: &[u8], cookie: &str, user: [u8; 32]) -> Option<Vec<u8>> {
    let cookie = SessionCookie::parse(cookie)?;
    let record = Record::open(sealed, &cookie, CLIENT, &UserIndex::from_bytes(user))?;
    Some(record.write().to_vec())
}

/// A note for the session of this key: the `origin_jti` for this user, and the text that the list shows.
pub fn seal_note(origin_jti: &str, sub: &str, text: &[u8], key: [u8; 32], now: u64) -> Vec<u8> {
    let note = Note::of(&HeaderMap::new(), Some(origin_jti), now);
    let mut sealed = note.seal(&KEYS, &SessionKey::from_bytes(key), sub);
    sealed.truncate(1 + usize::from(sealed[0]));
    sealed.extend(KEYS.seal(Purpose::Note, &key, now, text).expect("a crypto back end"));
    sealed
}

/// What a note that the store has for the session of this key shows, written again.
pub fn open_note(sealed: &[u8], key: [u8; 32]) -> Option<Vec<u8>> {
    let note = Note::open(sealed, &KEYS, &SessionKey::from_bytes(key))?;
    Some(serde_json::to_vec(&note).expect("JSON"))
}

/// The `origin_jti` in a note.
pub fn origin_jti(sealed: &[u8], key: [u8; 32], sub: &str) -> Option<String> {
    note::origin_jti(sealed, &SessionKey::from_bytes(key), sub)
}
