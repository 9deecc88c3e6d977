//! Where sign-ins begin, and where they do not.

use http::StatusCode;

use super::app::{App, pool};
use super::browser::{Browser, location};

#[tokio::test]
async fn what_the_browser_fetches_by_itself_starts_nothing() {
    let app = App::new();
    let mut browser = Browser::default();
    for (name, value) in [
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("next-router-prefetch", "1"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "iframe"),
    ] {
        let request = browser.request("GET", "/login").header(name, value);
        let answer = browser.send(&app.sessions, request).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(answer.headers().get("set-cookie").is_none(), "{name}: {value}");
    }
    let answer = browser.send(&app.sessions, browser.request("HEAD", "/login")).await;
    assert_eq!((answer.status().as_u16(), browser.cookies.len()), (200, 0));
    let answer = browser.send(&app.sessions, browser.request("POST", "/login")).await;
    assert_eq!(answer.status(), 405);
}

#[tokio::test]
async fn what_is_no_path_of_this_site_is_not_returned_to() {
    let app = App::new();
    for bad in
        ["//evil.example", "/\\evil.example", "https:evil.example", "/%09/h", "/logout", "/..//h"]
    {
        let mut browser = Browser::default();
        let query: String = url::form_urlencoded::byte_serialize(bad.as_bytes()).collect();
        let login = format!("/login?return_to={query}");
        let answer = app.go_through(&mut browser, &login, "alice").await;
        assert_eq!(location(&answer), "/", "{bad}");
    }
}

#[tokio::test]
async fn links_choose_a_provider_only_where_they_may() {
    let asked = |answer: &http::Response<String>| {
        let url = url::Url::parse(&location(answer)).unwrap();
        let pair = url.query_pairs().find(|(name, _)| name == "identity_provider");
        pair.map(|(_, value)| value.into_owned())
    };
    let mut browser = Browser::default();
    for (app, expected) in [
        (App::new(), None),
        (App::of(pool(), |builder| builder.allow_login_parameters()), Some("Google".to_owned())),
    ] {
        let answer = browser.send(&app.sessions, browser.visit("/login?provider=Google")).await;
        assert_eq!(asked(&answer), expected);
    }
}

#[tokio::test]
async fn a_sign_in_begins_under_the_name_that_the_callback_has() {
    let app = App::of(pool(), |builder| builder.also_known_as("www.app.example.com"));
    let mut browser = Browser::default();
    for (host, expected) in [
        ("www.app.example.com", Some("https://app.example.com/login?return_to=/a&moved=1")),
        ("app.example.com", None),
        ("evil.example", None),
    ] {
        let request = browser.visit("/login?return_to=/a").header("host", host);
        let answer = browser.send(&app.sessions, request).await;
        let to = location(&answer);
        match expected {
            Some(expected) => assert_eq!(to, expected, "{host}"),
            None => assert!(to.contains("/oauth2/authorize"), "{host}: {to}"),
        }
    }
}

/// A proxy that writes the other name into every request.
#[tokio::test]
async fn a_login_is_sent_to_the_other_name_once() {
    let app = App::of(pool(), |builder| builder.also_known_as("www.app.example.com"));
    let mut browser = Browser::default();
    for login in ["/login", "/login?return_to=/a"] {
        let request = browser.visit(login).header("host", "www.app.example.com");
        let to = location(&browser.send(&app.sessions, request).await);
        let path = to.strip_prefix("https://app.example.com").unwrap();
        let request = browser.visit(path).header("host", "www.app.example.com");
        let to = location(&browser.send(&app.sessions, request).await);
        assert!(to.contains("/oauth2/authorize"), "{to}");
    }
}

/// On plain `http` there is no prefix and no `Secure`; `localhost` and `127.0.0.1` are one site.
#[tokio::test]
async fn on_loopback_a_sign_in_begins_under_the_name_that_the_callback_has() {
    let local = "http://localhost:3000/callback";
    let app = App::of(pool(), |builder| builder);
    app.provider.pool.add_redirect_uri(local).unwrap();
    let sessions = app.builder().redirect_uri(local).build().unwrap();
    let browser = Browser::default();
    for (host, expected) in [
        ("127.0.0.1:3000", "http://localhost:3000/login?return_to=/a&moved=1"),
        ("[::1]:3000", "http://localhost:3000/login?return_to=/a&moved=1"),
    ] {
        let request = browser.visit("/login?return_to=/a").header("host", host);
        let answer = sessions.handle(request.body(Vec::new()).unwrap()).await;
        assert_eq!(location(&answer), expected, "{host}");
        assert!(answer.headers().get("set-cookie").is_none());
    }
    // Another port is that of a proxy, which may write `Host` itself: it would go in circles.
    for host in ["127.0.0.1:5173", "localhost", "app.example.com:3000"] {
        let request = browser.visit("/login").header("host", host);
        let answer = sessions.handle(request.body(Vec::new()).unwrap()).await;
        assert!(location(&answer).contains("/oauth2/authorize"), "{host}");
    }
    let request = browser.visit("/login").header("host", "localhost:3000");
    let answer = sessions.handle(request.body(Vec::new()).unwrap()).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("signin-") && !cookie.contains("Secure"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
}

#[tokio::test]
async fn a_link_may_ask_for_the_password_and_for_no_other_prompt() {
    let app = App::new();
    let mut browser = Browser::default();
    for (query, expected) in [
        ("", None),
        ("?prompt=login", Some("login")),
        ("?prompt=none", None),
        ("?prompt=login%20consent", None),
    ] {
        let answer = browser.send(&app.sessions, browser.visit(&format!("/login{query}"))).await;
        let url = url::Url::parse(&location(&answer)).unwrap();
        let prompt = url.query_pairs().find(|(name, _)| name == "prompt");
        assert_eq!(prompt.as_ref().map(|(_, value)| &**value), expected, "{query}");
    }
}

#[tokio::test]
async fn a_second_tab_leaves_the_sign_in_of_the_first_one() {
    let app = App::new();
    let mut browser = Browser::default();
    let first = browser.send(&app.sessions, browser.visit("/login?return_to=/first")).await;
    browser.send(&app.sessions, browser.visit("/login?return_to=/second")).await;
    assert_eq!(browser.cookies.len(), 2);
    let callback = app.at_login_page(&location(&first), "alice");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/first");
}
