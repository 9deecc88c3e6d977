//! What keeps a browser from being sent round in circles.

use super::app::App;
use super::browser::{Browser, location};

/// The cookie that counts sign-ins has the attributes of the session's, and ends after a minute.
#[tokio::test]
async fn each_sign_in_counts_itself_for_a_minute() {
    let app = App::new();
    let mut browser = Browser::default();
    for count in 1..=4 {
        let answer = app.go_through(&mut browser, "/login", "alice").await;
        let fields = answer.headers().get_all("set-cookie").iter();
        let mut fields = fields.map(|field| field.to_str().unwrap());
        let field = fields.find(|field| field.starts_with("__Host-signed-in=")).unwrap();
        let expected =
            format!("__Host-signed-in={count}; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60");
        assert_eq!(field, expected);
    }
    // Signed in as it is, nothing is in the way; signed out, it begins anew.
    assert!(app.is_signed_in(&browser).await);
    browser.send(&app.sessions, browser.submit("/logout")).await;
    let (request, ()) = browser.visit("/orders").body(()).unwrap().into_parts();
    let answer = app.sessions.require(&request).await.unwrap_err();
    assert_eq!(location(&answer), "/login?return_to=%2Forders");
}

/// A count that no server wrote is none.
#[tokio::test]
async fn a_count_that_is_no_number_counts_nothing() {
    let app = App::new();
    for (count, status) in [
        ("2", 303),
        ("3", 400),
        ("99", 400),
        ("-9", 303),
        ("x", 303),
        ("", 303),
        ("+9", 303),
        ("003", 303),
        ("9999999999", 303),
        ("3; __Host-signed-in=3", 303),
    ] {
        let mut browser = Browser::default();
        browser.cookies.insert("__Host-signed-in".to_owned(), count.to_owned());
        let (request, ()) = browser.visit("/orders").body(()).unwrap().into_parts();
        let answer = app.sessions.require(&request).await.unwrap_err();
        assert_eq!(answer.status().as_u16(), status, "{count}");
        // A script is told as ever, and a click on "sign in" goes through.
        let (request, ()) = browser.request("GET", "/orders").body(()).unwrap().into_parts();
        assert_eq!(app.sessions.require(&request).await.unwrap_err().status(), 401, "{count}");
        let answer = browser.send(&app.sessions, browser.visit("/login")).await;
        assert_eq!(answer.status(), 303, "{count}");
    }
}
