//! The page: one template, three states.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::session::Session;

const TEMPLATE: &str = include_str!("page.html");

/// `no-store` keeps the back button from showing a page of a session that has ended.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// A redirect. The current address may contain a code or a state, which must not be cached or sent as
/// `Referer`.
pub(crate) fn redirect(to: &str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    (headers, Redirect::to(to)).into_response()
}

pub(crate) fn signed_out() -> impl IntoResponse {
    let content = "<h1>You are signed out</h1>\
         <p>Sign in to see who this server thinks you are.</p>\
         <a class=\"button\" href=\"/login\">Sign in</a>";
    (HEADERS, Html(fill("Signed out", content)))
}

pub(crate) fn signed_in<'a>(
    session: &Session,
    groups: impl Iterator<Item = &'a str>,
) -> impl IntoResponse {
    let user = &session.user;
    let name = user.attribute("name").unwrap_or(&user.username);
    let groups: Vec<&str> = groups.collect();
    let verified = match user.email_verified {
        Some(true) => " (verified)",
        Some(false) => " (not verified)",
        None => "",
    };
    let email = user.email.as_deref().map(|email| format!("{email}{verified}"));
    let rows = [
        ("User name", Some(user.username.clone())),
        ("E-mail", email),
        ("Groups", Some(groups.join(", ")).filter(|groups| !groups.is_empty())),
        ("User id", Some(user.sub.clone())),
    ];
    let rows: String = rows
        .into_iter()
        .filter_map(|(term, value)| Some((term, value?)))
        .map(|(term, value)| format!("<dt>{term}</dt><dd>{}</dd>", escape(&value)))
        .collect();
    let content = format!(
        "<h1>Hello, {}</h1><p>You are signed in.</p><dl>{rows}</dl>\
         <form method=\"post\" action=\"/sign-out\">\
         <input type=\"hidden\" name=\"form_token\" value=\"{}\">\
         <button type=\"submit\">Sign out</button></form>",
        escape(name),
        escape(&session.form_token),
    );
    (HEADERS, Html(fill("Signed in", &content)))
}

pub(crate) fn failed(status: StatusCode, message: &str) -> Response {
    let content = format!(
        "<h1>That did not work</h1><p role=\"alert\">{}</p>\
         <a class=\"button\" href=\"/\">Back</a>",
        escape(message),
    );
    (status, HEADERS, Html(fill("That did not work", &content))).into_response()
}

fn fill(title: &str, content: &str) -> String {
    TEMPLATE.replacen("{{title}}", title, 1).replacen("{{content}}", content, 1)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
