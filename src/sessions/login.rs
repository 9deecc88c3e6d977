//! `GET /login`: starts a sign-in.

use std::time::Duration;

use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use url::Url;

use super::cookie::SameSite;
use super::current::Slide;
use super::error::SessionError;
use super::page::SessionPage;
use super::pending::{self, ExpectedUser, SignInUnderWay};
use super::query::{has_parameter, parameter};
use super::request_kind::may_start_sign_in;
use super::requested_uri::requested_uri;
use super::session_cookie::{SessionCookie, SessionId};
use super::signed_in::SignedIn;
use super::{BrowserSessions, acr, answer, return_to};
use crate::bearer::cookie::{CookieValue, find};
use crate::error::{AuthError, InputProblem, Verdict};
use crate::idp::{SignIn, SignInRequest};
use crate::loopback::is_loopback_url;
use crate::metrics;

/// The code of a re-authentication as a different user.
pub(super) const ANOTHER_USER: &str = "another_user";

/// The parameter of a login that was redirected to the redirect URI's host before.
const MOVED: &str = "moved";

/// Why a sign-in does not start.
pub(super) enum NotBegun {
    Provider(AuthError),
    /// The session that is to be re-authenticated cannot be read.
    Session(SessionError),
    /// A malformed parameter of a re-authentication: the code of the error.
    Parameter(&'static str),
}

impl From<AuthError> for NotBegun {
    fn from(error: AuthError) -> Self {
        Self::Provider(error)
    }
}

impl From<SessionError> for NotBegun {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

/// A parameter that requests a re-authentication; an error if it is malformed.
fn proof<T>(
    query: &[u8],
    name: &str,
    read: impl FnOnce(String) -> Option<T>,
) -> Result<Option<T>, ()> {
    match (parameter(query, name), has_parameter(query, name)) {
        (None, false) => Ok(None),
        (value, _) => value.and_then(read).map(Some).ok_or(()),
    }
}

/// The class and the age that a re-authentication asks for. To ignore a malformed one would let an older or
/// weaker sign-in pass.
pub(super) fn step_up(query: &[u8]) -> Result<(Option<String>, Option<Duration>), NotBegun> {
    let acr = proof(query, "acr", |acr| acr::is_acr_values(&acr).then_some(acr));
    let acr = acr.map_err(|()| NotBegun::Parameter("invalid_acr"))?;
    let max_age = proof(query, "max_age", |age| seconds(&age));
    let max_age = max_age.map_err(|()| NotBegun::Parameter("invalid_max_age"))?;
    Ok((acr, max_age))
}

/// A number of seconds, in digits alone.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(Duration::from_secs)
}

impl BrowserSessions {
    pub(super) async fn login(&self, request: &Parts) -> Response<String> {
        let headers = &request.headers;
        if !may_start_sign_in(headers) {
            let message = "A sign-in starts only when a user opens this page.";
            let page = SessionPage::new("not_a_visit", StatusCode::FORBIDDEN, message);
            return answer::page_or_json(headers, &self.0.pages, &page);
        }
        if let Some(address) = self.own_host(request) {
            return answer::redirect(&address);
        }
        let begun = match &self.0.own_page {
            Some(path) => self.own_page_address(path, request).map(|own| answer::redirect(&own)),
            None => self.begin_sign_in(request).await,
        };
        match begun {
            Ok(response) => response,
            Err(error) => {
                let query = request.uri.query().unwrap_or_default().as_bytes();
                let asked = parameter(query, "return_to");
                let asked = asked.as_deref().unwrap_or(return_to::DEFAULT);
                match error {
                    NotBegun::Provider(error) => self.sign_in_failed(request, &error, asked),
                    NotBegun::Session(error) => self.failed(request, error.page(), asked),
                    NotBegun::Parameter(code) => {
                        let message = "A parameter of the address is malformed.";
                        let status = StatusCode::BAD_REQUEST;
                        let page = SessionPage::new(code, status, message);
                        self.failed(request, page, asked)
                    }
                }
            }
        }
    }

