//! Tests of `json::index`.

use super::*;

/// Where two share a bucket, a look-up goes through all members.
#[test]
fn the_names_of_a_token_of_cognito_have_buckets_of_their_own() {
    let names = [
        "sub",
        "cognito:groups",
        "iss",
        "version",
        "client_id",
        "origin_jti",
        "event_id",
        "token_use",
        "scope",
        "auth_time",
        "exp",
        "iat",
        "jti",
        "username",
        "aud",
        "nbf",
    ];
    let mut buckets: Vec<_> = names.map(|name| bucket(name.as_bytes())).into();
    buckets.sort_unstable();
    buckets.dedup();
    assert_eq!(buckets.len(), names.len());
}
