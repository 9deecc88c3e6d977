//! [`SessionLayer`]: finds the user of a request once, for the handlers and extractors behind it.

#[cfg(any(feature = "axum", feature = "actix-web"))]
use std::sync::Arc;

use http::request::Parts;

use super::BrowserSessions;
use super::cookie::{CookieValue, find};
use super::current_user::{CurrentUser, SessionRejection};

/// A middleware that looks up the session of each request, once, and leaves the [`CurrentUser`] in its
/// extensions, where the extractors find it: a `tower::Layer` (feature `tower`, and so for axum), and what
/// Actix Web's `wrap` takes (feature `actix-web`). A response to a request with a session cookie gets
/// `Cache-Control: no-store`, in place of what the service behind says: a browser shows no page of a user who
/// has signed out.
///
/// A request without a session passes, unless the layer [requires one](Self::require). One that a page
/// of another site may have caused, or whose session cannot be looked up, is answered here. Put the layer
/// around the application's own pages, and not around static files.
///
/// A request for one of the sessions' own [paths](BrowserSessions::paths) is answered here too, as
/// [`BrowserSessions::handle`] does: a login page that required a session would lead to itself. In a router
/// of axum that takes a prefix off the path (`nest`), and in a scope of Actix Web, that is the whole path, as
/// the browser has it, and a sign-in leads back to the whole path. A tower service of another kind that takes
/// a prefix off tells the layer nothing of it: put the layer around that service.
#[derive(Debug, Clone)]
pub struct SessionLayer {
    pub(super) sessions: BrowserSessions,
    is_required: bool,
}

impl SessionLayer {
    /// Looks up these sessions.
    pub fn new(sessions: BrowserSessions) -> Self {
        Self { sessions, is_required: false }
    }

    /// Lets no request pass without a session: pages go to the sign-in, everything else gets a 401.
    pub fn require(mut self) -> Self {
        self.is_required = true;
        self
    }

    pub(super) async fn look_up(
        &self,
        request: &Parts,
    ) -> Result<Option<CurrentUser>, SessionRejection> {
        if self.is_required {
            return CurrentUser::of(&self.sessions, request).await.map(Some);
        }
        CurrentUser::of_optional(&self.sessions, request).await
    }

    /// Whether the response may be about a user.
    pub(super) fn has_cookie(&self, request: &Parts) -> bool {
        find(&request.headers, self.sessions.0.cookies.session()) != CookieValue::Absent
    }
}

/// In the extensions of every request behind the layer: the sessions that were asked, and the user.
#[cfg(any(feature = "axum", feature = "actix-web"))]
#[derive(Clone)]
pub(super) struct FoundUser {
    pub(super) sessions: BrowserSessions,
    pub(super) user: Option<CurrentUser>,
}

#[cfg(any(feature = "axum", feature = "actix-web"))]
impl FoundUser {
    /// The user that a layer of these sessions found. `None`: the layer belongs to other sessions.
    pub(super) fn user_of(&self, sessions: &BrowserSessions) -> Option<Option<CurrentUser>> {
        Arc::ptr_eq(&self.sessions.0, &sessions.0).then(|| self.user.clone())
    }
}
