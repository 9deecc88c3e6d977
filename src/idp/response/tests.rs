//! Tests of `idp::response`.

use super::*;

fn answer(status: u16, retry_after: Option<&'static str>) -> ProviderResponse {
    let mut headers = HeaderMap::new();
    if let Some(text) = retry_after {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static(text));
    }
    ProviderResponse { status, headers, body: Zeroizing::default(), lost: None, sent_twice: false }
}

#[test]
fn statuses_that_need_no_body() {
    for (status, code) in [
        (204, Some("undecodable")),
        (206, Some("undecodable")),
        (302, Some("undecodable")),
        (304, Some("undecodable")),
        (403, Some("blocked")),
        (405, Some("blocked")),
        (429, Some("rate_limited")),
        (500, Some("server_error")),
        (503, Some("server_error")),
        (599, Some("server_error")),
        (200, None),
        (400, None),
        (401, None),
        (404, None),
    ] {
        let error = answer(status, None).error_by_status();
        assert_eq!(error.as_ref().map(AuthError::code), code, "{status}");
    }
}

#[test]
fn retry_after_is_bounded() {
    let read = |text| answer(429, text).retry_after();
    assert_eq!(read(Some("7")), Some(Duration::from_secs(7)));
    assert_eq!(read(Some("0")), Some(Duration::ZERO));
    assert_eq!(read(Some("99999999999999999999999999")), Some(Duration::from_secs(300)));
    for text in [None, Some(""), Some("-1"), Some("1.5"), Some("Fri, 31 Dec 1999 23:59:59 GMT")] {
        assert_eq!(read(text), None, "{text:?}");
    }
}

#[test]
fn words_lose_what_could_be_a_secret() {
    let token = "eyJraWQiOiJ4In0.eyJzdWIiOiJhIn0.c2lnbmF0dXJlc2lnbmF0dXJl";
    assert_eq!(
        without_secrets(&format!("Value '{token}' at 'accessToken' failed: é")),
        "Value '[left out]' at 'accessToken' failed: é"
    );
    assert_eq!(without_secrets("Invalid Refresh Token."), "Invalid Refresh Token.");
    assert_eq!(without_secrets(""), "");
}
