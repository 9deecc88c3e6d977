//! Tests of `sessions::actix`.

use super::*;

/// The two versions of the crate `http` accept the same requests today, so that none leads to it.
#[test]
fn a_request_that_one_version_of_http_alone_accepts_is_answered_with_400() {
    let response = bad_request();
    assert_eq!(response.status(), 400);
    let body = response.body();
    assert!(body.contains("invalid_request") && body.contains("cannot be read"), "{body}");
}
