//! A sign-out that another site's page posts: a browser sends no `SameSite=Lax` cookie with it, and
//! takes the cookies of the answer all the same.

use super::app::App;
use super::browser::Browser;

#[tokio::test]
async fn a_sign_out_posted_by_another_site_does_nothing_without_the_cookie_either() {
    let app = App::new();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = Browser::default()
            .request("POST", "/logout")
            .header("accept", "text/html")
            .header("sec-fetch-mode", "navigate")
            .header(name, value);
        let answer = Browser::default().send(&app.sessions, request).await;
        assert_eq!(answer.status(), 403, "{name}: {value}");
        for field in ["set-cookie", "clear-site-data", "location"] {
            assert!(answer.headers().get(field).is_none(), "{name}: {value}: {field}");
        }
    }
}

#[tokio::test]
async fn a_user_whose_session_is_over_can_still_leave_the_login_page() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
    assert_eq!(answer.status(), 303);
    assert!(answer.headers()["location"].to_str().unwrap().contains("/logout?"));
}
