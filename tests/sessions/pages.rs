//! The pages that are served.

use super::app::{App, pool};
use super::browser::Browser;

#[tokio::test]
async fn a_page_of_the_applications_own_may_have_the_form_that_signs_out() {
    let form = "<form method=post action=/logout><button>Sign out</button></form>";
    for (is_hosted, expected) in [(true, true), (false, false)] {
        let app = App::of(pool(), |builder| {
            let builder = builder.pages(|_| Some(form.to_owned()));
            if is_hosted { builder } else { builder.keep_hosted_session() }
        });
        let mut browser = Browser::default();
        let answer = browser.send(&app.sessions, browser.visit("/callback?code=a&state=b")).await;
        assert_eq!(answer.body(), form);
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        let (_, targets) = policy.split_once("form-action 'self'").unwrap();
        // The browser checks the redirect of the sign-out as well.
        let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
        let to = answer.headers()["location"].to_str().unwrap();
        let origin = url::Url::parse(to).map(|url| url.origin().ascii_serialization());
        assert_eq!(
            origin.is_ok_and(|origin| targets == format!(" {origin}")),
            expected,
            "{policy}"
        );
        assert_eq!(targets.is_empty(), !expected);
    }
}
