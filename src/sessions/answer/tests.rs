//! Tests of `sessions::answer`.

use super::*;

#[test]
fn a_401_has_a_challenge_and_a_503_says_when_to_come_again() {
    for (status, challenge, wait) in
        [(400, None, None), (401, Some("Bearer"), None), (503, None, Some("5"))]
    {
        let page = SessionPage::new("code", StatusCode::from_u16(status).unwrap(), "No.");
        for accepts_html in [true, false] {
            let response = page_or_json_as(accepts_html, &Pages::default(), &page);
            let field = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(response.status(), status);
            assert_eq!(
                (field(WWW_AUTHENTICATE), field(RETRY_AFTER)),
                (challenge, wait),
                "{status}"
            );
        }
    }
}
