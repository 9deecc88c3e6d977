//! Tests of `testing::http::json_api::password_policy`.

use super::*;

#[test]
fn a_password_has_every_kind_of_character() {
    assert_eq!(check_password_policy("Passw0rd!"), Ok(()));
    for (password, problem) in [
        ("Pass0!", "Password not long enough"),
        ("passw0rd!", "Password must have uppercase characters"),
        ("PASSW0RD!", "Password must have lowercase characters"),
        ("Password!", "Password must have numeric characters"),
        ("Passw0rds", "Password must have symbol characters"),
        ("Passw0rdé", "Password must have symbol characters"),
    ] {
        let refusal = check_password_policy(password).unwrap_err();
        assert_eq!(refusal, ApiError::password_policy(problem), "{password}");
    }
    let refusal = check_password_policy("P0rd!").unwrap_err();
    assert_eq!(refusal.exception, "InvalidParameterException");
}
