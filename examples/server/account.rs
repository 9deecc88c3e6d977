//! `/account`: who is signed in, and where else.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cognito_auth::sessions::{CurrentUser, PublicSessionId, SessionRejection};

use super::{App, page};

/// What the session says of the user, and what Cognito adds, as far as it can be reached.
pub(crate) async fn show(
    State(app): State<App>,
    user: CurrentUser,
) -> Result<Response, SessionRejection> {
    let sessions = app.sessions.sessions_of(&user).await.map_err(|error| user.reject(&error))?;
    let details = match app.cognito.user_info_with_token(user.access_token()).await {
        Ok(details) => Some(details),
        Err(error) => {
            eprintln!("Cognito was not asked about the user: {error}");
            None
        }
    };
    Ok(page::account(&user, details.as_ref(), &sessions, (app.clock)()).into_response())
}

#[derive(serde::Deserialize)]
pub(crate) struct EndSession {
    session: String,
}

/// Ends one of the user's sessions. The extractor has refused forms of other sites.
pub(crate) async fn end_session(
    State(app): State<App>,
    user: CurrentUser,
    Form(form): Form<EndSession>,
) -> Result<Response, SessionRejection> {
    let Some(id) = PublicSessionId::parse(&form.session) else {
        return Ok(page::failed(StatusCode::BAD_REQUEST, "There is no such session."));
    };
    // `false`: it has ended by itself.
    app.sessions.end_one(&user, &id).await.map_err(|error| user.reject(&error))?;
    Ok(page::redirect("/account"))
}
