//! `/account/passkeys`: adds and deletes passkeys.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use cognito_auth::AuthError;
use cognito_auth::RefusalCode;
use cognito_auth::sessions::{CurrentUser, SessionRejection};

use super::authenticator_app::RECENT;
use super::form::Fields;
use super::page::{Page, Said, fill, redirect};
use super::{App, account};

/// The page whose script asks the browser for a new passkey.
pub(crate) async fn start(
    State(app): State<App>,
    user: CurrentUser,
) -> Result<Response, SessionRejection> {
    user.require_auth_within(RECENT)?;
    Ok(match app.direct.start_passkey_registration(user.access_token()).await {
        Ok(options) => {
            let content = fill(include_str!("html/add_passkey.html"), &[("options", &options)]);
            app.frame.show(Page::new("Add a passkey", content))
        }
        Err(error) => failed(&app, &user, &error).await,
    })
}

pub(crate) async fn register(
    State(app): State<App>,
    user: CurrentUser,
    Form(fields): Form<Fields>,
) -> Response {
    let credential = fields.get("credential");
    match app.direct.complete_passkey_registration(user.access_token(), credential).await {
        Ok(()) => redirect("/account?notice=passkey"),
        Err(error) => failed(&app, &user, &error).await,
    }
}

pub(crate) async fn delete(
    State(app): State<App>,
    user: CurrentUser,
    Form(fields): Form<Fields>,
) -> Result<Response, SessionRejection> {
    user.require_auth_within(RECENT)?;
    Ok(match app.direct.delete_passkey(user.access_token(), fields.get("passkey")).await {
        Ok(()) => redirect("/account?notice=passkey-deleted"),
        Err(error) => failed(&app, &user, &error).await,
    })
}

async fn failed(app: &App, user: &CurrentUser, error: &AuthError) -> Response {
    let AuthError::Refused(refusal) = error else { return account::failed(app, user, error).await };
    let text = match refusal.code() {
        RefusalCode::PasskeyChallengeOver => "This took too long. Add the passkey again.",
        RefusalCode::FeatureUnavailable => "This site has no passkeys.",
        RefusalCode::PasskeyOrigin => "Passkeys do not work at this address of the site.",
        _ => return account::failed(app, user, error).await,
    };
    account::refused(app, user, &Said::refused(text)).await
}
