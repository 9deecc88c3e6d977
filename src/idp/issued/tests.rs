//! Tests of `idp::issued`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

#[test]
fn tokens_of_up_to_64_kib_are_taken() {
    check_size("the ID token", &"a".repeat(MAX_ISSUED_TOKEN_BYTES)).unwrap();
    let error = check_size("the ID token", &"a".repeat(MAX_ISSUED_TOKEN_BYTES + 1)).unwrap_err();
    assert_eq!(error.code(), "token_too_large");
    assert_eq!(
        error.to_string(),
        "the ID token that the identity provider issued has 65537 bytes, more than the 65536 that are taken: fewer groups or claims make it smaller"
    );
}

#[test]
fn what_is_no_jwt_has_no_claims() {
    let text = URL_SAFE_NO_PAD.encode(r#"{"sub":"u"}"#);
    let twice = URL_SAFE_NO_PAD.encode(r#"{"sub":"u","sub":"v"}"#);
    let large = URL_SAFE_NO_PAD.encode(format!(r#"{{"x":"{}"}}"#, "a".repeat(40_000)));
    let sub = |token: &str| read_unverified(token, |claims| claims.raw("sub").map(str::to_owned));
    assert_eq!(sub(&format!("e30.{text}.")), Some(Some(r#""u""#.to_owned())));
    assert_eq!(sub(&format!("e30.{large}.c2ln")), Some(None));
    for token in [
        String::new(),
        text.clone(),
        format!("e30.{text}"),
        format!("e30.{text}.c2ln.x"),
        format!("e30.{twice}.c2ln"),
        format!("e30.{text}=.c2ln"),
        format!("W10.{text}.c2ln"),
        format!("e30.{text}.c2ln!"),
        format!("e30.{large}{large}.c2ln"),
    ] {
        assert_eq!(sub(&token), None, "{}", &token[..token.len().min(60)]);
    }
}
