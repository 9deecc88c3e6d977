//! Tests of `testing::http::json_api::text_type`.

use super::*;

#[test]
fn members_are_as_long_as_they_may_be_and_of_these_characters() {
    for (kind, good, bad) in [
        (&USERNAME, "älice+1@example.com", "a b"),
        (&PASSWORD, "Pässw0rd!", "Passw0rd !"),
        (&CONFIRMATION_CODE, "123456", "123 456"),
        (&SECRET_HASH, "AbC+/_=", "a-b"),
        (&TOKEN, "a.b-c_=", "a+b"),
        (&SOFTWARE_TOKEN_CODE, "012345", "12345"),
        (&SOFTWARE_TOKEN_CODE, "012345", "12345a"),
        (&DEVICE_KEY, "eu-west-1_a1b2-c3", "eu-west-1_a1b2-g3"),
        (&DEVICE_KEY, "eu-west-1_a1b2-c3", "a1b2-c3"),
        (&ATTRIBUTE_NAME, "custom:a b", "a\u{7}"),
        (&SESSION, "01234567890123456789", "0123456789012345678"),
    ] {
        assert_eq!(kind.check("member", good), Ok(()), "{good}");
        let message = kind.check("member", bad).unwrap_err().message;
        assert!(message.contains("at 'member'") && !message.contains(bad), "{message}");
    }
    assert_eq!(USERNAME.check("username", &"é".repeat(128)), Ok(()));
    let message = USERNAME.check("username", &"é".repeat(129)).unwrap_err().message;
    assert_eq!(
        message,
        "1 validation error detected: Value at 'username' failed to satisfy constraint: Member \
         must have length less than or equal to 128"
    );
    let message = USERNAME.check("username", "").unwrap_err().message;
    assert!(message.ends_with("length greater than or equal to 1"), "{message}");
}
