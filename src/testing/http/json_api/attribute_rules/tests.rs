//! Tests of `testing::http::json_api::attribute_rules`.

use super::*;

#[test]
fn attributes_have_rules() {
    for (name, value) in [
        ("email", "alice@example.com"),
        ("phone_number", "+15555550100"),
        ("name", ""),
        ("custom:tenant", "acme"),
    ] {
        assert_eq!(check_writable(name, value), Ok(()), "{name}");
    }
    for (name, value, exception) in [
        ("sub", "1", "InvalidParameterException"),
        ("email_verified", "true", "NotAuthorizedException"),
        ("phone_number_verified", "true", "NotAuthorizedException"),
        ("email", "alice", "InvalidParameterException"),
        ("email", "a@b@c", "InvalidParameterException"),
        ("phone_number", "5555550100", "InvalidParameterException"),
        ("phone_number", "+1555 5550100", "InvalidParameterException"),
        ("tenant", "acme", "InvalidParameterException"),
    ] {
        let refusal = check_writable(name, value).unwrap_err();
        assert_eq!(refusal.exception, exception, "{name} {value}");
    }
}
