//! Reading the cookies of a request.

use http::HeaderMap;
use http::header::COOKIE;

use crate::json::swar::before_byte;

/// The value of a cookie in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieValue<'a> {
    Absent,
    One(&'a str),
    /// A sibling domain or another path has set a cookie of the same name, and they cannot be told
    /// apart: none is used.
    Repeated,
}

/// The value of the cookie of this name.
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> CookieValue<'a> {
    let mut values = find_all(headers, name);
    match (values.next(), values.next()) {
        (None, _) => CookieValue::Absent,
        (Some(value), None) => CookieValue::One(value),
        (Some(_), Some(_)) => CookieValue::Repeated,
    }
}

/// Every value of the cookie of this name.
pub(crate) fn find_all<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    pairs(headers).filter_map(move |pair| {
        let rest = pair.strip_prefix(name.as_bytes())?.trim_ascii_start();
        Some(value(rest.strip_prefix(b"=")?))
    })
}

/// A cookie's value. One that is not text reads as empty: this crate sets no such value, but the name still
/// counts as repeated.
pub(crate) fn value(octets: &[u8]) -> &str {
    str::from_utf8(octets.trim_ascii_start()).unwrap_or_default()
}

/// Every cookie of the request, name and value together: HTTP/2 may send one field for each ([RFC 9113
/// §8.2.3](https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3)).
pub(crate) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(COOKIE).iter().flat_map(|field| Pairs(Some(field.as_bytes())))
}

/// The parts of a field between semicolons.
struct Pairs<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Pairs<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let field = self.0?;
        let (pair, rest) = field.split_at(before_byte(field, b';'));
        self.0 = rest.get(1..);
        Some(pair.trim_ascii())
    }
}

#[cfg(test)]
mod tests;
