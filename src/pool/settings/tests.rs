//! Tests of `pool::settings`.

use super::*;

#[test]
fn settings_deserialize() {
    let pool: UserPool = serde_json::from_str(
        r#"{"user_pool_id":"eu-west-1_AbCdEf123","domain":"https://auth.example.com","issuer_kind":"updated"}"#,
    )
    .unwrap();
    assert_eq!(
        pool.issuers(),
        ["https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"]
    );
    let error = serde_json::from_str::<UserPool>(r#"{"user_pool_id":"x"}"#).unwrap_err();
    assert!(error.to_string().contains("is not a user pool id"));
    let both = r#"{"user_pool_id":"eu-west-1_AbCdEf123","issuer_kind":"updated","issuers":["https://i.example"]}"#;
    let error = serde_json::from_str::<UserPool>(both).unwrap_err().to_string();
    assert!(error.contains("issuer_kind is given, too"), "{error}");
}
