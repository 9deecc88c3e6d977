//! What a layer found out about a request, for the extractors behind it.

#[cfg(feature = "axum")]
use std::sync::Arc;

use http::request::Parts;

use super::BrowserSessions;
use super::current_user::CurrentUser;
use super::to_login::remember_what_was_asked_for;

/// In the extensions of every request behind the layer: the sessions that were asked, and the user.
#[cfg(feature = "axum")]
#[derive(Clone)]
pub(super) struct FoundUser {
    sessions: BrowserSessions,
    user: Option<CurrentUser>,
}

#[cfg(feature = "axum")]
impl FoundUser {
    /// The user that a layer of these sessions found. The outer `None`: there is no layer, or the
    /// innermost one belongs to other sessions.
    pub(super) fn of(request: &Parts, sessions: &BrowserSessions) -> Option<Option<CurrentUser>> {
        let found = request.extensions.get::<Self>()?;
        Arc::ptr_eq(&found.sessions.0, &sessions.0).then(|| found.user.clone())
    }
}

/// Puts the user into the request's extensions.
pub(super) fn leave(sessions: &BrowserSessions, user: Option<CurrentUser>, request: &mut Parts) {
    remember_what_was_asked_for(request);
    request.extensions.remove::<CurrentUser>();
    #[cfg(feature = "axum")]
    request.extensions.insert(FoundUser { sessions: sessions.clone(), user: user.clone() });
    #[cfg(not(feature = "axum"))]
    let _ = sessions;
    if let Some(user) = user {
        request.extensions.insert(user);
    }
}
