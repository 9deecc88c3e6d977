//! The redirect URI: the browser returns from the login page, and gets a session.

mod begin;
mod failed;

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::cookie::SameSite;
use super::current::Slide;
use super::hook::{MAX_APP_DATA_BYTES, NewSignIn, SignInDecision};
use super::id::{PublicSessionId, SessionKey, UserIndex};
use super::login::ANOTHER_USER;
use super::note::Note;
use super::page::SessionPage;
use super::pending::{self, ExpectedUser, SignInUnderWay};
use super::record::{NotSealed, Record};
use super::session_cookie::SessionCookie;
use super::store::NewSession;
use super::{BrowserSessions, acr, answer, return_to};
use crate::claims::IdTokenChecks;
use crate::idp::{AuthCode, Callback, Tokens};
use crate::metrics;
use crate::task;
use failed::{AGAIN, Failed, LATER, SETTINGS, no_store, page, unverified};

/// What was known of the user when the sign-in began.
struct Before {
    expected: Option<ExpectedUser>,
    replaces: Option<SessionKey>,
    acr: Option<String>,
}

/// A new session.
struct Begun {
    cookie: SessionCookie,
    ends_at: u64,
}

impl BrowserSessions {
    pub(super) async fn callback(&self, request: &Parts) -> Response<String> {
        let (settings, headers) = (&self.0, &request.headers);
        let query = request.uri.query().unwrap_or_default();
        let callback = match Callback::from_query(query) {
            Ok(callback) => callback,
            Err(error) => return self.sign_in_failed(request, &error, return_to::DEFAULT),
        };
        let state = callback.unverified_state().unwrap_or_default();
        let under_way =
            SignInUnderWay::find(headers, &settings.cookies, &settings.keys, state, settings.now());
        let Some(under_way) = under_way else { return self.not_under_way(request).await };
        let name = pending::cookie_name(&settings.cookies, state);
        let now = (settings.clock)();
        let return_to = self.return_to(Some(&under_way.return_to));
        let begun = match under_way.pending.accept_at(&callback, now) {
            Ok(code) => {
                let SignInUnderWay { expected, replaces, acr, .. } = under_way;
                let before = Before { expected, replaces: replaces.map(|id| id.key()), acr };
                self.exchange(headers, code, before).await
            }
            Err(error) => Err(Failed::Provider(error)),
        };
        let mut response = match begun {
            Ok(begun) => self.signed_in_answer(headers, &begun, &return_to),
            Err(Failed::Provider(error)) => self.sign_in_failed(request, &error, &return_to),
            Err(Failed::Page(page)) => self.failed(request, page, &return_to),
            Err(Failed::Insufficient(acr)) => self.insufficient(request, &acr, &return_to),
        };
        // The cookie is used up, whatever the result of the sign-in.
        let clear = settings.cookies.clear(&name, Self::RETURNING);
        answer::add_cookie(&mut response, clear);
        response
    }

    /// The response to a browser without the cookie of this sign-in: it began in another browser, took
    /// too long, or has ended. It is never a redirect to the login: a browser that keeps no cookies
    /// would be redirected for ever.
    async fn not_under_way(&self, request: &Parts) -> Response<String> {
        metrics::session("sign_in_missing", "");
        tracing::debug!(target: "cognito_auth::sessions", event = "pending_missing", "a callback without the cookie of its sign-in");
        // The callback was loaded again: reload, or the back button.
        if let Ok(Ok(_)) = self.look_up(&request.headers, Slide::No).await {
            return answer::redirect(return_to::DEFAULT);
        }
        let message = "This sign-in is over, or was started in another browser.";
        let page = SessionPage::new("sign_in_not_started", StatusCode::BAD_REQUEST, message);
        self.failed(request, page, return_to::DEFAULT)
    }

