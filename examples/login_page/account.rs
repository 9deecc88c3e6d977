//! `/account`: who is signed in, where, and how; the password; remembered devices.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cognito_auth::sessions::{CurrentUser, PublicSessionId, SessionRejection};
use cognito_auth::{AuthError, IdentityProvider as _, RefusalCode};

use super::account_page::{self, Details};
use super::form::Fields;
use super::page::{Said, redirect};
use super::{App, failure};

const NOT_DONE: &str = "This was not done. Please try again.";

pub(crate) async fn show(
    State(app): State<App>,
    user: CurrentUser,
    Query(query): Query<Fields>,
) -> Result<Response, SessionRejection> {
    let page = account_page::page(&user, &details(&app, &user).await?);
    Ok(app.frame.show(match account_page::notice(query.get("notice")) {
        Some(notice) => page.notice(notice),
        None => page,
    }))
}

/// The account page once more, with what did not work.
pub(crate) async fn refused(app: &App, user: &CurrentUser, said: &Said) -> Response {
    match details(app, user).await {
        Ok(details) => app.frame.show(account_page::page(user, &details).refused(said)),
        // The sessions cannot be listed: this much can be said.
        Err(_) => app.frame.refused(said),
    }
}

/// What to do with an error of an operation with the user's access token.
pub(crate) async fn failed(app: &App, user: &CurrentUser, error: &AuthError) -> Response {
    if is_dead_token(error) {
        // Cognito has signed the user out: the session ends, or the sign-in page would lead back here.
        return match app.sessions.end(user).await {
            Ok(()) => redirect("/login?return_to=/account"),
            Err(error) => user.reject(&error).into_response(),
        };
    }
    refused(app, user, &failure::said(error, NOT_DONE)).await
}

fn is_dead_token(error: &AuthError) -> bool {
    let dead = [RefusalCode::TokenRevoked, RefusalCode::TokenExpired, RefusalCode::InvalidToken];
    matches!(error, AuthError::Refused(refusal) if dead.contains(&refusal.code()))
}

/// Everything that the page shows, as far as it can be had: a pool may have no passkeys and no devices.
async fn details(app: &App, user: &CurrentUser) -> Result<Details, SessionRejection> {
    let (direct, token) = (&app.direct, user.access_token());
    let (info, factors, passkeys, devices, sessions) = tokio::join!(
        direct.client().user_info_with_token(token),
        direct.auth_factors(token),
        direct.passkeys(token),
        direct.devices(token),
        app.sessions.sessions_of(user),
    );
    Ok(Details {
        info: had("the user", info),
        factors: had("the user's factors", factors),
        passkeys: had("the user's passkeys", passkeys),
        devices: had("the user's devices", devices).unwrap_or_default(),
        sessions: sessions.map_err(|error| user.reject(&error))?,
        now: app.now(),
    })
}

fn had<T>(what: &str, result: Result<T, AuthError>) -> Option<T> {
    result.inspect_err(|error| eprintln!("the account page is without {what}: {error}")).ok()
}

pub(crate) async fn change_password(
    State(app): State<App>,
    user: CurrentUser,
    Form(fields): Form<Fields>,
) -> Response {
    let (previous, new) = (fields.password("password"), fields.password("new_password"));
    match app.direct.change_password(user.access_token(), Some(&previous), &new).await {
        Ok(()) => {}
        Err(error) if is_dead_token(&error) => return failed(&app, &user, &error).await,
        Err(error) => {
            let said = failure::said(&error, "Your current password is not right.");
            return refused(&app, &user, &said).await;
        }
    }
    // Who knew the old password may be signed in.
    if let Err(error) = app.sessions.end_others(&user).await {
        eprintln!("sessions from before a new password continue: {error}");
        let text = "Your password was changed, but you may still be signed in elsewhere. Sign out there again.";
        let said = Said {
            status: StatusCode::SERVICE_UNAVAILABLE,
            text: text.to_owned(),
            retry_after: None,
        };
        return refused(&app, &user, &said).await;
    }
    redirect("/account?notice=password")
}

/// Ends one of the user's sessions, or all but this one.
pub(crate) async fn end_sessions(
    State(app): State<App>,
    user: CurrentUser,
    Form(fields): Form<Fields>,
) -> Result<Response, SessionRejection> {
    let ended = match PublicSessionId::parse(fields.get("session")) {
        // `false`: it has ended by itself.
        Some(id) => app.sessions.end_one(&user, &id).await.map(|_| ()),
        None => app.sessions.end_others(&user).await.map(|_| ()),
    };
    ended.map_err(|error| user.reject(&error))?;
    Ok(redirect("/account?notice=sessions"))
}

pub(crate) async fn forget_device(
    State(app): State<App>,
    user: CurrentUser,
    Form(fields): Form<Fields>,
) -> Response {
    match app.direct.forget_device(user.access_token(), fields.get("device")).await {
        Ok(()) => redirect("/account?notice=device"),
        Err(error) => failed(&app, &user, &error).await,
    }
}
