//! What a layer has found out about a request, for the extractors behind it.

use http::request::Parts;

use super::current_user::CurrentUser;

/// In the extensions of every request behind the layer: the user, or none.
#[derive(Clone)]
pub(super) struct Found(pub(super) Option<CurrentUser>);

impl Found {
    /// The outer `None`: there is no layer around.
    #[cfg(feature = "axum")]
    pub(super) fn of(request: &Parts) -> Option<Option<CurrentUser>> {
        request.extensions.get::<Self>().map(|found| found.0.clone())
    }

    #[cfg(feature = "tower")]
    pub(super) fn leave(self, request: &mut Parts) {
        request.extensions.remove::<CurrentUser>();
        if let Some(user) = &self.0 {
            request.extensions.insert(user.clone());
        }
        request.extensions.insert(self);
    }
}
