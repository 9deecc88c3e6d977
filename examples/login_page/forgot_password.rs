//! `/forgot-password`: a code by e-mail, and a new password with it.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::response::Response;
use cognito_auth::AuthError;
use cognito_auth::direct::{NextStep, SignInAttempt, SignInFailure};

use super::form::{Fields, PassedOn};
use super::page::{Page, fill};
use super::{App, challenge, failure, sign_in};

/// The same for a wrong code, and for an account that does not exist, is disabled or is not confirmed.
const NOT_RESET: &str = "This code is not right, or has expired. Check it, or ask for a new one. After several wrong \
     codes you have to wait.";

pub(crate) async fn show(State(app): State<App>, Query(query): Query<Fields>) -> Response {
    app.frame.show(send_page(&query.passed_on(), query.get("username")))
}

/// The page that asks for the user name.
pub(crate) fn send_page(passed_on: &PassedOn, username: &str) -> Page {
    let kept = passed_on.hidden();
    let values = [("hidden", kept.as_str()), ("username", username), ("query", &passed_on.query())];
    Page::new("Forgotten password", fill(include_str!("html/forgot_password.html"), &values))
}

pub(crate) async fn send(
    State(app): State<App>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let (username, passed_on) = (fields.get("username"), fields.passed_on());
    let direct = match app.user_context(&parts) {
        Some(context) => app.direct.with_user_context(context),
        None => app.direct.clone(),
    };
    match direct.forgot_password(username).await {
        Err(error) if !is_refused(&error) => {
            let said = failure::said(&error, NOT_RESET);
            app.frame.show(send_page(&passed_on, username).refused(&said))
        }
        // The same for every name, without the masked address: the page is open to all.
        Ok(_) | Err(_) => {
            let notice = "If there is an account with this name, a code is on its way to its e-mail address.";
            app.frame.show(reset_page(&passed_on, username).notice(notice))
        }
    }
}

/// By Cognito, for what it knows of the account: it is disabled, or not confirmed.
fn is_refused(error: &AuthError) -> bool {
    let of_the_account = [SignInFailure::Refused, SignInFailure::NextStep(NextStep::ConfirmSignUp)];
    matches!(error, AuthError::Refused(_)) && of_the_account.contains(&SignInFailure::of(error))
}

fn reset_page(passed_on: &PassedOn, username: &str) -> Page {
    let kept = passed_on.hidden();
    let values = [("hidden", kept.as_str()), ("username", username)];
    Page::new("Choose a new password", fill(include_str!("html/reset_password.html"), &values))
}

pub(crate) async fn reset(
    State(app): State<App>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let (username, passed_on) = (fields.get("username"), fields.passed_on());
    let password = fields.password("new_password");
    let done = app.direct.confirm_forgot_password(username, &fields.code(), &password).await;
    if let Err(error) = done {
        let said = failure::said_to_all(&error, NOT_RESET);
        return app.frame.show(reset_page(&passed_on, username).refused(&said));
    }
    // The old password may be known to others, who have sessions: they end as soon as the user is signed in.
    app.resets.add(username);
    // The user has proved the new password; a second factor is asked for all the same.
    match sign_in::start(&app, &parts, SignInAttempt::with_password(username, password)).await {
        Ok(step) => challenge::next(&app, &parts, &passed_on, step).await,
        Err(error) => {
            if SignInFailure::of(&error) == SignInFailure::Fault {
                eprintln!("no sign-in follows a new password: {error}");
            }
            sign_in::redirect_after("password-changed", &passed_on, username)
        }
    }
}
