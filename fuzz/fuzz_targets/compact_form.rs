//! Any text as a token that is taken apart: what is accepted has one spelling.

#![no_main]

use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth_fuzz::encode;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|token: &str| {
    let Ok(jwt) = UnverifiedJwt::parse(token) else { return };

    assert_eq!(format!("{}.{}", jwt.signing_input(), encode(jwt.signature())), token);
    assert!(!format!("{jwt:?}").contains(token));
    let header: Map<String, Value> = jwt.unverified_header().unwrap();
    let claims: Map<String, Value> = jwt.unverified_claims().unwrap();
    assert_eq!(jwt.unverified_algorithm().as_deref(), text(&header, "alg"));
    assert_eq!(jwt.unverified_key_id().as_deref(), text(&header, "kid"));
    assert_eq!(jwt.unverified_issuer().as_deref(), text(&claims, "iss"));
    assert!(jwt.unverified_scopes().iter().all(|scope| !scope.is_empty()));
});

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}
