//! `/sign-in`: by password, by a code, or by a passkey.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::response::Response;
use cognito_auth::AuthError;
use cognito_auth::direct::{NextStep, SignInAttempt, SignInFailure, Step};
use cognito_auth::sessions::CurrentUser;

use super::form::{Fields, PassedOn};
use super::page::{Page, Said, fill, redirect};
use super::{App, challenge, failure, forgot_password};

/// The same for a wrong password, a user who does not exist, one who is disabled, one who has to wait after five
/// wrong passwords, and one who is not confirmed: Cognito says that of any password.
pub(crate) const NOT_AUTHORIZED: &str = "The user name or the password is wrong. After several wrong \
     passwords you have to wait for a few minutes. If your account is new, confirm it first: the link is below.";

/// `GET /login` redirects here, with `return_to`; and with `max_age` for a page that requires a new sign-in.
pub(crate) async fn show(
    State(app): State<App>,
    user: Option<CurrentUser>,
    Query(query): Query<Fields>,
) -> Response {
    if user.is_some() && !query.has("max_age") {
        return redirect("/account");
    }
    let page = page(&query.passed_on(), query.get("username"));
    app.frame.show(match (user, query.get("notice")) {
        (Some(_), _) => page.notice("Please confirm that it is you."),
        (None, "confirmed") => {
            page.notice("Your account is confirmed. Sign in with your password.")
        }
        (None, "password-changed") => page.notice("Your password was changed. Sign in with it."),
        _ => page,
    })
}

pub(crate) async fn submit(
    State(app): State<App>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let (username, passed_on) = (fields.get("username"), fields.passed_on());
    let attempt = match fields.get("way") {
        "code" => SignInAttempt::by_choice(username).prefer_email_code(),
        "passkey" => SignInAttempt::by_choice(username).prefer_passkey(),
        _ => SignInAttempt::with_password(username, fields.password("password")),
    };
    match start(&app, &parts, attempt).await {
        Ok(step) => challenge::next(&app, &parts, &passed_on, step).await,
        Err(error) => not_started(&app, &passed_on, username, &error),
    }
}

/// With the browser's address, where Cognito takes it.
pub(crate) async fn start(
    app: &App,
    parts: &Parts,
    attempt: SignInAttempt,
) -> Result<Step, AuthError> {
    match app.user_context(parts) {
        Some(context) => app.direct.start(attempt.user_context(context)).await,
        None => app.direct.start(attempt).await,
    }
}

/// To the sign-in page, after the user has done something else.
pub(crate) fn redirect_after(notice: &str, passed_on: &PassedOn, username: &str) -> Response {
    let mut query = url::form_urlencoded::Serializer::new("/sign-in?".to_owned());
    query.append_pair("notice", notice).append_pair("username", username);
    query.extend_pairs(passed_on.return_to.iter().map(|path| ("return_to", path)));
    redirect(&query.finish())
}

/// A sign-in that did not begin, or that has to begin again.
pub(crate) fn not_started(
    app: &App,
    passed_on: &PassedOn,
    username: &str,
    error: &AuthError,
) -> Response {
    match SignInFailure::of(error) {
        SignInFailure::NextStep(NextStep::ConfirmSignUp) => {
            refused(app, passed_on, username, &Said::refused(NOT_AUTHORIZED))
        }
        SignInFailure::NextStep(NextStep::ResetPassword) => {
            let page = forgot_password::send_page(passed_on, username);
            app.frame.show(page.notice("Your password has to be changed before you can sign in."))
        }
        _ => refused(app, passed_on, username, &failure::said(error, NOT_AUTHORIZED)),
    }
}

/// The sign-in page, with the reason why it is shown again.
pub(crate) fn refused(app: &App, passed_on: &PassedOn, username: &str, said: &Said) -> Response {
    app.frame.show(page(passed_on, username).refused(said))
}

fn page(passed_on: &PassedOn, username: &str) -> Page {
    let values = [
        ("hidden", passed_on.hidden()),
        ("username", username.to_owned()),
        ("query", passed_on.query()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    Page::new("Sign in", fill(include_str!("html/sign_in.html"), &values))
}
