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
fn times_are_within_their_bounds() {
    let of = |seconds| Duration::from_secs(seconds);
    let check = |value| times(&[("one", of(5), of(5), of(5)), ("two", value, of(2), of(4))]);
    for good in [2, 3, 4] {
        check(of(good)).unwrap();
    }
    for bad in [Duration::ZERO, of(2) - Duration::from_nanos(1), of(4) + Duration::from_nanos(1)] {
        let error = check(bad).unwrap_err();
        assert_eq!(error.code(), "out_of_range", "{bad:?}");
        assert!(error.to_string().contains("two"), "{error}");
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
