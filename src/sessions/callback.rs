//! The redirect URI: a browser comes back from the login page, and gets a session.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::cookie::{CookieValue, SameSite, find};
use super::current::Slide;
use super::hook::{MAX_APP_DATA_BYTES, NewSignIn, SignInDecision};
use super::id::{PublicSessionId, SessionCookie};
use super::note::Note;
use super::page::SessionPage;
use super::pending::{self, ExpectedUser, SignInUnderWay};
use super::record::{NotSealed, Record};
use super::store::{NewSession, SessionStoreError};
use super::{BrowserSessions, answer, return_to};
use crate::claims::IdTokenChecks;
use crate::error::{AuthError, VerifyError};
use crate::idp::{AuthCode, Callback, Tokens};
use crate::task;

/// Why there is no session at the end of a sign-in.
enum Failed {
    Provider(AuthError),
    Page(SessionPage),
}

/// A session that has begun.
struct Begun {
    cookie: SessionCookie,
    ends_at: u64,
}

fn page(code: &'static str, status: StatusCode, message: &'static str) -> Failed {
    Failed::Page(SessionPage::new(code, status, message))
}

const AGAIN: &str = "The sign-in was refused; start it again.";
const LATER: &str = "The sign-in could not be finished; start it again later.";
const SETTINGS: &str = "This service is not set up correctly.";

impl BrowserSessions {
    pub(super) async fn callback(&self, request: &Parts) -> Response<String> {
        let (settings, headers) = (&self.0, &request.headers);
        let query = request.uri.query().unwrap_or_default();
        let callback = match Callback::from_query(query) {
            Ok(callback) => callback,
            Err(error) => return self.sign_in_failed(request, &error),
        };
        let state = callback.unverified_state().unwrap_or_default();
        let under_way =
            SignInUnderWay::find(headers, &settings.cookies, &settings.keys, state, settings.now());
        let Some(under_way) = under_way else { return self.not_under_way(request).await };
        let name = pending::cookie_name(&settings.cookies, state);
        let now = (settings.clock)();
        let return_to = self.return_to(Some(&under_way.return_to));
        let begun = match under_way.pending.accept_at(&callback, now) {
            Ok(code) => self.exchange(headers, code, under_way.expected).await,
            Err(error) => Err(Failed::Provider(error)),
        };
        let mut response = match begun {
            Ok(begun) => self.signed_in_answer(headers, &begun, &return_to),
            Err(Failed::Provider(error)) => self.sign_in_failed(request, &error),
            // The login page's own session is from before the sign-out: it has to ask for the password.
            Err(Failed::Page(page)) if page.status == StatusCode::UNAUTHORIZED => {
                let login = format!("{}?prompt=login&max_age=0", settings.routes.login);
                self.failed(request, page.link(login, "Sign in again"))
            }
            Err(Failed::Page(page)) => self.failed(request, page),
        };
        // Spent, whatever came of it.
        let clear = settings.cookies.clear(&name, Self::RETURNING);
        answer::add_cookie(&mut response, clear);
        response
    }

    /// No cookie of this sign-in: it was begun in another browser, took too long, or is over. Never a
    /// redirect to the login: a browser that keeps no cookies would go round for ever.
    async fn not_under_way(&self, request: &Parts) -> Response<String> {
        tracing::debug!(target: "cognito_auth::sessions", event = "pending_missing", "a callback without its sign-in");
        // Reload, or the back button.
        if let Ok(Ok(_)) = self.look_up(&request.headers, Slide::No).await {
            return answer::redirect(return_to::DEFAULT);
        }
        let message = "This sign-in is over, or was started in another browser.";
        let page = SessionPage::new("sign_in_not_started", StatusCode::BAD_REQUEST, message);
        self.failed(request, page)
    }

    /// The code is spent from here on: a browser that leaves must not leave a session behind that no
    /// cookie leads to.
    async fn exchange(
        &self,
        headers: &HeaderMap,
        code: AuthCode,
        expected: Option<ExpectedUser>,
    ) -> Result<Begun, Failed> {
        let (sessions, headers) = (self.clone(), headers.clone());
        let begun = task::run_detached(async move {
            let tokens = sessions.0.identity_provider.auth_with_code(code).await;
            let tokens = match tokens {
                Ok(tokens) => tokens,
                Err(error) => {
                    let (error, token) = error.into_parts();
                    if let Some(token) = token {
                        sessions.revoke_unused(&token).await;
                    }
                    return Err(Failed::Provider(error));
                }
            };
            let refresh_token = tokens.refresh_token.clone();
            let begun = sessions.begin_session(&headers, tokens, expected).await;
            if let (Err(_), Some(token)) = (&begun, &refresh_token) {
                sessions.revoke_unused(token).await;
            }
            begun
        });
        let shutting_down = || page("shutting_down", StatusCode::SERVICE_UNAVAILABLE, LATER);
        begun.await.unwrap_or_else(|| Err(shutting_down()))
    }

