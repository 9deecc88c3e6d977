//! Tests of `direct::input`.

use super::*;

#[test]
fn what_cognito_would_call_a_wrong_parameter_is_refused_here() {
    let refused = |result: Result<(), AuthError>| result.is_err();
    let long = "a".repeat(129);
    for (name, is_refused) in [
        ("alice", false),
        ("é", false),
        ("", true),
        ("a b", true),
        ("a\n", true),
        ("a\u{200b}b", true),
        ("\u{feff}a", true),
        ("a\u{e000}", true),
        ("a\u{e007f}", true),
        ("a\u{10fffd}", true),
        ("e\u{301}\u{fe0f}😀", false),
        ("\u{378}", false),
        (&long, true),
    ] {
        assert_eq!(refused(user_name(name)), is_refused, "{name}");
    }
    for (text, old, new) in [
        ("", true, true),
        ("12345", false, true),
        ("pässwö", false, false),
        ("a b c d", false, false),
        (" a b c d", false, true),
        ("a b c d\n", false, true),
        ("\u{b}abcdefg", false, true),
        ("\u{a0}abcdefg", false, false),
        (&"a".repeat(256), false, false),
        (&"a".repeat(257), true, true),
    ] {
        assert_eq!(refused(password(&text.into())), old, "{text}");
        assert_eq!(refused(new_password(&text.into())), new, "{text}");
    }
    for (text, is_code, is_six) in [
        ("123456", true, true),
        ("12345", true, false),
        ("12 345", false, false),
        ("", false, false),
    ] {
        assert_eq!(!refused(code(&text.into())), is_code, "{text}");
        assert_eq!(!refused(six_digits(&text.into())), is_six, "{text}");
    }
    for (text, fits) in [("{}", true), ("[]", false), ("", false), (r#"{"a":1,"a":2}"#, false)] {
        assert_eq!(!refused(json_object("the passkey", text)), fits, "{text}");
    }
    for (name, length, fits) in [
        ("name", 2048, true),
        ("name", 2049, false),
        ("", 1, false),
        ("custom:tenant", 0, true),
        ("two words\t", 0, true),
        ("\u{a0}", 0, false),
        ("a\u{200d}", 0, false),
        (&long[..32], 0, true),
        (&long[..33], 0, false),
    ] {
        assert_eq!(!refused(attribute(name, &"x".repeat(length))), fits, "{name} {length}");
    }
    for (key, fits) in [
        ("eu-west-1_a1b2c3d4-5678-90ab-cdef-000000000001", true),
        ("us_gov_west-1_0", true),
        (&format!("{}_0", &long[..53]), true),
        (&format!("{}_0", &long[..54]), false),
        ("eu-west-1", false),
        ("_0", false),
        ("eu-west-1_", false),
        ("eu-west-1_xyz", false),
        ("eu-west-1_A", false),
        ("eü_0", false),
    ] {
        assert_eq!(!refused(device_key(key)), fits, "{key}");
    }
    for (length, fits) in [(0, false), (1, true), (1024, true), (1025, false)] {
        assert_eq!(!refused(device_name(Some(&"é".repeat(length)))), fits, "{length}");
    }
    for (length, fits) in [(0, true), (131_072, true), (131_073, false)] {
        assert_eq!(!refused(text("the answer", &"é".repeat(length))), fits, "{length}");
    }
    assert!(refused(choice("SMS_MFA", &["EMAIL_OTP".to_owned()])));
}
