//! What a layer has found out about a request, for the extractors behind it.

#[cfg(feature = "axum")]
use std::sync::Arc;

use http::Uri;
use http::request::Parts;

use super::BrowserSessions;
use super::current_user::CurrentUser;

/// In the extensions of every request behind the layer: whose sessions were looked up, and the user.
#[derive(Clone)]
pub(super) struct Found {
    #[cfg(feature = "axum")]
    sessions: BrowserSessions,
    #[cfg(feature = "axum")]
    user: Option<CurrentUser>,
    /// Of the request as the outermost layer had it.
    uri: Uri,
}

impl Found {
    /// What a layer of these sessions has found. The outer `None`: there is no such layer around, or
    /// another site's is between.
    #[cfg(feature = "axum")]
    pub(super) fn of(request: &Parts, sessions: &BrowserSessions) -> Option<Option<CurrentUser>> {
        let found = request.extensions.get::<Self>()?;
        Arc::ptr_eq(&found.sessions.0, &sessions.0).then(|| found.user.clone())
    }

    pub(super) fn uri(request: &Parts) -> Option<&Uri> {
        request.extensions.get::<Self>().map(|found| &found.uri)
    }

    #[cfg_attr(not(feature = "axum"), expect(unused_variables, reason = "for extractors of axum"))]
    pub(super) fn leave(
        sessions: &BrowserSessions,
        user: Option<CurrentUser>,
        request: &mut Parts,
    ) {
        request.extensions.remove::<CurrentUser>();
        if let Some(user) = &user {
            request.extensions.insert(user.clone());
        }
        let uri = Self::uri(request).unwrap_or(&request.uri).clone();
        request.extensions.insert(Self {
            #[cfg(feature = "axum")]
            sessions: sessions.clone(),
            #[cfg(feature = "axum")]
            user,
            uri,
        });
    }
}
