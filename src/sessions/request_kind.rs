//! The kind of a request: for a page or from a script; by a user, or by the browser in advance.

use http::header::{ACCEPT, HeaderName};
use http::{HeaderMap, Method};

/// Whether the request is for a page, so that a redirect to the sign-in helps. A script that follows a
/// redirect to another origin gets an error without a reason.
pub(super) fn is_page(method: &Method, headers: &HeaderMap) -> bool {
    if ![Method::GET, Method::HEAD].contains(method) {
        return false;
    }
    match text(headers, "sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => accepts_html(headers) && !is_xml_http_request(headers),
    }
}

/// Whether the client accepts HTML, also in response to a form.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    let fields = headers.get_all(ACCEPT).iter();
    let mut ranges = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    ranges.any(|range| {
        let media_type = range.split(|byte| *byte == b';').next().unwrap_or_default();
        media_type.trim_ascii().eq_ignore_ascii_case(b"text/html")
    })
}

/// Whether the request may start a sign-in: not if the browser prefetches the page, nor for an image or
/// a frame of another page.
pub(super) fn may_start_sign_in(headers: &HeaderMap) -> bool {
    let is_document = text(headers, "sec-fetch-dest").is_none_or(|dest| dest == "document");
    is_document && !is_prefetch(headers)
}

/// Whether the request is for an image of one of this site's own pages.
pub(super) fn is_own_image(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-dest") == Some("image")
        && text(headers, "sec-fetch-site") == Some("same-origin")
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    let says_so = |name| {
        let fields = headers.get_all(HeaderName::from_static(name)).iter();
        fields.filter_map(|field| field.to_str().ok()).any(|value| {
            let first = value.split([';', ',']).next().unwrap_or_default().trim();
            first.eq_ignore_ascii_case("prefetch")
        })
    };
    says_so("sec-purpose")
        || says_so("purpose")
        || says_so("x-moz")
        || headers.contains_key(HeaderName::from_static("next-router-prefetch"))
}

fn is_xml_http_request(headers: &HeaderMap) -> bool {
    text(headers, "x-requested-with").is_some_and(|by| by.eq_ignore_ascii_case("xmlhttprequest"))
}

/// A field's text. A field that is repeated or is not text reads as a text that equals no other.
fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    let mut fields = headers.get_all(HeaderName::from_static(name)).iter();
    match (fields.next(), fields.next()) {
        (None, _) => None,
        (Some(field), None) => Some(field.to_str().unwrap_or_default()),
        (Some(_), Some(_)) => Some(""),
    }
}

#[cfg(test)]
mod tests;
