//! Tests of `idp::trigger`.

use super::*;

#[test]
fn a_trigger_that_refused_and_one_that_crashed() {
    for (words, expected) in [
        ("PreSignUp failed with error Not from this domain.", Some(Trigger::Refused)),
        ("PreTokenGeneration failed with error 503.", Some(Trigger::Refused)),
        ("PreSignUp invocation failed due to configuration.", Some(Trigger::Crashed)),
        ("PreSignUp failed with error Task timed out after 5.01 seconds.", Some(Trigger::Crashed)),
        ("Unrecognizable lambda output", Some(Trigger::Crashed)),
        ("Invalid Refresh Token", None),
        ("", None),
    ] {
        assert_eq!(of(words), expected, "{words}");
    }
}
