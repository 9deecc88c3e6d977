//! Tests of `claims::acr`.

use super::*;

#[test]
fn a_class_is_the_required_one_or_a_higher_level_of_cognito() {
    let level = |level: &str| format!("urn:cognito:loa:{level}");
    for (acr, required, expected) in [
        (level("2"), level("2"), true),
        (level("3"), level("2"), true),
        (level("1"), level("2"), false),
        (level("10"), level("2"), false),
        (level(""), level("2"), false),
        (level("0"), level("0"), true),
        ("urn:other:loa:3".to_owned(), level("2"), false),
        (level("3"), "urn:other:loa:2".to_owned(), false),
        ("phr".to_owned(), "phr".to_owned(), true),
        ("phr".to_owned(), "PHR".to_owned(), false),
        ("phr".to_owned(), "mfa phr".to_owned(), true),
    ] {
        assert_eq!(is_satisfied(&required, Some(&acr)), expected, "{acr} {required}");
    }
    assert!(!is_satisfied("", None));
}
