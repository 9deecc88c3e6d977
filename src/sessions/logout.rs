//! `POST /logout` and `GET /logged-out`.

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::Deserialize;

use super::error::SessionError;
use super::page::SessionPage;
use super::query::{MAX_BYTES, has_parameter, parameter};
use super::request_kind::{accepts_html, is_own_image};
use super::session_cookie::SessionCookie;
use super::{BrowserSessions, answer};
use crate::bearer::cookie::find_all;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const CACHE: HeaderValue = HeaderValue::from_static("\"cache\"");

/// How many cookies of the session's name a sign-out tries.
const MOST_COOKIES: usize = 4;

/// Whether a query or a form asks for all sessions; `None` for a value other than `true` and `false`.
fn everywhere(text: &[u8]) -> Option<bool> {
    if text.len() > MAX_BYTES {
        return None;
    }
    match (parameter(text, "everywhere").as_deref(), has_parameter(text, "everywhere")) {
        (None, false) | (Some("false"), _) => Some(false),
        (Some("true"), _) => Some(true),
        _ => None,
    }
}

/// What a script may send in place of a form.
#[derive(Deserialize)]
struct LogoutBody {
    #[serde(default)]
    everywhere: bool,
}

/// The same of a body: a form, or a JSON object, whatever its type says. A body of a type that is neither
/// is not understood.
fn everywhere_in_body(headers: &HeaderMap, body: &[u8]) -> Option<bool> {
    let media_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let media_type = media_type.split(|byte| *byte == b';').next().unwrap_or_default();
    let is_read =
        [&b""[..], b"application/x-www-form-urlencoded", b"application/json", b"text/plain"]
            .iter()
            .any(|known| media_type.trim_ascii().eq_ignore_ascii_case(known));
    match body.trim_ascii_start().first() {
        None => Some(false),
        _ if !is_read || body.len() > MAX_BYTES => None,
        Some(b'{') => serde_json::from_slice(body).ok().map(|body: LogoutBody| body.everywhere),
        Some(_) => everywhere(body),
    }
}

impl BrowserSessions {
    /// Neither verifies nor refreshes the tokens: a session can also be ended after its token has
    /// expired, or after its user was signed out.
    pub(super) async fn logout(&self, request: &Parts, body: &[u8]) -> Response<String> {
        // Also without the cookie: a browser does not send it with another site's form, but accepts the
        // cookies of the response.
        if let Err(error) = self.check_origin(request) {
            return self.answer_error(request, &error);
        }
        let query = request.uri.query().unwrap_or_default();
        let in_query = everywhere(query.as_bytes());
        let in_body = everywhere_in_body(&request.headers, body);
        let (Some(in_query), Some(in_body)) = (in_query, in_body) else {
            // A user who asked for all sessions must not believe that they have ended.
            let message = "everywhere is true or false, in a form or in JSON.";
            let page = SessionPage::new("invalid_everywhere", StatusCode::BAD_REQUEST, message);
            return answer::page_or_json(&request.headers, &self.0.pages, &page);
        };
        match self.leave(request, in_query || in_body).await {
            Ok(()) => self.signed_out(request),
            // The cookie stays, so that the user can try again.
            Err(error) => self.answer_error(request, &error),
        }
    }

    async fn leave(&self, request: &Parts, everywhere: bool) -> Result<(), SessionError> {
        // A sibling domain or another path may have set a cookie of the same name: the one that opens a
        // session is ours.
        let values = find_all(&request.headers, self.0.cookies.session()).take(MOST_COOKIES);
        for cookie in values.filter_map(SessionCookie::parse).map(Arc::new) {
            let Some(opened) = self.open_to_end(&cookie).await? else { continue };
            if everywhere {
                self.end_all(&opened.record).await?;
            } else {
                self.end_record(&cookie, &opened.record).await?;
            }
        }
        Ok(())
    }

    fn signed_out(&self, request: &Parts) -> Response<String> {
        let settings = &self.0;
        let to = settings.logout_to.as_deref().unwrap_or(&settings.routes.logged_out);
        let mut response = if accepts_html(&request.headers) {
            answer::redirect(to)
        } else {
            // A script would follow a redirect to another origin, and could not read the response.
            answer::ok(&serde_json::json!({ "logout": to }))
        };
        let cookies = &settings.cookies;
        let clear = cookies.clear(cookies.session(), settings.same_site);
        answer::add_cookie(&mut response, clear);
        let count = cookies.clear(&cookies.sign_in_count(), Self::RETURNING);
        answer::add_cookie(&mut response, count);
        if settings.clear_cache {
            response.headers_mut().insert(CLEAR_SITE_DATA, CACHE);
        }
        answer::vary(&mut response);
        response
    }

    /// An image on the page makes the browser drop the pages that it keeps for the back button. The
    /// response to `POST /logout` cannot do that: the page with the form enters the back/forward cache
    /// later, when the next page is shown. A request for the image from another site clears nothing.
    pub(super) fn logged_out(&self, request: &Parts) -> Response<String> {
        let clears = self.0.clear_cache;
        if clears && is_own_image(&request.headers) {
            let mut response = answer::empty(StatusCode::NO_CONTENT);
            response.headers_mut().insert(CLEAR_SITE_DATA, CACHE);
            return response;
        }
        let login = &self.0.routes.login;
        let page = SessionPage::new("signed_out", StatusCode::OK, "You are signed out.");
        let mut page = page.link(login, "Sign in");
        page.clear_image = clears.then(|| format!("{}?clear", self.0.routes.logged_out));
        answer::page(&self.0.pages, &page)
    }
}

#[cfg(test)]
mod tests;
