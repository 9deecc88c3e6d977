//! Tests of `sessions::return_to`.

use super::*;

const OWN: [&str; 5] = ["/login", "/callback", "/session", "/logout", "/logged-out"];

fn checked(asked: &str) -> Result<&str, &'static str> {
    let origin = Url::parse("https://app.example.com/callback").unwrap();
    check(asked, &origin, &OWN)
}

#[test]
fn paths_of_this_site_are_accepted_as_they_are() {
    let long = format!("/{}", "a".repeat(1023));
    for good in [
        "/",
        "/orders",
        "/orders/",
        "/a?b=//h",
        "/a?b=https://h/",
        "/a?b=%0a%5c",
        "/a%20b",
        "/a%2fb",
        "/%zz",
        "/a//b",
        "/a/../b",
        "/login/x",
        "/loginx",
        "/@evil.example",
        "/:80",
        "/x;y",
        &long,
    ] {
        assert_eq!(checked(good), Ok(good), "{good}");
    }
}

#[test]
fn everything_else_is_refused() {
    let long = format!("/{}", "a".repeat(1024));
    for (bad, code) in [
        ("", "not_a_path"),
        ("orders", "not_a_path"),
        ("?x", "not_a_path"),
        ("//h", "not_a_path"),
        ("///h", "not_a_path"),
        ("/\\h", "character"),
        ("\\\\h", "character"),
        ("/a\\b", "character"),
        ("/\t/h", "character"),
        ("/\n/h", "character"),
        ("/\r\n/h", "character"),
        ("/a b", "character"),
        ("/\0", "character"),
        ("/\x7f", "character"),
        ("/\u{e9}", "character"),
        ("/\u{ff0f}h", "character"),
        ("/%09/h", "encoded_character"),
        ("/%0d%0aLocation:h", "encoded_character"),
        ("/%5ch", "encoded_character"),
        ("/%5Ch", "encoded_character"),
        ("/a%00", "encoded_character"),
        ("/a%1F", "encoded_character"),
        ("/a%7f", "encoded_character"),
        ("/..//h", "another_origin"),
        ("/.//h", "another_origin"),
        ("/a/../..//h", "another_origin"),
        ("/%2e%2e//h", "another_origin"),
        ("https:h", "not_a_path"),
        ("https://app.example.com/", "not_a_path"),
        ("https://app.example.com@evil.example/", "not_a_path"),
        ("javascript:alert(1)", "not_a_path"),
        ("/a#b", "not_a_path"),
        ("/login", "own_path"),
        ("/login?return_to=/login", "own_path"),
        ("/x/../logout", "own_path"),
        ("/./callback?code=c", "own_path"),
        ("/session", "own_path"),
        ("/logged-out", "own_path"),
        (&long, "too_long"),
    ] {
        assert_eq!(checked(bad), Err(code), "{bad:?}");
    }
}
