//! Tests of `sessions::request_kind`.

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
