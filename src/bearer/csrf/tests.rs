//! The table of methods and headers.

use http::Request;

use super::*;

const OWN: &str = "https://app.example.com";
const FURTHER: &str = "https://admin.example.com";
const SIBLING: &str = "https://blog.example.com";

fn rules() -> CsrfRules {
    CsrfRules::new(OWN).unwrap().allow_origin(FURTHER).unwrap()
}

fn passes(method: &str, headers: &[(&str, &str)]) -> bool {
    let mut request = Request::builder().method(method).uri("/orders");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    rules().check(&request.body(()).unwrap().into_parts().0).is_ok()
}

#[test]
fn sites_and_origins() {
    let site = "sec-fetch-site";
    let rows: &[(&[(&str, &str)], bool)] = &[
        (&[(site, "same-origin")], true),
        (&[(site, "same-origin"), ("origin", OWN)], true),
        (&[(site, "same-origin"), ("origin", "null")], true),
        (&[(site, "same-site")], false),
        (&[(site, "same-site"), ("origin", OWN)], false),
        (&[(site, "same-site"), ("origin", SIBLING)], false),
        (&[(site, "same-site"), ("origin", FURTHER)], true),
        (&[(site, "cross-site"), ("origin", FURTHER)], true),
        (&[(site, "cross-site"), ("origin", "https://evil.example")], false),
        (&[(site, "cross-site"), ("x-csrf", "1")], false),
        (&[(site, "none")], false),
        (&[(site, "none"), ("origin", OWN)], true),
        (&[(site, "none"), ("origin", "null")], false),
        (&[(site, "none"), ("x-csrf", "1")], true),
        (&[(site, "Same-Origin")], false),
        (&[(site, "anything")], false),
        (&[(site, "same-origin"), (site, "same-origin")], false),
        (&[("origin", OWN)], true),
        (&[("origin", FURTHER)], true),
        (&[("origin", SIBLING)], false),
        (&[("origin", "null")], false),
        (&[("origin", "null"), ("x-csrf", "1")], false),
        (&[("origin", "http://app.example.com")], false),
        (&[("origin", "https://app.example.com:8443")], false),
        (&[("origin", "https://app.example.com.evil.example")], false),
        (&[("origin", "https://APP.example.com")], false),
        (&[("origin", OWN), ("origin", "https://evil.example")], false),
        (&[], false),
        (&[("x-csrf", "1")], true),
        (&[("x-csrf", "0")], false),
        (&[("x-csrf", "")], false),
        (&[("x-csrf", "1"), ("x-csrf", "1")], false),
        (&[("referer", "https://app.example.com/")], false),
    ];
    for (headers, expected) in rows {
        for method in ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE", "BREW"] {
            assert_eq!(passes(method, headers), *expected, "{method} {headers:?}");
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert!(passes(method, headers), "{method} {headers:?}");
        }
        // A WebSocket is opened by GET.
        let upgrade = [headers, &[("upgrade", "h2c, WebSocket")][..]].concat();
        assert_eq!(passes("GET", &upgrade), *expected, "upgrade {headers:?}");
    }
}

#[test]
fn the_header_can_be_another() {
    let rules = rules().header(HeaderName::from_static("x-requested-by"));
    for (name, expected) in [("x-requested-by", true), ("x-csrf", false)] {
        let request = Request::post("/").header(name, "1").body(()).unwrap();
        assert_eq!(rules.check(&request.into_parts().0).is_ok(), expected, "{name}");
    }
}

#[test]
fn origins_are_compared_as_browsers_write_them() {
    for (given, written) in [
        ("https://app.example.com", OWN),
        ("https://app.example.com/", OWN),
        ("https://app.example.com:443", OWN),
        ("HTTPS://APP.example.com", OWN),
        ("http://localhost:3000", "http://localhost:3000"),
    ] {
        assert_eq!(origin_of(given).unwrap(), written, "{given}");
    }
    for bad in ["", "app.example.com", "https://a.example/x", "https://a.example?x", "null"] {
        assert_eq!(CsrfRules::new(bad).unwrap_err().code(), "url", "{bad}");
    }
    assert!(CsrfRules::new("https://u@a.example").is_err());
    assert!(CsrfRules::new("ftp://a.example").is_err());
}
