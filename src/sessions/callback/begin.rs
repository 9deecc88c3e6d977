//! A sign-in on pages of the application: its tokens become a session.

use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::failed::{Failed, LATER, page};
use super::{Before, Begun};
use crate::bearer::csrf::is_unsafe;
use crate::idp::Tokens;
use crate::sessions::error::SessionError;
use crate::sessions::request_kind::accepts_html;
use crate::sessions::{BrowserSessions, answer, return_to};
use crate::task;

impl BrowserSessions {
    /// Makes a session of the tokens of a sign-in on a page of the application, such as a direct sign-in
    /// (feature `direct`). `request` is the one that the user signed in with, and `return_to` the path to go to
    /// afterwards; a value that is not a path of this site is ignored.
    ///
    /// The response has the cookie of the new session: 303 to `return_to`, or 200 `{"return_to":"…"}` for a
    /// request that does not accept HTML. The session always gets a new id, and replaces the one of the request's
    /// cookie, so that nothing that was known before the sign-in opens it. Both tokens are verified, and
    /// [`on_sign_in`](crate::sessions::BrowserSessionsBuilder::on_sign_in) is asked, as after the login page.
    ///
    /// A request that a page of another site may have caused, and a GET, is answered with 403: another site
    /// could sign the browser in as its own user. [`check_csrf`](Self::check_csrf) does not refuse it before the
    /// password is sent, since the browser has no session yet: call [`CsrfRules::check`](crate::bearer::CsrfRules::check)
    /// for that. When no session begins, the response says why, and the tokens are revoked.
    ///
    /// Who signs in again, how and when is not compared with what `GET /login` asked for: the handler that
    /// required it requires it again ([`require_acr`](crate::sessions::SignedIn::require_acr),
    /// [`require_auth_within`](crate::sessions::SignedIn::require_auth_within)), and finds the user who signed in.
    ///
    /// Leave device tracking off in the user pool: where it is on, Cognito binds the refresh token to a device, and
    /// refuses the refresh of a session, which does not name one. Such a session ends with its first access token.
    ///
    /// ```
    /// use cognito_auth::direct::{DirectSignIn, NextStep, SignInAttempt, SignInFailure, Step};
    /// use cognito_auth::bearer::CsrfRules;
    /// use cognito_auth::sessions::BrowserSessions;
    /// use http::{Request, Response};
    ///
    /// async fn sign_in(
    ///     (sessions, csrf): (&BrowserSessions, &CsrfRules),
    ///     direct: &DirectSignIn,
    ///     request: Request<()>,
    ///     (name, password): (String, String),
    /// ) -> Response<String> {
    ///     let (request, ()) = request.into_parts();
    ///     // Before the password is tried: another site must not use up the user's tries.
    ///     if csrf.check(&request).is_err() {
    ///         return Response::builder().status(403).body(String::new()).unwrap();
    ///     }
    ///     match direct.start(SignInAttempt::with_password(name, password)).await {
    ///         Ok(Step::Done(tokens)) => sessions.begin(&request, tokens, Some("/orders")).await,
    ///         Ok(_) => Response::new("<form>… the code …</form>".to_owned()),
    ///         Err(error) => {
    ///             let (status, page) = match SignInFailure::of(&error) {
    ///                 // The same for an account that is not confirmed: strangers see this page.
    ///                 SignInFailure::Refused | SignInFailure::NextStep(NextStep::ConfirmSignUp) => {
    ///                     (422, "<form>… wrong …</form> New? <a href=/confirm>Confirm your account</a>")
    ///                 }
    ///                 SignInFailure::NextStep(NextStep::ResetPassword) => (422, "… a new password …"),
    ///                 SignInFailure::NextStep(_) => (422, "<form>… start again …</form>"),
    ///                 SignInFailure::SlowDown { .. } => (429, "… wait …"),
    ///                 _ if error.is_misconfiguration() => (500, "…"),
    ///                 _ => (503, "… later …"),
    ///             };
    ///             Response::builder().status(status).body(page.to_owned()).unwrap()
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn begin(
        &self,
        request: &Parts,
        tokens: Tokens,
        return_to: Option<&str>,
    ) -> Response<String> {
        let return_to = match return_to {
            Some(path) => self.return_to(Some(path)),
            None => return_to::DEFAULT.to_owned(),
        };
        let is_own = self.check_origin(request).is_ok();
        if !is_own || !is_unsafe(&request.method, &request.headers) {
            let (sessions, refresh_token) = (self.clone(), tokens.refresh_token);
            task::run_detached(async move {
                if let Some(token) = refresh_token {
                    sessions.revoke_unused(&token).await;
                }
            })
            .await;
            return self.answer_error(request, &SessionError::CrossSite);
        }
        match self.begin_detached(request, tokens).await {
            Ok(begun) => {
                let mut response = match accepts_html(&request.headers) {
                    true => answer::redirect(&return_to),
                    // A script would follow the redirect, and get a page.
                    false => answer::ok(&serde_json::json!({ "return_to": return_to })),
                };
                self.add_session_cookies(&mut response, &request.headers, &begun);
                response
            }
            Err(Failed::Provider(error)) => self.sign_in_failed(request, &error, &return_to),
            Err(Failed::Page(page)) => self.failed(request, page, &return_to),
            Err(Failed::Insufficient(acr)) => self.insufficient(request, &acr, &return_to),
        }
    }

    /// The tokens are used up from here on, so the rest runs even if the browser disconnects.
    async fn begin_detached(&self, request: &Parts, tokens: Tokens) -> Result<Begun, Failed> {
        let (sessions, headers) = (self.clone(), request.headers.clone());
        let begun = task::run_detached(async move {
            let before = Before { expected: None, replaces: None, acr: None };
            sessions.begin_or_revoke(&headers, tokens, before).await
        });
        let shutting_down = || page("shutting_down", StatusCode::SERVICE_UNAVAILABLE, LATER);
        begun.await.unwrap_or_else(|| Err(shutting_down()))
    }

    /// Begins a session, or revokes the refresh token where that fails, or where a store or a check of the
    /// application panics.
    pub(super) async fn begin_or_revoke(
        &self,
        headers: &HeaderMap,
        tokens: Tokens,
        before: Before,
    ) -> Result<Begun, Failed> {
        let refresh_token = tokens.refresh_token.clone();
        let _guard = self.0.logout.revoke_on_panic(refresh_token.as_ref());
        let begun = self.begin_session(headers, tokens, before).await;
        if let (Err(_), Some(token)) = (&begun, &refresh_token) {
            self.revoke_unused(token).await;
        }
        begun
    }
}
