//! The pages: one frame, a template for each content, and their headers.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cognito_auth::sessions::SessionPage;

const FRAME: &str = include_str!("html/frame.html");

/// No inline scripts and styles. `no-referrer` would make the `Origin` of the forms `null`, and they would be
/// refused.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// A page, before it is framed.
pub(crate) struct Page {
    status: StatusCode,
    title: &'static str,
    content: String,
    /// Above the content: what did not work, or what did.
    said: String,
    class: &'static str,
    retry_after: Option<u64>,
}

impl Page {
    pub(crate) fn new(title: &'static str, content: String) -> Self {
        let status = StatusCode::OK;
        Self { status, title, content, said: String::new(), class: "", retry_after: None }
    }

    /// For pages of several parts.
    pub(crate) fn wide(self) -> Self {
        Self { class: "wide", ..self }
    }

    /// Says what did not work. Fields refer to it by `aria-describedby="said"`.
    pub(crate) fn refused(self, refusal: &Said) -> Self {
        let (status, retry_after) = (refusal.status, refusal.retry_after);
        let said = format!("<p id=\"said\" role=\"alert\">{}</p>", escape(&refusal.text));
        Self { said, status, retry_after, ..self }
    }

    /// Says what was done, or what to do.
    pub(crate) fn notice(self, text: &str) -> Self {
        Self { said: format!("<p id=\"said\" role=\"status\">{}</p>", escape(text)), ..self }
    }

    pub(crate) fn maybe_refused(self, refusal: Option<&Said>) -> Self {
        match refusal {
            Some(refusal) => self.refused(refusal),
            None => self,
        }
    }
}

/// What a page says of an error, and with which status.
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
    pub(crate) retry_after: Option<u64>,
}

impl Said {
    /// What the user entered was refused.
    pub(crate) fn refused(text: impl Into<String>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self { status, text: text.into(), retry_after: None }
    }
}

/// What is around every page.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) has_outbox: bool,
}

impl Frame {
    pub(crate) fn show(self, page: Page) -> Response {
        let mut response = (page.status, HEADERS, Html(self.html(&page))).into_response();
        if let Some(seconds) = page.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// A page with an error and nothing else.
    pub(crate) fn failed(self, status: StatusCode, text: &str) -> Response {
        self.refused(&Said { status, text: text.to_owned(), retry_after: None })
    }

    pub(crate) fn refused(self, said: &Said) -> Response {
        self.show(Self::nothing_but(said, ("/", "Go to the front page"), ""))
    }

    fn nothing_but(said: &Said, (to, text): (&str, &str), code: &str) -> Page {
        let values = [("to", to), ("text", text), ("code", code)];
        let title = "That did not work";
        Page::new(title, fill(include_str!("html/failed.html"), &values)).refused(said)
    }

    /// The pages that the library serves: "signed out", and what it refuses.
    pub(crate) fn of_the_library(self, page: &SessionPage) -> String {
        let link = page.link.as_ref().map(|(to, text)| (to.as_str(), *text));
        let link = link.unwrap_or(("/", "Go to the front page"));
        if !page.status.is_success() {
            let text = page.message.to_owned();
            let said = Said { status: page.status, text, retry_after: None };
            return self.html(&Self::nothing_but(&said, link, page.code));
        }
        // Fetching it makes the browser forget the pages that it keeps for the back button.
        let image = page.clear_image.as_deref().unwrap_or_default();
        let values = [
            ("message", page.message.trim_end_matches('.')),
            ("to", link.0),
            ("text", link.1),
            ("image", image),
        ];
        self.html(&Page::new("Signed out", fill(include_str!("html/signed_out.html"), &values)))
    }

    fn html(self, page: &Page) -> String {
        let outbox = if self.has_outbox { include_str!("html/outbox_link.html") } else { "" };
        let error = if page.status.is_success() { "" } else { "Error: " };
        fill(
            FRAME,
            &[
                ("error", error),
                ("title", page.title),
                ("class", page.class),
                ("said", &page.said),
                ("content", &page.content),
                ("outbox", outbox),
            ],
        )
    }
}

/// After a form, so that a reload does not send it again.
pub(crate) fn redirect(to: &str) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Redirect::to(to)).into_response()
}

/// Puts values in the places of a template: `{{name}}` is a text, and `{{{name}}}` is HTML. A place without a
/// value stays empty.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|found| found.1);
    let (mut filled, mut rest) = (String::with_capacity(template.len()), template);
    // What was put in is not looked through again.
    while let Some((before, place)) = rest.split_once("{{") {
        filled.push_str(before);
        let (is_html, end) = if place.starts_with('{') { (true, "}}}") } else { (false, "}}") };
        let Some((name, after)) = place.trim_start_matches('{').split_once(end) else { break };
        let value = value(name).unwrap_or_default();
        if is_html {
            filled.push_str(value)
        } else {
            filled.push_str(&escape(value))
        }
        rest = after;
    }
    filled + rest
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// `GET /style.css`.
pub(crate) async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("style.css"))
}

/// `GET /passkey.js`: the only script.
pub(crate) async fn passkey_script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("passkey.js"))
}

fn file(content_type: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}
