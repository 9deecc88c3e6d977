//! Tests of `sessions::page`.

use super::*;

#[test]
fn a_link_is_text() {
    let page = SessionPage::new("signed_in", StatusCode::OK, "You are signed in.");
    let mut page = page.link("/a?b=\"><script>alert('1')</script>&c", "Go on");
    page.goes_on = true;
    let html = page.html();
    assert!(!html.contains("<script"), "{html}");
    let link = "/a?b=&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;c";
    assert_eq!(html.matches(link).count(), 2, "{html}");
    assert!(html.contains("http-equiv=\"refresh\""));
    assert!(!html.contains("signed_in"));
}

#[test]
fn an_error_shows_its_code_and_goes_nowhere_by_itself() {
    let page = SessionPage::new("state_mismatch", StatusCode::BAD_REQUEST, "No.");
    let html = page.link("/login", "Sign in again").html();
    assert!(html.contains("<small>state_mismatch</small>") && html.contains("/login"));
    assert!(!html.contains("refresh"));
}

#[test]
fn an_application_has_pages_of_its_own_by_code() {
    let pages = Pages::new(|page| (page.code == "signed_out").then(|| "bye".to_owned()));
    let page = |code| SessionPage::new(code, StatusCode::OK, "x");
    assert_eq!(pages.html(&page("signed_out")), "bye");
    assert_eq!(pages.html(&page("other")), page("other").html());
}
