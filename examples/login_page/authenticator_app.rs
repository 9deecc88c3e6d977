//! `/account/authenticator-app`: sets up an app for one-time codes (TOTP), and switches it off.

use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use cognito_auth::direct::{DirectSignIn, MfaPreference, MfaSetting, SignInFailure, TotpSecret};
use cognito_auth::sessions::{CurrentUser, SessionRejection};

use super::form::{Fields, hidden};
use super::page::{Page, fill, redirect};
use super::{App, account, failure};

/// How long ago the user may have signed in, to change what a sign-in needs.
pub(crate) const RECENT: Duration = Duration::from_secs(15 * 60);

/// The name of the site in the app.
const ISSUER: &str = "Fernway";

pub(crate) async fn start(
    State(app): State<App>,
    user: CurrentUser,
) -> Result<Response, SessionRejection> {
    user.require_auth_within(RECENT)?;
    Ok(match app.direct.start_totp(user.access_token()).await {
        Ok(secret) => app.frame.show(of_account(&app, &user, &secret)),
        Err(error) => account::failed(&app, &user, &error).await,
    })
}

pub(crate) async fn confirm(
    State(app): State<App>,
    user: CurrentUser,
    Form(fields): Form<Fields>,
) -> Response {
    let token = user.access_token();
    let preferred = MfaPreference::new().totp(MfaSetting::Preferred);
    if let Err(error) =
        app.direct.verify_totp(token, &fields.code(), Some("authenticator app")).await
    {
        if SignInFailure::of(&error) != SignInFailure::Refused {
            return account::failed(&app, &user, &error).await;
        }
        // The same key once more: the app has it already.
        let page = of_account(&app, &user, &TotpSecret::from(fields.get("secret")));
        return app.frame.show(page.refused(&failure::said(&error, "Enter the code again.")));
    }
    match app.direct.set_mfa_preference(token, &preferred).await {
        Ok(()) => redirect("/account?notice=app"),
        Err(error) => account::failed(&app, &user, &error).await,
    }
}

pub(crate) async fn switch_off(
    State(app): State<App>,
    user: CurrentUser,
) -> Result<Response, SessionRejection> {
    user.require_auth_within(RECENT)?;
    let off = MfaPreference::new().totp(MfaSetting::Off);
    Ok(match app.direct.set_mfa_preference(user.access_token(), &off).await {
        Ok(()) => redirect("/account?notice=app-off"),
        Err(error) => account::failed(&app, &user, &error).await,
    })
}

fn of_account(app: &App, user: &CurrentUser, secret: &TotpSecret) -> Page {
    let username = user.username().unwrap_or_else(|| user.sub());
    page(app, ("/account/authenticator-app/confirm", "", username), secret)
}

/// Shows the key, and asks for the first code. A site of your own shows the address as a QR code too.
pub(crate) fn page(
    app: &App,
    (action, kept, username): (&str, &str, &str),
    secret: &TotpSecret,
) -> Page {
    if let Some(demo) = &app.demo {
        demo.has_app(username, secret.expose());
    }
    let kept = format!("{kept}{}", hidden("secret", secret.expose()));
    let groups: Vec<String> = secret
        .expose()
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into())
        .collect();
    let values = [
        ("action", action),
        ("hidden", &kept),
        ("key", &groups.join(" ")),
        ("address", &DirectSignIn::totp_uri(secret, ISSUER, username)),
        ("account", username),
    ];
    Page::new("Set up an authenticator app", fill(include_str!("html/set_up_app.html"), &values))
}
