//! Tests of `testing::http::form`.

use super::*;

#[test]
fn parameters_are_read_once_and_not_when_empty() {
    let form = FormParameters::parse(b"a=1&b=&scope=x+y%20%20z").unwrap();
    assert_eq!((form.get("a"), form.get("b"), form.get("c")), (Some("1"), None, None));
    assert_eq!(form.words("scope"), ["x", "y", "z"]);
    assert!(FormParameters::parse(b"a=1&%61=2").is_none());
}

#[test]
fn a_query_is_added_to_what_is_there() {
    assert_eq!(with_query("https://a/cb", [("code", "x y")]), "https://a/cb?code=x+y");
    assert_eq!(with_query("https://a/cb?t=1", [("code", "&")]), "https://a/cb?t=1&code=%26");
    assert_eq!(with_query("myapp://cb", [("a", "1"), ("b", "2")]), "myapp://cb?a=1&b=2");
}
