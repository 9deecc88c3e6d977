//! Any bytes as the `Authorization` field, one line a field: a token that is read is one, and it
//! was there.

#![no_main]

use cognito_auth::bearer::unverified_token;
use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append(AUTHORIZATION, value);
    }
    match unverified_token(&headers) {
        Ok(None) => assert!(!starts_with_bearer(input)),
        Ok(Some(token)) => {
            assert!((1..=DEFAULT_MAX_TOKEN_BYTES).contains(&token.len()));
            assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b)));
            assert!(starts_with_bearer(input));
            assert!(input.trim_ascii_end().ends_with(token.as_bytes()));
            assert_eq!(headers.get_all(AUTHORIZATION).iter().count(), 1);
        }
        Err(challenge) => {
            assert!([400, 401].contains(&challenge.status().as_u16()));
            assert!(!challenge.is_unavailable());
            let line = challenge.www_authenticate().unwrap();
            let known = [r#"Bearer error="invalid_request""#, r#"Bearer error="invalid_token""#];
            assert!(known.iter().any(|text| line == text));
        }
    }
});

fn starts_with_bearer(field: &[u8]) -> bool {
    let field = field.trim_ascii_start();
    field.len() > 6 && field[..6].eq_ignore_ascii_case(b"Bearer") && field[6] == b' '
}