    async fn begin_session(
        &self,
        headers: &HeaderMap,
        tokens: Tokens,
        expected: Option<ExpectedUser>,
    ) -> Result<Begun, Failed> {
        let settings = &self.0;
        let sign_in = self.verify_sign_in(&tokens).await?;
        let old = self.old_session(headers).await;
        if let Some(expected) = expected {
            self.check_expected(&expected, &sign_in, old.as_ref().map(|(_, old)| &**old))?;
        }
        let app_data = match settings.on_sign_in.ask(sign_in.clone()).await {
            SignInDecision::Allow => Vec::new(),
            SignInDecision::AllowWith(data) if data.len() <= MAX_APP_DATA_BYTES => data,
            SignInDecision::AllowWith(_) => {
                tracing::error!(target: "cognito_auth::sessions", code = "app_data_too_large", "on_sign_in gave more than 4 KB");
                return Err(page("server_error", StatusCode::INTERNAL_SERVER_ERROR, SETTINGS));
            }
            SignInDecision::Refuse(code) => return Err(page(code, StatusCode::FORBIDDEN, AGAIN)),
            SignInDecision::Unavailable => {
                return Err(page("app_unavailable", StatusCode::SERVICE_UNAVAILABLE, LATER));
            }
        };
        let now = settings.now();
        let ends_at = now.saturating_add(settings.absolute);
        let no_random = |_| page("no_random", StatusCode::SERVICE_UNAVAILABLE, LATER);
        let cookie = SessionCookie::random().map_err(no_random)?;
        let public_id = PublicSessionId::random().map_err(no_random)?;
        let record = Record::begin(tokens, &sign_in, public_id, app_data, (now, ends_at));
        self.file(headers, &cookie, &record, now).await?;
        // A sign-out of all sessions that came meanwhile has read a list without this one.
        if let Err(error) = settings.verifier.verify_access(record.access_token.expose()).await {
            settings.in_time(settings.store.remove(&cookie.key())).await.ok();
            return Err(unverified(&error));
        }
        if let Some((old_cookie, old)) = old {
            self.replace_session(&old_cookie, &old).await;
        }
        tracing::debug!(target: "cognito_auth::sessions", event = "session_started", "a session began");
        Ok(Begun { cookie, ends_at })
    }

    async fn verify_sign_in(&self, tokens: &Tokens) -> Result<NewSignIn, Failed> {
        let verifier = &self.0.verifier;
        let access_token = &tokens.access_token;
        let claims = verifier.verify_access(access_token.expose()).await;
        let claims = claims.map_err(|error| unverified(&error))?;
        let id_claims = match &tokens.id_token {
            Some(token) => {
                let checks = IdTokenChecks::new().access_token(access_token).subject(claims.sub());
                let id_claims = verifier.verify_id(token.expose(), checks).await;
                Some(id_claims.map_err(|error| unverified(&error))?)
            }
            None => None,
        };
        Ok(NewSignIn { claims, id_claims })
    }

    /// A new proof is for the user who asked for it, in the session that asked.
    fn check_expected(
        &self,
        expected: &ExpectedUser,
        sign_in: &NewSignIn,
        old: Option<&Record>,
    ) -> Result<(), Failed> {
        let claims = &sign_in.claims;
        let is_user = expected.issuer == claims.issuer() && expected.sub == claims.sub();
        let is_session = old.is_some_and(|old| old.public_id.to_string() == expected.session);
        if is_user && is_session {
            return Ok(());
        }
        let message = "You proved to be another user than the one who is signed in.";
        Err(page("another_user", StatusCode::FORBIDDEN, message))
    }

