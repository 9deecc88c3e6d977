//! Tests of `sessions::builder::checks`.

use super::*;

#[test]
fn redirect_uris_of_web_sites() {
    for good in [
        "https://app.example.com/callback",
        "http://localhost:3000/callback",
        "http://127.0.0.1:8080/auth/callback",
    ] {
        site(good).unwrap();
    }
    for (bad, code) in [
        ("", "missing"),
        ("/callback", "url"),
        ("http://app.example.com/callback", "url"),
        ("myapp://callback", "url"),
        ("https://app.example.com/callback?x=1", "url"),
        ("https://app.example.com/callback#x", "url"),
    ] {
        assert_eq!(site(bad).unwrap_err().code(), code, "{bad}");
    }
}

#[test]
fn cookie_names() {
    for good in ["session", "sid", "my_app.session-2"] {
        cookie_name(good).unwrap();
    }
    let long = "a".repeat(65);
    for bad in ["", "a b", "a=b", "a;b", "a\"", "é", "signin-0", "signed-in", &long] {
        assert!(cookie_name(bad).is_err(), "{bad}");
    }
}
