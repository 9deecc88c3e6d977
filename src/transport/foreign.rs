//! What came where JSON was asked for, so that an error says whose answer it is.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// What came where JSON was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// A page for people: a proxy's, a firewall's, or that of another server.
    Html,
    /// A body that is compressed. Nothing here asks for it, and nothing inflates it.
    Compressed,
}

/// Looks at a body that could not be read.
pub(crate) fn foreign(headers: &HeaderMap, body: &[u8]) -> Option<Foreign> {
    const GZIP: &[u8] = b"\x1f\x8b";
    let any = |name, is: fn(&[u8]) -> bool| {
        let mut values = headers.get_all(name).iter();
        values.any(|value| is(&value.as_bytes().trim_ascii().to_ascii_lowercase()))
    };
    let encoded = any(CONTENT_ENCODING, |coding| !matches!(coding, b"" | b"identity"));
    if encoded || body.starts_with(GZIP) {
        return Some(Foreign::Compressed);
    }
    let text = body.trim_ascii_start();
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|b| b.eq_ignore_ascii_case(with));
    let is_page = begins(b"<!doctype html")
        || begins(b"<html")
        || any(CONTENT_TYPE, |media_type| media_type.starts_with(b"text/html"));
    is_page.then_some(Foreign::Html)
}