    /// The session that the browser has: the new one takes its place.
    async fn old_session(&self, headers: &HeaderMap) -> Option<(SessionCookie, Arc<Record>)> {
        let CookieValue::One(value) = find(headers, self.0.cookies.session()) else { return None };
        let cookie = SessionCookie::parse(value)?;
        let opened = self.open(&cookie).await.ok()??;
        Some((cookie, opened.record))
    }

    async fn file(
        &self,
        headers: &HeaderMap,
        cookie: &SessionCookie,
        record: &Record,
        now: u64,
    ) -> Result<(), Failed> {
        let settings = &self.0;
        let sealed = record.seal(cookie, &settings.client_id).map_err(|error| match error {
            NotSealed::TooLarge => {
                tracing::error!(target: "cognito_auth::sessions", code = "record_too_large", "the tokens of a sign-in are too large for a session: fewer groups or claims make them smaller");
                page("record_too_large", StatusCode::INTERNAL_SERVER_ERROR, SETTINGS)
            }
            NotSealed::Failed => page("no_random", StatusCode::SERVICE_UNAVAILABLE, LATER),
        })?;
        let (key, user) = (cookie.key(), record.user());
        self.make_room(record, &user).await.map_err(Failed::Page)?;
        let note = Note::of(headers, record.origin_jti.as_deref(), now).seal(&settings.keys, &key);
        let expires = settings.expires(record.ends_at, now);
        let mut session = NewSession::new(&key, &user, record.public_id, &sealed, expires);
        session.created_at = now;
        session.note = &note;
        session.ends = Duration::from_secs(record.ends_at.saturating_sub(now));
        settings.in_time(settings.store.insert(session)).await.map_err(no_store)
    }

    fn signed_in_answer(
        &self,
        headers: &HeaderMap,
        begun: &Begun,
        return_to: &str,
    ) -> Response<String> {
        let settings = &self.0;
        let mut response = match settings.same_site {
            SameSite::Lax => answer::redirect(return_to),
            // After a redirect from another site the cookie would not come along.
            SameSite::Strict => {
                let page = SessionPage::new("signed_in", StatusCode::OK, "You are signed in.");
                let mut page = page.link(return_to, "Go on");
                page.goes_on = true;
                answer::page(&settings.pages, &page)
            }
        };
        let cookies = &settings.cookies;
        let left = Duration::from_secs(begun.ends_at.saturating_sub(settings.now()));
        let max_age = (!settings.ends_with_browser).then_some(left);
        let value = begun.cookie.value();
        let session = cookies.set(cookies.session(), &value, settings.same_site, max_age);
        answer::add_cookie(&mut response, session);
        let count = (self.sign_ins(headers) + 1).min(99).to_string();
        let minute = Some(Duration::from_secs(60));
        let count = cookies.set(&cookies.sign_in_count(), &count, Self::RETURNING, minute);
        answer::add_cookie(&mut response, count);
        response
    }
}

pub(super) fn no_store_page(error: &SessionStoreError) -> SessionPage {
    SessionPage::new(error.code(), StatusCode::SERVICE_UNAVAILABLE, LATER)
}

fn no_store(error: SessionStoreError) -> Failed {
    Failed::Page(no_store_page(&error))
}

/// What the verifier has against tokens that were issued a moment ago.
fn unverified(error: &VerifyError) -> Failed {
    use VerifyError::{Expired, HeaderTooLarge, IssuedInFuture, NotYetValid, Revoked, TooLarge};
    let code = error.code();
    match error {
        Expired { .. } | NotYetValid { .. } | IssuedInFuture { .. } => {
            tracing::warn!(target: "cognito_auth::sessions", code, %error, "a token that was just issued does not fit this machine's clock");
            page("clock", StatusCode::SERVICE_UNAVAILABLE, LATER)
        }
        TooLarge { .. } | HeaderTooLarge { .. } => {
            tracing::warn!(target: "cognito_auth::sessions", code, %error, "a token that was just issued is too large for the verifier");
            page(code, StatusCode::INTERNAL_SERVER_ERROR, SETTINGS)
        }
        error if error.is_unavailable() => page(code, StatusCode::SERVICE_UNAVAILABLE, LATER),
        Revoked | VerifyError::TooOld { .. } => {
            let message = "You were signed out. Sign in again with your password.";
            let page = SessionPage::new(code, StatusCode::UNAUTHORIZED, message);
            Failed::Page(page)
        }
        _ => page(code, StatusCode::FORBIDDEN, AGAIN),
    }
}
