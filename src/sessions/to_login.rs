//! The response to a request without a session: a redirect to the sign-in, or 401.

use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use url::form_urlencoded;

use super::came_from::CameFrom;
use super::cookie::{Cookies, SameSite};
use super::error::SessionError;
use super::open::Missing;
use super::page::SessionPage;
use super::request_kind::{accepts_html, is_page};
use super::session_cookie::SessionCookie;
use super::{BrowserSessions, answer, return_to};
use crate::bearer::cookie::{CookieValue, find};
use crate::metrics;

/// After this many sign-ins within a minute there is no further automatic redirect: the browser keeps
/// no cookie, or each new session ends at once for another reason.
const MOST_SIGN_INS: u32 = 3;

/// The number in the cookie, if it is one that this crate writes.
pub(super) fn sign_in_count(headers: &HeaderMap, cookies: &Cookies) -> u32 {
    match find(headers, &cookies.sign_in_count()) {
        CookieValue::One(count) if count.len() <= 2 && is_digits(count) => {
            count.parse().unwrap_or(0)
        }
        _ => 0,
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl BrowserSessions {
    /// The response to a request without a session: a redirect to the sign-in for a page, 401 for
    /// everything else. A request that may change something is never redirected, and never repeated
    /// later.
    pub fn answer_no_session(&self, request: &Parts) -> Response<String> {
        let is_malformed = match find(&request.headers, self.0.cookies.session()) {
            CookieValue::One(value) => SessionCookie::parse(value).is_none(),
            CookieValue::Absent | CookieValue::Repeated => false,
        };
        let missing = if is_malformed { Missing::Malformed } else { Missing::NoCookie };
        self.answer_missing(request, missing)
    }

    /// The response to a request that is refused: a page or JSON, with the error's code.
    pub fn answer_error(&self, request: &Parts, error: &SessionError) -> Response<String> {
        if let Some(more) = error.login_parameters() {
            let mut response = self.to_login(request, &error.page(), &more);
            error.challenge(&mut response);
            return response;
        }
        let mut response = answer::page_or_json(&request.headers, &self.0.pages, &error.page());
        answer::vary(&mut response);
        response
    }

    pub(super) fn answer_missing(&self, request: &Parts, missing: Missing) -> Response<String> {
        let (status, message) = (StatusCode::UNAUTHORIZED, "You are not signed in.");
        let page = SessionPage::new("no_session", status, message);
        let mut response = self.to_login(request, &page, &[]);
        self.clear_malformed(&mut response, missing);
        response
    }

    /// Deletes a cookie that this version does not write.
    pub(super) fn clear_malformed(&self, response: &mut Response<String>, missing: Missing) {
        if missing == Missing::Malformed {
            let cookies = &self.0.cookies;
            let clear = cookies.clear(cookies.session(), self.0.same_site);
            answer::add_cookie(response, clear);
        }
    }

    /// A page is redirected to the sign-in, and back afterwards; everything else gets this 401, with the
    /// login's address. A request that may change something is never redirected, and never repeated later.
    fn to_login(
        &self,
        request: &Parts,
        refused: &SessionPage,
        more: &[(&str, &str)],
    ) -> Response<String> {
        let headers = &request.headers;
        let mut response = if !is_page(&request.method, headers) {
            let login = self.login_address(request, more);
            if accepts_html(headers) {
                let page = refused.clone().link(login, "Sign in");
                answer::page_or_json(headers, &self.0.pages, &page)
            } else {
                answer::sign_in_first(refused.code, &login)
            }
        } else if self.sign_ins(headers) >= MOST_SIGN_INS {
            metrics::session("sign_in_loop", "");
            tracing::warn!(target: "cognito_auth::sessions", code = "sign_in_loop", "a browser signed in repeatedly, and still has no session");
            let page = SessionPage::new(
                "sign_in_loop",
                StatusCode::BAD_REQUEST,
                "You signed in, but this browser sends no session cookie. Allow cookies for this site.",
            );
            let page = page.link(self.login_address(request, more), "Sign in again");
            answer::page_or_json(headers, &self.0.pages, &page)
        } else {
            answer::redirect(&self.login_address(request, more))
        };
        answer::vary(&mut response);
        response
    }

    fn login_address(&self, request: &Parts, more: &[(&str, &str)]) -> String {
        self.login_back_to(&CameFrom::of(request).path(&self.0.site), more)
    }

    /// The login's address, with the address to return to if that is a path of this site.
    pub(super) fn login_back_to(&self, return_to: &str, more: &[(&str, &str)]) -> String {
        let routes = self.0.routes.all();
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Ok(path) = return_to::check(return_to, &self.0.site, &routes)
            && path != return_to::DEFAULT
        {
            query.append_pair("return_to", path);
        }
        query.extend_pairs(more);
        let (login, query) = (&self.0.routes.login, query.finish());
        if query.is_empty() { login.clone() } else { format!("{login}?{query}") }
    }

    /// Makes the login page ask for the password, whatever session of its own it has.
    pub(super) const WITH_PASSWORD: [(&str, &str); 2] = [("prompt", "login"), ("max_age", "0")];

    /// How many sign-ins of this browser succeeded within the last minute.
    pub(super) fn sign_ins(&self, headers: &HeaderMap) -> u32 {
        sign_in_count(headers, &self.0.cookies)
    }

    /// `SameSite` of the cookies that the browser has to send when the login page redirects it back.
    pub(super) const RETURNING: SameSite = SameSite::Lax;
}
