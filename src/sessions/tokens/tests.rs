//! What of a record is new after a refresh, and what is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

const MOST: usize = 16 * 1024;
const NOW: u64 = 13;

fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&json!({"alg": "RS256"})), part(claims), URL_SAFE_NO_PAD.encode("x"))
}

fn access_token(more: Value) -> String {
    let mut claims = json!({"iss": "https://new", "sub": "sub", "iat": 11, "exp": 12});
    let Value::Object(more) = more else { panic!("{more}") };
    claims.as_object_mut().unwrap().extend(more);
    token(&claims)
}

fn owner() -> LeaseOwner {
    LeaseOwner::from_bytes([14; 16])
}

fn with_tokens() -> Record {
    let id_token = token(&json!({"jti": "old id"}));
    Record {
        id_token: Some(id_token.into()),
        refresh_token: Some("old refresh".into()),
        origin_jti: Some("old origin".to_owned()),
        ..Record::sample()
    }
}

/// Compares all fields, in the record's encoding.
#[track_caller]
fn assert_same(one: &Record, other: &Record) {
    assert_eq!(String::from_utf8_lossy(&one.write()), String::from_utf8_lossy(&other.write()));
}

#[test]
fn every_field_of_the_tokens_is_that_of_the_new_ones() {
    let access_token = access_token(json!({"jti": "new access", "origin_jti": "new origin"}));
    let id_token = token(&json!({"jti": "new id"}));
    let mut tokens = Tokens::new(access_token.clone());
    tokens.id_token = Some(id_token.clone().into());
    tokens.refresh_token = Some("new refresh".into());
    let refreshed = with_tokens().refreshed(tokens, owner(), NOW, MOST).unwrap();
    let expected = Record {
        access_token: access_token.into(),
        id_token: Some(id_token.into()),
        refresh_token: Some("new refresh".into()),
        issuer: "https://new".to_owned(),
        origin_jti: Some("new origin".to_owned()),
        jtis: [Some("new access".to_owned()), Some("new id".to_owned())],
        issued_at: 11,
        expires_at: 12,
        refreshed_at: NOW,
        refreshed_by: owner(),
        ..Record::sample()
    };
    assert_same(&refreshed, &expected);
}

/// The ID token, the refresh token and `origin_jti`; a `jti` belongs to its token and is not kept.
#[test]
fn what_the_answer_lacks_is_that_of_before() {
    let (old, access_token) = (with_tokens(), access_token(json!({})));
    let tokens = Tokens::new(access_token.clone());
    let refreshed = old.refreshed(tokens, owner(), NOW, MOST).unwrap();
    let expected = Record {
        access_token: access_token.into(),
        issuer: "https://new".to_owned(),
        jtis: [None, Some("old id".to_owned())],
        issued_at: 11,
        expires_at: 12,
        refreshed_at: NOW,
        refreshed_by: owner(),
        ..old
    };
    assert_same(&refreshed, &expected);
}

#[test]
fn of_an_answer_that_is_of_no_use_the_refresh_token_is_kept() {
    let old = with_tokens();
    let refreshed = old.with_refresh_token("new refresh".into(), owner());
    let expected =
        Record { refresh_token: Some("new refresh".into()), refreshed_by: owner(), ..old };
    assert_same(&refreshed, &expected);
}

#[test]
fn tokens_of_another_user_or_of_no_form_make_no_record() {
    let record = with_tokens();
    for (access_token, expected) in [
        (access_token(json!({"sub": "another"})), NotRefreshed::AnotherUser),
        (token(&json!({"sub": "sub"})), NotRefreshed::Unreadable),
        ("access".to_owned(), NotRefreshed::Unreadable),
    ] {
        let refused = record.refreshed(Tokens::new(access_token), owner(), NOW, MOST);
        assert_eq!(refused.unwrap_err(), expected);
    }
    let long = access_token(json!({"jti": "x".repeat(MOST)}));
    let refused = record.refreshed(Tokens::new(long), owner(), NOW, MOST);
    assert_eq!(refused.unwrap_err(), NotRefreshed::Unreadable);
}
