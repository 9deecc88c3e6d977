//! The responses: redirects, pages and JSON. None of them may be cached.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER,
    SET_COOKIE, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::page::SessionPage as Page;
use super::page::{Pages, SessionPage};
use super::request_kind::accepts_html;
use crate::bearer::challenge::RETRY_AFTER_UNAVAILABLE;
use crate::bearer::csrf;
use crate::bearer::response::{error_response, json_response};

/// A response without a body.
pub(super) fn empty(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 303: whatever the method was, the next request is a GET
/// ([RFC 9110 §15.4.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.4.4)).
pub(super) fn redirect(to: &str) -> Response<String> {
    let Ok(location) = HeaderValue::try_from(to) else {
        return error_response(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "No address.");
    };
    let mut response = empty(StatusCode::SEE_OTHER);
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

pub(super) fn ok(body: &impl Serialize) -> Response<String> {
    match serde_json::to_string(body) {
        Ok(body) => json_response(StatusCode::OK, body),
        Err(_) => error_response(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "No answer."),
    }
}

/// The page as HTML if the request accepts HTML, otherwise as JSON.
pub(super) fn page_or_json(
    headers: &HeaderMap,
    pages: &Pages,
    content: &SessionPage,
) -> Response<String> {
    page_or_json_as(accepts_html(headers), pages, content)
}

pub(super) fn page_or_json_as(
    accepts_html: bool,
    pages: &Pages,
    content: &SessionPage,
) -> Response<String> {
    let mut response = if accepts_html {
        page(pages, content)
    } else {
        error_response(content.status, content.code, content.message)
    };
    if content.status == StatusCode::SERVICE_UNAVAILABLE {
        let wait = HeaderValue::from(RETRY_AFTER_UNAVAILABLE.as_secs());
        response.headers_mut().insert(RETRY_AFTER, wait);
    }
    if content.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

pub(super) fn page(pages: &Pages, content: &Page) -> Response<String> {
    let mut response = empty(content.status);
    *response.body_mut() = pages.html(content);
    let fields = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // `no-referrer` would make the `Origin` of this page's forms `null`.
        (REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let policy = pages.content_security_policy();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// 401 for a script without a session, with the address of the login.
pub(super) fn no_session(login: &str) -> Response<String> {
    sign_in_first("no_session", login)
}

/// The same with another code.
pub(super) fn sign_in_first(code: &str, login: &str) -> Response<String> {
    let body = serde_json::json!({"error": code, "login": login}).to_string();
    let mut response = json_response(StatusCode::UNAUTHORIZED, body);
    // RFC 9110 §15.5.2 requires a challenge with every 401, and no scheme exists for cookies.
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Adds a `Set-Cookie` field, if there is one.
pub(super) fn add_cookie(response: &mut Response<String>, field: Option<HeaderValue>) {
    if let Some(field) = field {
        response.headers_mut().append(SET_COOKIE, field);
    }
}

/// Adds `Vary`: the request headers that the response depends on.
pub(super) fn vary(response: &mut Response<String>) {
    response.headers_mut().append(VARY, HeaderValue::from_static(csrf::VARY));
}

#[cfg(test)]
mod tests;
