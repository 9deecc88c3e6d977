//! What is checked of a request before it is anyone's, and how the answer looks: as a page or as JSON.

use actix_web::{App as ActixApp, test as actix, web};
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use cognito_auth::sessions::{CurrentUser, OptionalUser, SessionLayer};
use tower::ServiceExt as _;

use super::app::App;
use super::browser::{Browser, location};

/// A visitor is let in by the optional form, a request of another site is not.
#[actix_web::test]
async fn the_optional_form_refuses_a_request_of_another_site() {
    let app = App::new();
    let alice = app.sign_in("alice").await;
    let forms = [(None, 200), (Some("https://evil.example"), 403)];
    for (origin, status) in forms {
        let request = || {
            let request = alice.request("POST", "/");
            match origin {
                Some(origin) => request.header("origin", origin),
                None => request.header("sec-fetch-site", "same-origin"),
            }
        };
        let optional = async |user: Option<CurrentUser>| format!("{}", user.is_some());
        let router = Router::new().route("/", post(optional));
        let layered = router.clone().layer(SessionLayer::new(app.sessions.clone()));
        for router in [router, layered] {
            let router = router.with_state(app.sessions.clone());
            let answer = router.oneshot(request().body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{origin:?}");
        }
        let optional = async |OptionalUser(user): OptionalUser| format!("{}", user.is_some());
        let sessions = app.sessions.clone();
        let actix_app = ActixApp::new().configure(|config| sessions.configure(config));
        let service = actix::init_service(actix_app.route("/", web::post().to(optional))).await;
        let mut asked = actix::TestRequest::post().uri("/");
        for (name, value) in request().body(()).unwrap().headers() {
            asked = asked.append_header((name.as_str(), value.as_bytes()));
        }
        let answer = actix::call_service(&service, asked.to_request()).await;
        assert_eq!(answer.status().as_u16(), status, "{origin:?}");
    }
}

/// A link in a mail: the sign-in is bound to the browser by its cookie.
#[tokio::test]
async fn a_link_of_another_site_may_lead_to_the_sign_in() {
    let app = App::new();
    let mut browser = Browser::default();
    let request = browser.visit("/login?return_to=/a").header("sec-fetch-site", "cross-site");
    let answer = browser.send(&app.sessions, request).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let request = browser.visit(&callback).header("sec-fetch-site", "cross-site");
    assert_eq!(location(&browser.send(&app.sessions, request).await), "/a");
}

/// `no-referrer` would make the `Origin` of a page's forms `null`.
#[tokio::test]
async fn pages_let_their_forms_say_where_they_come_from() {
    let app = App::new();
    let mut browser = Browser::default();
    for path in ["/callback?code=c&state=s", "/logged-out", "/login?max_age=x", "/login"] {
        let answer = browser.send(&app.sessions, browser.visit(path)).await;
        assert_eq!(answer.headers()["referrer-policy"], "same-origin", "{path}");
        if !answer.status().is_redirection() {
            let policy = answer.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"));
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        }
    }
}

/// RFC 9110 §15.5.2: every 401 has a challenge.
#[tokio::test]
async fn every_401_has_a_challenge_and_says_what_it_depends_on() {
    let app = App::new();
    let browser = Browser::default();
    for request in [
        browser.request("GET", "/orders"),
        browser.submit("/orders"),
        browser.visit("/orders").header("x-requested-with", "XMLHttpRequest").method("PUT"),
    ] {
        let (request, ()) = request.body(()).unwrap().into_parts();
        let answer = app.sessions.require(&request).await.unwrap_err();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        assert_eq!(answer.headers()["vary"], "Sec-Fetch-Site, Origin, Cookie");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
}

/// Every parameter that a link may choose where it is allowed, and none where it is not.
#[tokio::test]
async fn links_choose_what_the_login_page_shows_only_where_they_may() {
    let login = "/login?provider=Google&login_hint=a%40b.example&lang=fr";
    let expected = [("identity_provider", "Google"), ("login_hint", "a@b.example"), ("lang", "fr")];
    let allowed = App::of(super::app::pool(), |builder| builder.allow_login_parameters());
    for (app, may) in [(App::new(), false), (allowed, true)] {
        let mut browser = Browser::default();
        let answer = browser.send(&app.sessions, browser.visit(login)).await;
        let to = url::Url::parse(&location(&answer)).unwrap();
        for (name, value) in expected {
            let sent = to.query_pairs().find(|(known, _)| known == name);
            assert_eq!(sent.map(|(_, sent)| sent == value), may.then_some(true), "{name}");
        }
    }
}
