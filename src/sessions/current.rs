//! The user of a request.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, Response};

use super::BrowserSessions;
use super::cache::VerifiedSession;
use super::error::{Refused, SessionError};
use super::note::Note;
use super::open::{Missing, Opened};
use super::record::Record;
use super::refresh::Refreshed;
use super::refresh::protocol::Need;
use super::session_cookie::SessionCookie;
use super::signed_in::{SignedIn, SignedInParts};
use crate::bearer::cookie::{CookieValue, find};
use crate::claims::AccessClaims;
use crate::metrics;

/// Whether a request extends the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slide {
    Yes,
    No,
}

/// The code of [`VerifyError::UnknownKey`](crate::VerifyError::UnknownKey).
const UNKNOWN_KEY: &str = "unknown_key";

/// The shortest time between two extensions of a session in the store, in seconds.
const TOUCH_EVERY: u64 = 60;

impl BrowserSessions {
    /// Returns the user of a request, or `None` if the request has no session.
    ///
    /// Verifies the access token, and refreshes it when that is due. Refuses a request that a page of
    /// another site may have caused ([`CsrfRules`](crate::bearer::CsrfRules)). A request without the cookie
    /// causes no call to the store; one with it needs a tokio runtime with its timer enabled.
    ///
    /// # Errors
    /// [`SessionError`]: answer with [`answer_error`](Self::answer_error).
    pub async fn current(&self, request: &Parts) -> Result<Option<SignedIn>, SessionError> {
        self.check_csrf(request)?;
        Ok(self.look_up(&request.headers, Slide::Yes).await?.ok())
    }

