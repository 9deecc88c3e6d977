//! A browser with a cookie jar, that is in no window.

use std::collections::BTreeMap;

use cognito_auth::sessions::BrowserSessions;
use http::header::{LOCATION, SET_COOKIE};
use http::{Request, Response};

pub(crate) const SESSION: &str = "__Host-session";

/// Sends what a browser sends, and keeps cookies by name. It knows no expiry but `Max-Age=0`.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let pairs: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        request
    }

    /// A click on a link.
    pub(crate) fn visit(&self, path: &str) -> http::request::Builder {
        self.request("GET", path)
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
    }

    /// A form of the site's own page.
    pub(crate) fn submit(&self, path: &str) -> http::request::Builder {
        self.request("POST", path)
            .header("accept", "text/html,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-site", "same-origin")
            .header("origin", "https://app.example.com")
    }

    pub(crate) async fn send(
        &mut self,
        sessions: &BrowserSessions,
        request: http::request::Builder,
    ) -> Response<String> {
        self.send_with(sessions, request, "").await
    }

    pub(crate) async fn send_with(
        &mut self,
        sessions: &BrowserSessions,
        request: http::request::Builder,
        body: &str,
    ) -> Response<String> {
        let request = request.body(body.as_bytes().to_vec()).unwrap();
        let response = sessions.handle(request).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
        self.take_cookies(&response);
        response
    }

    pub(crate) fn take_cookies<B>(&mut self, response: &Response<B>) {
        for field in response.headers().get_all(SET_COOKIE) {
            let field = field.to_str().unwrap();
            let (pair, attributes) = field.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            for attribute in ["Path=/", "HttpOnly", "SameSite=", "Secure"] {
                assert!(attributes.contains(attribute), "{field}");
            }
            assert!(!attributes.contains("Domain"), "{field}");
            if attributes.contains("Max-Age=0") && value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) fn session(&self) -> Option<&String> {
        self.cookies.get(SESSION)
    }
}

pub(crate) fn location<B>(response: &Response<B>) -> String {
    assert_eq!(response.status(), 303, "{:?}", response.headers());
    response.headers()[LOCATION].to_str().unwrap().to_owned()
}
