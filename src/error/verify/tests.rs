//! What follows from the list of refusals.

use super::*;

#[test]
fn there_is_one_error_of_each_code_and_words_are_their_own() {
    let errors = VerifyError::one_of_each_code();
    let codes: Vec<_> = errors.iter().map(VerifyError::code).collect();
    assert_eq!(codes, VerifyError::CODES);
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), codes.len(), "two refusals have one code");
    assert!(errors.iter().all(|error| error.remedy().len() > 20));
}

#[test]
fn a_signature_is_no_json() {
    let unheard_of = VerifyError::NotJsonObject { part: Part::Signature };
    assert_eq!(unheard_of.code(), "payload_not_object");
}