    async fn begin_sign_in(&self, request: &Parts) -> Result<Response<String>, NotBegun> {
        let (settings, now) = (&self.0, self.0.now());
        let query = request.uri.query().unwrap_or_default().as_bytes();
        let (acr, max_age) = step_up(query)?;
        // A re-authentication is for the session that requests it. Without a session it is an ordinary
        // sign-in.
        let is_step_up = acr.is_some() || max_age.is_some();
        let (expected, replaces) = if is_step_up {
            self.expected_user(request).await?.unzip()
        } else {
            (None, self.replaced(&request.headers).await)
        };
        let mut asked = SignInRequest::new(settings.redirect_uri.as_str());
        asked = asked.valid_for(Duration::from_secs(pending::LIFETIME));
        if let Some(scopes) = &settings.scopes {
            asked = asked.scopes(scopes.iter().map(String::as_str));
        }
        if settings.login_parameters {
            for (name, set) in HINTS {
                if let Some(value) = parameter(query, name) {
                    asked = set(asked, value);
                }
            }
        }
        if let Some(acr) = &acr {
            asked = asked.acr_values(acr.as_str());
        }
        if let Some(max_age) = max_age {
            asked = asked.max_age(max_age);
        }
        // A link may ask for `login` only: it makes the login page ask for more, and never for less.
        let prompt = parameter(query, "prompt").filter(|prompt| prompt == "login");
        if let Some(prompt) = prompt.or_else(|| settings.prompt.clone()) {
            asked = asked.prompt(prompt);
        }
        let SignIn { url, pending } = settings.identity_provider.sign_in(asked)?;
        let name = pending::cookie_name(&settings.cookies, pending.state());
        let return_to = self.return_to(parameter(query, "return_to").as_deref());
        let under_way = SignInUnderWay { pending, return_to, expected, replaces, acr };
        let value = under_way.seal(&settings.keys, &name, now);
        let value = value.ok_or(AuthError::Input {
            what: "the sign-in",
            reason: InputProblem::TooLongForACookie,
        })?;
        let mut response = answer::redirect(url.as_str());
        let length = name.len() + value.len();
        for old in pending::surplus(&request.headers, &settings.cookies, length, now) {
            let clear = settings.cookies.clear(&old, Self::RETURNING);
            answer::add_cookie(&mut response, clear);
        }
        let lifetime = Some(Duration::from_secs(pending::LIFETIME));
        let cookie = settings.cookies.set(&name, &value, Self::RETURNING, lifetime);
        answer::add_cookie(&mut response, cookie);
        Ok(response)
    }

    /// Where to go after the sign-in: the address that was asked for if it is a path of this site.
    pub(super) fn return_to(&self, asked: Option<&str>) -> String {
        let Some(asked) = asked else { return return_to::DEFAULT.to_owned() };
        let checked = return_to::check(asked, &self.0.site, &self.0.routes.all());
        checked.map(str::to_owned).unwrap_or_else(|code| {
            metrics::session("return_to_refused", code);
            tracing::debug!(target: "cognito_auth::sessions", event = "return_to_refused", code, "an address to return to was refused");
            return_to::DEFAULT.to_owned()
        })
    }

    /// The user of the current session, even if the last sign-in is too old for other requests, and the
    /// session.
    async fn expected_user(
        &self,
        request: &Parts,
    ) -> Result<Option<(ExpectedUser, SessionId)>, SessionError> {
        let found = match self.look_up(&request.headers, Slide::No).await {
            Ok(Ok(SignedIn(parts))) => Some((parts.record.sub.clone(), parts.cookie.id())),
            Ok(Err(_)) => None,
            Err(error) if error.status().is_server_error() => return Err(error),
            Err(_) => match self.session_cookie(&request.headers) {
                Some(cookie) => {
                    let opened = self.open(&cookie).await?;
                    opened.map(|opened| (opened.record.sub.clone(), cookie.id()))
                }
                None => None,
            },
        };
        Ok(found.map(|(sub, id)| (ExpectedUser { sub }, id)))
    }

