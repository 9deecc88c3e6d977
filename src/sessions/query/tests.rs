//! Tests of `sessions::query`.

use super::*;

#[test]
fn a_parameter_counts_once() {
    for (query, expected) in [
        ("", None),
        ("a=1", Some("1")),
        ("b=2&a=1", Some("1")),
        ("a=", None),
        ("a", None),
        ("a=1&a=1", None),
        ("a=%2Fx%3Fy%3D1", Some("/x?y=1")),
        ("a=1+2", Some("1 2")),
        ("A=1", None),
    ] {
        assert_eq!(parameter(query.as_bytes(), "a").as_deref(), expected, "{query}");
    }
    let longest = format!("a=1&b={}", "x".repeat(MAX_BYTES - 6));
    assert_eq!(parameter(longest.as_bytes(), "a").as_deref(), Some("1"));
    let long = format!("a=1&b={}", "x".repeat(MAX_BYTES));
    assert_eq!(parameter(long.as_bytes(), "a"), None);
}
