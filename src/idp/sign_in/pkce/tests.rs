//! Tests of `idp::sign_in::pkce`.

use super::*;

#[test]
fn the_challenge_is_that_of_the_rfc() {
    let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(code_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn verifiers_have_43_to_128_unreserved_characters() {
    let fits = |text: &str| check_code_verifier(&CodeVerifier::new(text));
    for good in ["a".repeat(43), "~".repeat(128), "-._~".repeat(11)] {
        fits(&good).unwrap();
    }
    let long = "a".repeat(60);
    for bad in ["", &"a".repeat(42), &"a".repeat(129), &format!("{long}+"), &format!("{long} ")] {
        assert_eq!(fits(bad).unwrap_err().code(), "input", "{bad}");
    }
}

#[test]
fn random_texts_are_verifiers_and_never_the_same() {
    let (one, other) = (random_text().unwrap(), random_text().unwrap());
    assert_eq!(one.len(), 43);
    assert_ne!(one, other);
    check_code_verifier(&CodeVerifier::new(one)).unwrap();
}