    /// The code is used up from here on, so the rest runs even if the browser disconnects: otherwise
    /// there could be a session that no cookie opens.
    async fn exchange(
        &self,
        headers: &HeaderMap,
        code: AuthCode,
        before: Before,
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
            sessions.begin_or_revoke(&headers, tokens, before).await
        });
        let shutting_down = || page("shutting_down", StatusCode::SERVICE_UNAVAILABLE, LATER);
        begun.await.unwrap_or_else(|| Err(shutting_down()))
    }

    async fn begin_session(
        &self,
        headers: &HeaderMap,
        tokens: Tokens,
        before: Before,
    ) -> Result<Begun, Failed> {
        let settings = &self.0;
        let sign_in = self.verify_sign_in(&tokens).await?;
        self.check_expected(&before, &sign_in).await?;
        let acr = acr::of(&sign_in);
        let is_refused = |asked: &&String| !acr::is_satisfied(asked, acr.as_deref());
        if let Some(asked) = before.acr.as_ref().filter(is_refused) {
            return Err(Failed::Insufficient(asked.clone()));
        }
        let old = self.old_session(headers).await?;
        let decision = settings.on_sign_in.ask(sign_in.clone()).await.ok_or_else(|| {
            tracing::error!(target: "cognito_auth::sessions", code = "on_sign_in_panicked", "on_sign_in panicked");
            page("server_error", StatusCode::INTERNAL_SERVER_ERROR, SETTINGS)
        })?;
        let app_data = match decision {
            SignInDecision::Allow => Vec::new(),
            SignInDecision::AllowWith(data) if data.len() <= MAX_APP_DATA_BYTES => data,
            SignInDecision::AllowWith(_) => {
                tracing::error!(target: "cognito_auth::sessions", code = "app_data_too_large", "on_sign_in returned more than 4 KB of application data");
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
        // A sign-out of all sessions may have read the list before this session was in it.
        if let Err(error) = settings.verifier.verify_access(record.access_token.expose()).await {
            settings.in_time(settings.store.remove(&cookie.key())).await.ok();
            return Err(unverified(&error));
        }
        let old_key = old.as_ref().map(|(cookie, _)| cookie.key());
        let replaced = [old_key, before.replaces];
        self.make_room(&record, &cookie.key(), &replaced).await;
        if let Some((old_cookie, old)) = old {
            self.replace_session(&old_cookie, &old).await;
        }
        // Without its cookie the old record cannot be opened: its tokens are not revoked, and expire.
        if let Some(key) = before.replaces.filter(|_| before.replaces != old_key) {
            self.remove_replaced(&key).await;
        }
        metrics::session("started", "");
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

    /// A re-authentication is valid only for the user and the session that requested it.
    async fn check_expected(&self, before: &Before, sign_in: &NewSignIn) -> Result<(), Failed> {
        let (Some(expected), claims) = (&before.expected, &sign_in.claims) else { return Ok(()) };
        let is_user = expected.sub == claims.sub();
        let session = match before.replaces {
            Some(key) => self.0.in_time(self.0.store.load(&key)).await.map_err(no_store)?,
            None => None,
        };
        let user = UserIndex::of(&self.0.client_id, &expected.sub);
        if is_user && session.is_some_and(|session| session.user == user) {
            return Ok(());
        }
        let message = "You signed in as a different user than the one of this session.";
        Err(page(ANOTHER_USER, StatusCode::FORBIDDEN, message))
    }

    /// The session of the browser's cookie, which the new session replaces.
    async fn old_session(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<(SessionCookie, Arc<Record>)>, Failed> {
        let Some(cookie) = self.session_cookie(headers) else { return Ok(None) };
        let opened = self.open(&cookie).await.map_err(no_store)?;
        Ok(opened.map(|opened| (cookie, opened.record)))
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
        let (key, user) = (cookie.key(), record.user(&settings.client_id));
        let note = Note::of(headers, record.origin_jti.as_deref(), now);
        let note = note.seal(&settings.keys, &key, &record.sub);
        let expires = settings.expires(record.ends_at, now);
        let mut session = NewSession::new(&key, &user, record.public_id, &sealed, expires);
        session.created_at = now;
        session.note = &note;
        session.ends = Duration::from_secs(record.ends_at.saturating_sub(now));
        let inserted = settings.in_time(settings.store.insert(session)).await;
        if inserted.is_err() {
            // The record may have been written all the same, and would count as one of the user's
            // sessions, but no browser has its cookie.
            let sessions = self.clone();
            tokio::spawn(async move { sessions.0.in_time(sessions.0.store.remove(&key)).await });
        }
        inserted.map_err(no_store)
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
            // After a redirect from another site the browser would not send the cookie.
            SameSite::Strict => {
                let page = SessionPage::new("signed_in", StatusCode::OK, "You are signed in.");
                let mut page = page.link(return_to, "Go on");
                page.goes_on = true;
                answer::page(&settings.pages, &page)
            }
        };
        self.add_session_cookies(&mut response, headers, begun);
        response
    }

    /// The cookie of the new session, and the count of sign-ins.
    fn add_session_cookies(
        &self,
        response: &mut Response<String>,
        headers: &HeaderMap,
        begun: &Begun,
    ) {
        let settings = &self.0;
        let cookies = &settings.cookies;
        let left = Duration::from_secs(begun.ends_at.saturating_sub(settings.now()));
        let max_age = (!settings.ends_with_browser).then_some(left);
        let value = begun.cookie.value();
        let session = cookies.set(cookies.session(), &value, settings.same_site, max_age);
        answer::add_cookie(response, session);
        let count = (self.sign_ins(headers) + 1).min(99).to_string();
        let minute = Some(Duration::from_secs(60));
        let count = cookies.set(&cookies.sign_in_count(), &count, Self::RETURNING, minute);
        answer::add_cookie(response, count);
    }
}