    /// The session that a sign-in replaces, where the browser does not send its cookie to the callback.
    /// The cookie has to open it: a cookie with another secret ends no session. If the store does not
    /// answer, the session ends in its time.
    async fn replaced(&self, headers: &HeaderMap) -> Option<SessionId> {
        if self.0.same_site == SameSite::Lax {
            return None;
        }
        let cookie = self.session_cookie(headers)?;
        self.open(&cookie).await.ok()??;
        Some(cookie.id())
    }

    /// The session cookie of a request, if it is well-formed.
    pub(super) fn session_cookie(&self, headers: &HeaderMap) -> Option<SessionCookie> {
        match find(headers, self.0.cookies.session()) {
            CookieValue::One(value) => SessionCookie::parse(value),
            CookieValue::Absent | CookieValue::Repeated => None,
        }
    }

    /// The login's address under the redirect URI's host, if the request used another name of this
    /// site: the browser would not send a cookie of that name to the callback.
    fn own_host(&self, request: &Parts) -> Option<String> {
        let site = &self.0.site;
        let authority = request.uri.authority().map(|authority| authority.as_str());
        let host = authority.or_else(|| request.headers.get(HOST)?.to_str().ok())?;
        let asked = Url::parse(&format!("{}://{host}", site.scheme())).ok()?;
        let is_listed = self.0.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
        // Another port belongs to a proxy: if the proxy sets `Host`, a redirect would loop.
        let is_port = asked.port_or_known_default() == site.port_or_known_default();
        let is_known = is_listed || (is_port && is_loopback_url(&asked) && is_loopback_url(site));
        // A proxy that changed the host of the first request would change that of the next one.
        let has_moved = has_parameter(request.uri.query().unwrap_or_default().as_bytes(), MOVED);
        if asked.host() == site.host() || !is_known || has_moved {
            return None;
        }
        let path = requested_uri(request).path_and_query()?;
        let joint = if path.query().is_some() { '&' } else { '?' };
        Some(format!("{}{path}{joint}{MOVED}=1", site.origin().ascii_serialization()))
    }

    /// The response to a sign-in that failed.
    pub(super) fn sign_in_failed(
        &self,
        request: &Parts,
        error: &AuthError,
        return_to: &str,
    ) -> Response<String> {
        let code = error.code();
        let (status, message) = match error.verdict() {
            Verdict::Refused => {
                tracing::debug!(target: "cognito_auth::sessions", code, "a sign-in was refused");
                (StatusCode::BAD_REQUEST, "The sign-in was refused; start it again.")
            }
            Verdict::Misconfigured => {
                tracing::warn!(target: "cognito_auth::sessions", code, %error, "a sign-in failed: check the settings of this service and of the app client");
                (StatusCode::INTERNAL_SERVER_ERROR, "This service is not set up correctly.")
            }
            Verdict::Unavailable => {
                tracing::warn!(target: "cognito_auth::sessions", code, %error, "a sign-in failed: Cognito did not answer");
                let message = "The sign-in could not be finished; start it again later.";
                (StatusCode::SERVICE_UNAVAILABLE, message)
            }
        };
        self.failed(request, SessionPage::new(code, status, message), return_to)
    }

    /// An error page with a link to a new sign-in that leads to the same place.
    pub(super) fn failed(
        &self,
        request: &Parts,
        page: SessionPage,
        return_to: &str,
    ) -> Response<String> {
        // The login page's own session is older than the sign-out, and its tokens would be refused again; or
        // it is another user's, whose session would replace this one.
        let is_silent = page.status != StatusCode::UNAUTHORIZED && page.code != ANOTHER_USER;
        let more = if is_silent { &[] } else { Self::WITH_PASSWORD.as_slice() };
        let page = page.link(self.login_back_to(return_to, more), "Sign in again");
        answer::page_or_json(&request.headers, &self.0.pages, &page)
    }
}

type Hint = (&'static str, fn(SignInRequest, String) -> SignInRequest);

const HINTS: [Hint; 3] = [
    ("provider", |request, value| request.identity_provider(value)),
    ("login_hint", |request, value| request.login_hint(value)),
    ("lang", |request, value| request.lang(value)),
];
