//! [`CookieText`]: the text of a session cookie, as the key of a map.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::sessions::session_cookie::{COOKIE_LENGTH, SessionCookie};

/// The text of a cookie. A cookie has exactly one text, so that a request's cookie is found without being
/// decoded.
///
/// No time shows a part of a text: the hash is keyed (SipHash, whose key this process draws), and the
/// comparison takes the same time wherever two texts differ.
///
/// It is on the heap: a map moves its keys when it grows, and leaves the octets that it has moved.
pub(super) struct CookieText(Box<Zeroizing<[u8; COOKIE_LENGTH]>>);

/// The map's own text, or the one of a request, which is not copied.
pub(super) trait Characters {
    fn characters(&self) -> &[u8; COOKIE_LENGTH];
}

/// Which characters of the id are hashed: 192 random bits.
const HASHED: std::ops::Range<usize> = 3..35;

impl CookieText {
    pub(super) fn of(cookie: &SessionCookie) -> Option<Self> {
        let mut text = Box::new(Zeroizing::new([0; COOKIE_LENGTH]));
        text.copy_from_slice(cookie.value().as_bytes().get(..COOKIE_LENGTH)?);
        Some(Self(text))
    }
}

impl Characters for CookieText {
    fn characters(&self) -> &[u8; COOKIE_LENGTH] {
        &self.0
    }
}

impl Characters for [u8; COOKIE_LENGTH] {
    fn characters(&self) -> &[u8; COOKIE_LENGTH] {
        self
    }
}

impl<'a> Borrow<dyn Characters + 'a> for CookieText {
    fn borrow(&self) -> &(dyn Characters + 'a) {
        self
    }
}

impl Hash for dyn Characters + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.characters()[HASHED]);
    }
}

impl PartialEq for dyn Characters + '_ {
    fn eq(&self, other: &Self) -> bool {
        is_equal(self.characters(), other.characters())
    }
}

impl Eq for dyn Characters + '_ {}

/// As the text of a request, which is looked for in the same map.
impl Hash for CookieText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let text: &dyn Characters = self;
        text.hash(state);
    }
}

impl PartialEq for CookieText {
    fn eq(&self, other: &Self) -> bool {
        is_equal(&self.0, &other.0)
    }
}

impl Eq for CookieText {}

/// Eight octets at a time, which `subtle` compares one by one.
fn is_equal(one: &[u8; COOKIE_LENGTH], other: &[u8; COOKIE_LENGTH]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks(), other.as_chunks());
    let word = |octets: &[u8; 8]| u64::from_ne_bytes(*octets);
    let words = words.iter().zip(other_words);
    let words = words.fold(0, |differ, (one, other)| differ | (word(one) ^ word(other)));
    let rest = rest.iter().zip(other_rest);
    let rest = rest.fold(0, |differ, (one, other)| differ | u64::from(one ^ other));
    (words | rest).ct_eq(&0).into()
}

#[cfg(test)]
mod tests;
