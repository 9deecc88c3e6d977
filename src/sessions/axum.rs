//! Extractors for axum.

use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use super::BrowserSessions;
use super::current_user::{CurrentUser, SessionRejection};
use super::layer::FoundUser;

/// With the feature `axum`: an extractor, which takes the [`BrowserSessions`] from the router's state.
///
/// ```
/// use axum::{Router, routing::get};
/// use cognito_auth::sessions::{BrowserSessions, CurrentUser, SessionLayer, SessionRejection};
///
/// async fn account(user: CurrentUser) -> String {
///     format!("hello {}", user.username().unwrap_or("you"))
/// }
///
/// async fn admin(user: CurrentUser) -> Result<&'static str, SessionRejection> {
///     user.require_group("admins")?;
///     Ok("the admins' page")
/// }
///
/// async fn home(user: Option<CurrentUser>) -> &'static str {
///     if user.is_some() { "welcome back" } else { "hello stranger" }
/// }
///
/// fn app(sessions: BrowserSessions) -> Router {
///     Router::new()
///         .route("/", get(home))
///         .route("/account", get(account))
///         .route("/admin", get(admin))
///         .layer(SessionLayer::new(sessions.clone()))
///         .fallback_service(sessions.clone())
///         .with_state(sessions)
/// }
/// ```
impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    BrowserSessions: FromRef<S>,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
        let sessions = BrowserSessions::from_ref(state);
        match found(parts, &sessions) {
            Some(Some(user)) => Ok(user),
            Some(None) => Err(SessionRejection::new(sessions.answer_no_session(parts))),
            None => Self::of(&sessions, parts).await,
        }
    }
}

/// With the feature `axum`: `None` for a request without a session, and for no other.
impl<S> OptionalFromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    BrowserSessions: FromRef<S>,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Option<Self>, SessionRejection> {
        let sessions = BrowserSessions::from_ref(state);
        match found(parts, &sessions) {
            Some(found) => Ok(found),
            None => Self::of_optional(&sessions, parts).await,
        }
    }
}

/// The result of a `SessionLayer` of these sessions; the outer `None` without such a layer.
fn found(parts: &Parts, sessions: &BrowserSessions) -> Option<Option<CurrentUser>> {
    parts.extensions.get::<FoundUser>()?.user_of(sessions)
}

impl IntoResponse for SessionRejection {
    fn into_response(self) -> Response {
        self.into_inner().into_response()
    }
}
