//! Bearer tokens from the outside: whatever stands in the header, and what it leads to.
#![allow(clippy::unwrap_used)]

#[path = "bearer/jwt_bearer.rs"]
mod jwt_bearer;
#[path = "support/local_pool.rs"]
mod local_pool;
#[path = "bearer/resource_metadata.rs"]
mod resource_metadata;

use cognito_auth::bearer::unverified_token;
use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

/// Bytes that a header field can have; others never get past `HeaderValue`.
fn field() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(b"aZ0-._~+/= \t,;:\"".to_vec()),
        1 => any::<u8>(),
    ];
    let rest = prop::collection::vec(byte, 0..60);
    let scheme = prop::sample::select(vec!["", "Bearer", "Bearer ", "bEARER  ", "Basic ", "\t"]);
    (scheme, rest).prop_map(|(scheme, rest)| [scheme.as_bytes(), &rest].concat())
}

proptest! {
    #[test]
    fn no_header_panics_or_yields_a_character_outside_the_set(
        fields in prop::collection::vec(field(), 0..3),
    ) {
        let mut headers = HeaderMap::new();
        for field in &fields {
            if let Ok(value) = HeaderValue::from_bytes(field) {
                headers.append(AUTHORIZATION, value);
            }
        }
        match unverified_token(&headers) {
            Ok(Some(token)) => {
                let body = token.trim_end_matches('=');
                prop_assert!(!body.is_empty() && token.len() <= DEFAULT_MAX_TOKEN_BYTES);
                prop_assert!(body.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b)));
                prop_assert_eq!(headers.len(), 1);
            }
            Ok(None) => prop_assert!(headers.len() <= 1),
            Err(challenge) => {
                prop_assert_eq!(challenge.status(), 400);
                prop_assert_eq!(
                    challenge.www_authenticate(),
                    Some(HeaderValue::from_static(r#"Bearer error="invalid_request""#))
                );
            }
        }
    }

    #[test]
    fn every_token_of_the_set_is_read_as_it_is(
        scheme in "[Bb][Ee][Aa][Rr][Ee][Rr]",
        spaces in 1..9_usize,
        token in "[A-Za-z0-9._~+/-]{1,200}={0,3}",
    ) {
        let mut headers = HeaderMap::new();
        let value = format!("{scheme}{}{token}", " ".repeat(spaces));
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
        prop_assert_eq!(unverified_token(&headers), Ok(Some(token.as_str())));
    }
}
