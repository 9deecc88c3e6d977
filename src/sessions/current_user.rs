//! [`CurrentUser`]: the user of a request, for the extractors of frameworks.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use http::Response;
use http::request::Parts;

use super::came_from::CameFrom;
use super::error::SessionError;
use super::signed_in::SignedIn;
use super::{BrowserSessions, answer};

/// The user of a request: an extractor for axum and Actix Web. [`SessionLayer`] also puts it into a
/// request's extensions. It dereferences to [`SignedIn`].
///
/// A request for a page without a session is redirected to the sign-in, and afterwards back to the
/// page; any other request without a session gets a 401. A request that a page of another site may have
/// caused gets a 403, and one whose session cannot be looked up a 503.
///
/// An extractor adds no header to the handler's response: wrap the pages in [`SessionLayer`], or send
/// `Cache-Control: no-store`, so that no cache and no back button shows them to the next user.
///
/// The optional form is `Option<CurrentUser>` in axum, and [`OptionalUser`] in Actix Web, whose
/// `Option` would hide a 503.
///
/// [`SessionLayer`]: https://docs.rs/cognito-auth/latest/cognito_auth/sessions/struct.SessionLayer.html
/// [`OptionalUser`]: https://docs.rs/cognito-auth/latest/cognito_auth/sessions/struct.OptionalUser.html
#[derive(Clone)]
pub struct CurrentUser {
    signed_in: SignedIn,
    accepts_html: bool,
    /// Where a re-authentication leads back to.
    came_from: CameFrom,
}

/// The response to a request that is refused.
///
/// A handler can return it: `user.require_group("admins")?` does.
#[derive(Debug, Clone)]
pub struct SessionRejection(Box<Response<String>>);

impl CurrentUser {
    /// Finds the user of a request, for a framework without an extractor in this crate.
    ///
    /// # Errors
    /// The response to send.
    pub async fn of(sessions: &BrowserSessions, request: &Parts) -> Result<Self, SessionRejection> {
        let signed_in = sessions.require(request).await.map_err(SessionRejection)?;
        Ok(Self::new(signed_in, request))
    }

    /// Finds the user of a request; `None` for a request without a session.
    ///
    /// # Errors
    /// The response to a request that a page of another site may have caused, or whose session cannot
    /// be looked up.
    pub async fn of_optional(
        sessions: &BrowserSessions,
        request: &Parts,
    ) -> Result<Option<Self>, SessionRejection> {
        match sessions.current(request).await {
            Ok(signed_in) => Ok(signed_in.map(|signed_in| Self::new(signed_in, request))),
            Err(error) => Err(SessionRejection(Box::new(sessions.answer_error(request, &error)))),
        }
    }

    fn new(signed_in: SignedIn, request: &Parts) -> Self {
        let accepts_html = super::request_kind::accepts_html(&request.headers);
        Self { signed_in, accepts_html, came_from: CameFrom::of(request) }
    }

    /// Fails unless the user is in the group.
    ///
    /// # Errors
    /// A 403, as a page or as JSON.
    pub fn require_group(&self, group: &str) -> Result<(), SessionRejection> {
        self.signed_in.require_group(group).map_err(|error| self.reject(&error))
    }

    /// Fails unless the access token has the scope.
    ///
    /// # Errors
    /// As [`require_group`](Self::require_group).
    pub fn require_scope(&self, scope: &str) -> Result<(), SessionRejection> {
        self.signed_in.require_scope(scope).map_err(|error| self.reject(&error))
    }

    /// Fails unless the user signed in at most this long ago: for example before a payment.
    ///
    /// # Errors
    /// A 401: for a page or a form a page with a link to a sign-in with the password, for a script
    /// `{"error":"sign_in_too_old","login":"<the link>"}`. The sign-in leads back to the page, or to the
    /// page that has the form or the script, by `Referer`; without that header, to `/`.
    pub fn require_auth_within(&self, age: Duration) -> Result<(), SessionRejection> {
        self.signed_in.require_auth_within(age).map_err(|error| self.reject(&error))
    }

    /// Fails unless the sign-in has one of these authentication context classes
    /// ([`SignedIn::require_acr`]).
    ///
    /// # Errors
    /// A 401 with the challenge `insufficient_user_authentication`
    /// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)): for a page or a form a page with a link to a
    /// sign-in that requests these classes, for a script
    /// `{"error":"insufficient_user_authentication","login":"<the link>"}`. The sign-in leads back as after
    /// [`require_auth_within`](Self::require_auth_within). A 500 for malformed classes.
    pub fn require_acr(&self, acr_values: &str) -> Result<(), SessionRejection> {
        self.signed_in.require_acr(acr_values).map_err(|error| self.reject(&error))
    }

    /// The response to this request for an error of its session, such as one that a method of
    /// [`BrowserSessions`] returned:
    ///
    /// ```
    /// use cognito_auth::sessions::{BrowserSessions, CurrentUser, SessionRejection};
    ///
    /// async fn count(user: &CurrentUser, sessions: &BrowserSessions) -> Result<usize, SessionRejection> {
    ///     let list = sessions.sessions_of(user).await.map_err(|error| user.reject(&error))?;
    ///     Ok(list.len())
    /// }
    /// ```
    pub fn reject(&self, error: &SessionError) -> SessionRejection {
        let sessions = &self.signed_in.0.sessions;
        let pages = &sessions.0.pages;
        let mut response = if let Some(more) = error.login_parameters() {
            let path = self.came_from.path(&sessions.0.site);
            let login = sessions.login_back_to(&path, &more);
            if self.accepts_html {
                let page = error.page().link(login, "Sign in again");
                answer::page_or_json_as(true, pages, &page)
            } else {
                answer::sign_in_first(error.code(), &login)
            }
        } else {
            answer::page_or_json_as(self.accepts_html, pages, &error.page())
        };
        error.challenge(&mut response);
        answer::vary(&mut response);
        SessionRejection(Box::new(response))
    }

    /// The user and the session.
    pub fn into_inner(self) -> SignedIn {
        self.signed_in
    }
}

/// Without the address: its query may be a secret of the application's.
impl fmt::Debug for CurrentUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CurrentUser").field(&self.signed_in).finish()
    }
}

impl Deref for CurrentUser {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.signed_in
    }
}

impl SessionRejection {
    #[cfg(any(feature = "axum", feature = "actix-web"))]
    pub(super) fn new(response: Response<String>) -> Self {
        Self(Box::new(response))
    }

    /// The response. In axum a handler can also return the rejection itself (`IntoResponse`).
    pub fn into_inner(self) -> Response<String> {
        *self.0
    }

    #[cfg(feature = "actix-web")]
    pub(super) fn response(&self) -> &Response<String> {
        &self.0
    }
}
