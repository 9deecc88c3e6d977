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
mod tests {
    use super::*;

    fn headers(given: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }

    const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

    #[test]
    fn pages_and_calls() {
        let mode = "sec-fetch-mode";
        for (method, given, expected) in [
            (Method::GET, &[(mode, "navigate"), HTML][..], true),
            (Method::HEAD, &[(mode, "navigate")], true),
            (Method::POST, &[(mode, "navigate"), HTML], false),
            (Method::GET, &[(mode, "cors"), HTML], false),
            (Method::GET, &[(mode, "same-origin"), ("accept", "*/*")], false),
            (Method::GET, &[(mode, "no-cors")], false),
            (Method::GET, &[(mode, "navigate"), (mode, "navigate")], false),
            (Method::GET, &[HTML], true),
            (Method::GET, &[("accept", "TEXT/HTML; q=0.5")], true),
            (Method::GET, &[("accept", "application/json"), ("accept", "text/html")], true),
            (Method::GET, &[("accept", "application/json")], false),
            (Method::GET, &[("accept", "*/*")], false),
            (Method::GET, &[], false),
            (Method::GET, &[HTML, ("x-requested-with", "XMLHttpRequest")], false),
            (Method::PUT, &[HTML], false),
        ] {
            assert_eq!(is_page(&method, &headers(given)), expected, "{method} {given:?}");
        }
    }

    #[test]
    fn what_starts_no_sign_in() {
        for (given, expected) in [
            (&[][..], true),
            (&[("sec-fetch-dest", "document")], true),
            (&[("sec-fetch-dest", "image")], false),
            (&[("sec-fetch-dest", "iframe")], false),
            (&[("sec-fetch-dest", "empty")], false),
            (&[("sec-purpose", "prefetch")], false),
            (&[("sec-purpose", "prefetch;prerender")], false),
            (&[("sec-purpose", "Prefetch")], false),
            (&[("sec-purpose", "prerender")], true),
            (&[("purpose", "prefetch")], false),
            (&[("x-moz", "prefetch")], false),
            (&[("next-router-prefetch", "1")], false),
            (&[("sec-purpose", "anonymous"), ("purpose", "prefetch")], false),
        ] {
            assert_eq!(may_start_sign_in(&headers(given)), expected, "{given:?}");
        }
    }
}
