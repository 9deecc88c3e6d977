//! Tests of `sessions::acr`.

use super::*;

#[test]
fn what_can_be_asked_for() {
    let long = "a".repeat(256);
    for good in ["urn:cognito:loa:2", "a b", "https://x.example/loa#2", "phr", &long] {
        assert!(is_acr_values(good), "{good}");
    }
    let long = "a".repeat(257);
    for bad in ["", " ", "a ", " a", "a  b", "a\"b", "a\\b", "a\nb", "é", "<b>", "a,b", &long] {
        assert!(!is_acr_values(bad), "{bad:?}");
    }
}