    /// Like [`current`](Self::current), but does not extend the session: for requests that a page makes
    /// by itself, which do not show that the user is present.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub async fn current_without_sliding(
        &self,
        request: &Parts,
    ) -> Result<Option<SignedIn>, SessionError> {
        self.check_csrf(request)?;
        Ok(self.look_up(&request.headers, Slide::No).await?.ok())
    }

    /// Like [`current`](Self::current), but without the CSRF check: for an application with a defence
    /// of its own, such as a token in each form.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub async fn current_without_csrf_check(
        &self,
        request: &Parts,
    ) -> Result<Option<SignedIn>, SessionError> {
        Ok(self.look_up(&request.headers, Slide::Yes).await?.ok())
    }

    /// Returns the user of a request, or the response to a request without a session: a page is
    /// redirected to the sign-in, everything else gets a 401. Needs a tokio runtime, as
    /// [`current`](Self::current) does.
    ///
    /// # Errors
    /// The response to send.
    pub async fn require(&self, request: &Parts) -> Result<SignedIn, Box<Response<String>>> {
        let found = match self.check_csrf(request) {
            Ok(()) => self.look_up(&request.headers, Slide::Yes).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(Ok(signed_in)) => Ok(signed_in),
            Ok(Err(missing)) => Err(Box::new(self.answer_missing(request, missing))),
            Err(error) => Err(Box::new(self.answer_error(request, &error))),
        }
    }

    /// Refuses a request with a session cookie that a page of another site may have caused. Without the
    /// cookie every request passes: it has no session to abuse.
    ///
    /// # Errors
    /// [`SessionError::CrossSite`].
    pub fn check_csrf(&self, request: &Parts) -> Result<(), SessionError> {
        let passes = self.0.csrf.check(request).is_ok();
        if passes || find(&request.headers, self.0.cookies.session()) == CookieValue::Absent {
            return Ok(());
        }
        self.check_origin(request)
    }

    /// Like [`check_csrf`](Self::check_csrf), with or without the cookie.
    pub(super) fn check_origin(&self, request: &Parts) -> Result<(), SessionError> {
        self.0.csrf.check(request).map_err(|_| {
            metrics::session("csrf_refused", "");
            tracing::debug!(target: "cognito_auth::sessions", event = "csrf_refused", "a request that a page of another site may have caused was refused");
            SessionError::CrossSite
        })
    }

    /// Refreshes the tokens of a session, by a request to Cognito that starts after this call: for
    /// example when the user's groups or attributes were changed. Returns `None` if the session has
    /// ended.
    ///
    /// # Errors
    /// [`SessionError`]: the session is unchanged.
    pub async fn refresh_now(
        &self,
        signed_in: &SignedIn,
    ) -> Result<Option<SignedIn>, SessionError> {
        let parts = &signed_in.0;
        match self.refresh_anew(&parts.cookie).await {
            Refreshed::SignedOut => Ok(None),
            Refreshed::RefreshFailure(kept) => Err(kept.into()),
            Refreshed::Tokens(opened) => {
                let claims = self.0.verifier.verify_access(opened.record.access_token.expose());
                match claims.await {
                    Ok(claims) => {
                        let (cookie, now) = (Arc::clone(&parts.cookie), self.0.now());
                        Ok(Some(self.signed_in(VerifiedSession { cookie, opened, claims, now })))
                    }
                    Err(error) => match Refused::from(&error) {
                        Refused::Request(error) => Err(error),
                        Refused::Clock(_) => Err(SessionError::Unavailable { code: "clock" }),
                        Refused::Ended(_) => Ok(None),
                    },
                }
            }
        }
    }

    pub(super) async fn look_up(
        &self,
        headers: &HeaderMap,
        slide: Slide,
    ) -> Result<Result<SignedIn, Missing>, SessionError> {
        let text = match find(headers, self.0.cookies.session()) {
            CookieValue::One(value) => value,
            CookieValue::Absent | CookieValue::Repeated => return Ok(Err(Missing::NoCookie)),
        };
        let mut found = match self.find_or_open(text).await? {
            Ok(found) => found,
            Err(missing) => return Ok(Err(missing)),
        };
        if slide == Slide::Yes {
            self.touch(headers, &mut found);
        }
        Ok(Ok(self.signed_in(found)))
    }

    /// The record with a valid access token, refreshed if necessary, and its claims. `None`: the
    /// session has ended.
    pub(super) async fn verify(
        &self,
        cookie: &Arc<SessionCookie>,
        mut opened: Opened,
    ) -> Result<Option<(Opened, AccessClaims)>, SessionError> {
        let settings = &self.0;
        let mut need = opened.need(settings.now(), settings.refresh_ahead);
        let mut refreshed = false;
        loop {
            let has_refresh_token = opened.record.refresh_token.is_some();
            let held =
                if need == Need::None { None } else { settings.refreshes.held(&cookie.key()) };
            match (need, held) {
                (Need::Soon, None) if has_refresh_token => {
                    drop(self.start_refresh(cookie, &opened))
                }
                (Need::None | Need::Soon, _) => {}
                // The record is not removed: this machine's clock may be ahead, and the store removes
                // it in time.
                (Need::Now, _) if !has_refresh_token => return Ok(None),
                (Need::Now, Some(kept)) => return Err(kept.into()),
                (Need::Now, None) => {
                    metrics::session("refresh_waited", "");
                    match self.refresh_and_wait(cookie, &opened).await {
                        Refreshed::Tokens(new) => {
                            opened = new;
                            refreshed = true;
                        }
                        Refreshed::SignedOut => return Ok(None),
                        Refreshed::RefreshFailure(kept) => return Err(kept.into()),
                    }
                }
            }
            let token = opened.record.access_token.expose();
            let error = match settings.verifier.as_ref().verify_access(token).await {
                Ok(claims) if claims.sub() == opened.record.sub => {
                    return Ok(Some((opened, claims)));
                }
                Ok(_) => return self.ended(cookie, &opened.record, "another_user").await,
                Err(error) => error,
            };
            match Refused::from(&error) {
                Refused::Ended(code) => return self.ended(cookie, &opened.record, code).await,
                // Tries once more with new tokens: the verifier's clock may differ from this one, and
                // the issuer may have withdrawn a key.
                Refused::Clock("expired")
                | Refused::Request(SessionError::Unavailable { code: UNKNOWN_KEY })
                    if !refreshed && self.may_refresh(&opened) =>
                {
                    need = Need::Now;
                }
                Refused::Clock("expired") if opened.record.refresh_token.is_none() => {
                    return Ok(None);
                }
                Refused::Clock(code) => {
                    tracing::warn!(target: "cognito_auth::sessions", code, %error, "the times of new tokens do not fit this machine's clock: compare it with a time server");
                    return Err(SessionError::Unavailable { code: "clock" });
                }
                Refused::Request(refused) => {
                    if let SessionError::Misconfigured { code } = refused {
                        tracing::warn!(target: "cognito_auth::sessions", code, %error, "the token of a session is not accepted: check the verifier's settings");
                    }
                    return Err(refused);
                }
            }
        }
    }

    fn may_refresh(&self, opened: &Opened) -> bool {
        let since = self.0.now().abs_diff(opened.record.refreshed_at);
        opened.record.refresh_token.is_some() && since >= super::refresh::protocol::FRESH_FOR
    }

    async fn ended<T>(
        &self,
        cookie: &SessionCookie,
        record: &Arc<Record>,
        code: &'static str,
    ) -> Result<Option<T>, SessionError> {
        self.end_refused_at_request(cookie, record, code).await?;
        Ok(None)
    }

    /// Extends the session in the store, in the background.
    fn touch(&self, headers: &HeaderMap, found: &mut VerifiedSession) {
        let settings = &self.0;
        let VerifiedSession { cookie, opened, now, .. } = found;
        let (record, now) = (&opened.record, *now);
        let target = settings.expires(record.ends_at, now);
        let least = Duration::from_secs(TOUCH_EVERY.min(settings.idle / 4).max(1));
        if target < opened.expires + least {
            return;
        }
        opened.expires = target;
        let key = cookie.key();
        if !settings.refreshes.may_touch(&key) {
            return;
        }
        let note = Note::of(headers, record.origin_jti.as_deref(), now);
        let note = note.seal(&settings.keys, &key, &record.sub);
        let sessions = self.clone();
        tokio::spawn(async move {
            let settings = &sessions.0;
            settings.in_time(settings.store.touch(&key, target, &note)).await.ok();
        });
    }

    fn signed_in(&self, found: VerifiedSession) -> SignedIn {
        let VerifiedSession { cookie, opened, claims, now } = found;
        let idle_ends_at = now.saturating_add(opened.expires.as_secs());
        SignedIn(Arc::new(SignedInParts {
            sessions: self.clone(),
            cookie,
            idle_ends_at: idle_ends_at.min(opened.record.ends_at),
            record: opened.record,
            claims,
        }))
    }
}
