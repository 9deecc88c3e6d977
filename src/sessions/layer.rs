//! [`SessionLayer`]: finds the user of a request once, for the handlers and extractors behind it.

#[cfg(any(feature = "axum", feature = "actix-web"))]
use std::sync::Arc;

use http::request::Parts;

use super::BrowserSessions;
use super::current_user::{CurrentUser, SessionRejection};
use crate::bearer::cookie::{CookieValue, find};

/// A middleware that looks up the session of each request once, and puts the [`CurrentUser`] into the
/// request's extensions, where the extractors find it: a `tower::Layer` (feature `tower`, which
/// `axum` includes), and a middleware for Actix Web's `wrap` (feature `actix-web`). The response to a request with
/// a session cookie gets `Cache-Control: no-store`, in place of the inner service's value, so that no
/// browser shows a page of a user who has signed out.
///
/// A request without a session passes, unless the layer [requires one](Self::require). The layer itself
/// answers a request that a page of another site may have caused, and one whose session cannot be
/// looked up. Wrap the application's own pages in it, but not static files.
///
/// The layer also answers requests for the sessions' own [paths](BrowserSessions::paths), as
/// [`BrowserSessions::handle`] does: a login that required a session would redirect to itself. In a
/// router of axum that removes a prefix of the path (`nest`), and in a scope of Actix Web, it compares
/// the whole path of the browser's request, and a sign-in leads back to that. It does not know a prefix
/// that another kind of tower service removes: wrap that service in the layer.
#[derive(Debug, Clone)]
pub struct SessionLayer {
    pub(super) sessions: BrowserSessions,
    is_required: bool,
}

impl SessionLayer {
    /// A layer that looks up the sessions of `sessions`.
    pub fn new(sessions: BrowserSessions) -> Self {
        Self { sessions, is_required: false }
    }

    /// Requires a session: a page is redirected to the sign-in, everything else gets a 401.
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

    /// Whether the response may contain data of a user.
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
