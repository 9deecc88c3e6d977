//! Every method, with every word of the browser and of a script: whether the application's handler runs, and
//! whether a sign-out does anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use cognito_auth::sessions::{CurrentUser, SessionLayer};
use tower::ServiceExt as _;

use super::app::{App, pool};
use super::browser::Browser;

const OWN: &str = "https://app.example.com";
const FURTHER: &str = "https://admin.example.com";

const METHODS: [&str; 8] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW"];
const SITES: [&str; 6] = ["", "same-origin", "same-site", "cross-site", "none", "SAME-ORIGIN"];
const ORIGINS: [&str; 6] =
    ["", OWN, FURTHER, "https://blog.example.com", "https://evil.example", "null"];
const HEADERS: [&str; 3] = ["", "1", "0"];

/// What a browser or a script says of a request.
#[derive(Debug, Clone, Copy)]
struct Said {
    method: &'static str,
    site: &'static str,
    origin: &'static str,
    header: &'static str,
}

impl Said {
    /// The rule in other words: the browser says that the page was ours; or it names a page that was let in; or
    /// it knows neither field, and a script has sent the header.
    fn is_let_in(self) -> bool {
        let changes_nothing = ["GET", "HEAD", "OPTIONS"].contains(&self.method);
        let names_a_page_let_in = match self.site {
            "SAME-ORIGIN" => false,
            "same-site" | "cross-site" => self.origin == FURTHER,
            _ => [OWN, FURTHER].contains(&self.origin),
        };
        let is_a_script = ["", "none"].contains(&self.site) && self.origin.is_empty();
        changes_nothing
            || self.site == "same-origin"
            || names_a_page_let_in
            || is_a_script && self.header == "1"
    }

    fn request(self, browser: &Browser, path: &str) -> http::request::Builder {
        let mut request = browser.request(self.method, path);
        for (name, value) in
            [("sec-fetch-site", self.site), ("origin", self.origin), ("x-csrf", self.header)]
        {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        request
    }
}

fn table() -> impl Iterator<Item = Said> {
    METHODS.into_iter().flat_map(|method| {
        SITES.into_iter().flat_map(move |site| {
            ORIGINS.into_iter().flat_map(move |origin| {
                HEADERS.into_iter().map(move |header| Said { method, site, origin, header })
            })
        })
    })
}

fn app() -> App {
    App::of(pool(), |builder| builder.allow_origin(FURTHER))
}

#[tokio::test]
async fn a_handler_runs_for_requests_of_pages_that_are_let_in_alone() {
    let (app, ran) = (app(), Arc::new(AtomicU32::new(0)));
    let browser = app.sign_in("alice").await;
    let count = || {
        let ran = Arc::clone(&ran);
        move || {
            ran.fetch_add(1, Ordering::SeqCst);
            async {}
        }
    };
    let (of_user, of_visitor, behind_layer) = (count(), count(), count());
    let router = Router::new()
        .route("/user", any(move |_: CurrentUser| of_user()))
        .route("/visitor", any(move |_: Option<CurrentUser>| of_visitor()))
        .with_state(app.sessions.clone());
    let layered = Router::new()
        .route("/layer", any(behind_layer))
        .layer(SessionLayer::new(app.sessions.clone()));
    let router = router.merge(layered);
    for said in table() {
        for path in ["/user", "/visitor", "/layer"] {
            let request = said.request(&browser, path).body(Body::empty()).unwrap();
            let before = ran.load(Ordering::SeqCst);
            let status = router.clone().oneshot(request).await.unwrap().status().as_u16();
            let times = ran.load(Ordering::SeqCst) - before;
            let expected = if said.is_let_in() { (200, 1) } else { (403, 0) };
            assert_eq!((status, times), expected, "{path} {said:?}");
        }
    }
    assert!(app.is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_sign_out_does_nothing_for_other_pages_with_the_cookie_or_without() {
    let app = app();
    let browser = app.sign_in("alice").await;
    for said in table().filter(|said| said.method == "POST" && !said.is_let_in()) {
        for browser in [&browser, &Browser::default()] {
            let request = said.request(browser, "/logout").header("accept", "text/html");
            let answer = browser.clone().send(&app.sessions, request).await;
            assert_eq!(answer.status(), 403, "{said:?}");
            for field in ["set-cookie", "location", "clear-site-data"] {
                assert!(answer.headers().get(field).is_none(), "{field} {said:?}");
            }
        }
    }
    assert!(app.is_signed_in(&browser).await);
    for said in table().filter(|said| said.method == "POST" && said.is_let_in()) {
        let mut browser = Browser::default();
        let request = said.request(&browser, "/logout").header("accept", "text/html");
        assert_eq!(browser.send(&app.sessions, request).await.status(), 303, "{said:?}");
    }
}
