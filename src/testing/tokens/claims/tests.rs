//! Tests of `testing::tokens::claims`.

use super::*;

#[test]
fn slashes_are_escaped_in_payloads_only() {
    let members = members([("iss", "https://a".into()), ("n", 1.into())]);
    assert_eq!(write(&members, true), r#"{"iss":"https:\/\/a","n":1}"#);
    assert_eq!(write(&members, false), r#"{"iss":"https://a","n":1}"#);
}

#[test]
fn a_machine_has_no_user_and_no_session() {
    let issuance = Issuance {
        issuer: "https://issuer".to_owned(),
        now: Duration::from_secs(1_767_225_600),
        lifetime: Duration::from_secs(3600),
        jti: "j".to_owned(),
    };
    let claims = issuance.machine("client", &["api/read".to_owned(), "api/write".to_owned()]);
    assert_eq!(
        write(&claims, true),
        r#"{"sub":"client","token_use":"access","scope":"api\/read api\/write","auth_time":1767225600,"exp":1767229200,"iat":1767225600,"iss":"https:\/\/issuer","version":2,"jti":"j","client_id":"client"}"#,
    );
}

#[test]
fn at_hash_has_22_characters() {
    assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
}

#[test]
fn verified_is_a_boolean_in_a_claim_only() {
    let attributes = [("email_verified", "true"), ("custom:age", "7")];
    let claims = as_claims(attributes.into_iter());
    assert_eq!(claims[0].1, Value::Bool(true));
    assert_eq!(claims[1].1, Value::from("7"));
}
