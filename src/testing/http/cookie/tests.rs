//! Tests of `testing::http::cookie`.

use super::*;

#[test]
fn cookies_are_found_among_others() {
    let mut headers = HeaderMap::new();
    headers.append(COOKIE, "a=1; cognito=\"x=\"".parse().unwrap());
    headers.append(COOKIE, "XSRF-TOKEN=t".parse().unwrap());
    assert_eq!(cookie(&headers, "cognito").as_deref(), Some("x="));
    assert_eq!(cookie(&headers, "XSRF-TOKEN").as_deref(), Some("t"));
    assert_eq!(cookie(&headers, "ognito"), None);
}
