//! `/sign-up` and `/confirm`: a new account, and the code that confirms it.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::response::Response;
use cognito_auth::direct::{ChallengeSession, SignInAttempt, SignUp, Step};
use cognito_auth::{AuthError, RefusalCode};

use super::form::{Fields, PassedOn, hidden};
use super::page::{Page, Said, fill};
use super::{App, challenge, failure, sign_in};

/// The same for a wrong code, for an account that is confirmed already, and for one that does not exist.
const NOT_CONFIRMED: &str = "This code is not right, or the account is confirmed already. Check the code, ask for a \
     new one, or sign in. After several wrong codes you have to wait.";

pub(crate) async fn show(State(app): State<App>, Query(query): Query<Fields>) -> Response {
    app.frame.show(page(&query))
}

pub(crate) async fn submit(
    State(app): State<App>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let (username, passed_on) = (fields.get("username"), fields.passed_on());
    if !fields.get("email").contains('@') {
        let said = Said::refused("Enter your e-mail address: the code goes there.");
        return app.frame.show(page(&fields).refused(&said));
    }
    let mut sign_up = SignUp::new(username)
        .password(fields.password("password"))
        .attribute("email", fields.get("email"));
    if let Some(context) = app.user_context(&parts) {
        sign_up = sign_up.user_context(context);
    }
    match app.direct.sign_up(&sign_up).await {
        Ok(signed_up) if signed_up.is_confirmed => {
            sign_in_after(&app, &parts, &passed_on, username, signed_up.session).await
        }
        Ok(signed_up) => {
            let delivery = signed_up.delivery.and_then(|delivery| delivery.destination);
            let to = delivery.unwrap_or_else(|| "your e-mail address".to_owned());
            let sealed = signed_up.session.and_then(|session| {
                let sealed = app.direct.seal_sign_up(&app.keys, &session);
                sealed.inspect_err(|error| eprintln!("a sign-up was not sealed: {error}")).ok()
            });
            let page = confirm_page(&passed_on, username, sealed.as_deref().unwrap_or_default());
            app.frame.show(page.notice(&format!("A code is on its way to {to}.")))
        }
        Err(error) => {
            let said = failure::said(&error, "This user name or e-mail address cannot be used.");
            app.frame.show(page(&fields).refused(&said))
        }
    }
}

fn page(fields: &Fields) -> Page {
    let passed_on = fields.passed_on();
    let values = [
        ("hidden", passed_on.hidden()),
        ("username", fields.get("username").to_owned()),
        ("email", fields.get("email").to_owned()),
        ("query", passed_on.query()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    Page::new("Create an account", fill(include_str!("html/sign_up.html"), &values))
}

/// For a user who comes back later.
pub(crate) async fn show_confirm(State(app): State<App>, Query(query): Query<Fields>) -> Response {
    app.frame.show(confirm_page(&query.passed_on(), query.get("username"), ""))
}

/// `sealed` is the session of the sign-up, or empty: with it the user is signed in by the same code.
pub(crate) fn confirm_page(passed_on: &PassedOn, username: &str, sealed: &str) -> Page {
    let kept = passed_on.hidden() + &hidden("session", sealed);
    let values = [("hidden", kept.as_str()), ("username", username)];
    Page::new("Confirm your account", fill(include_str!("html/confirm.html"), &values))
}

pub(crate) async fn confirm(
    State(app): State<App>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let (username, passed_on) = (fields.get("username"), fields.passed_on());
    // Without it, and after 15 minutes, the account is confirmed all the same.
    let session = app.direct.open_sign_up(&app.keys, fields.get("session")).ok();
    match app.direct.confirm_sign_up(username, &fields.code(), session.as_ref()).await {
        Ok(session) => sign_in_after(&app, &parts, &passed_on, username, session).await,
        Err(error) => {
            let said = failure::said_to_all(&error, NOT_CONFIRMED);
            let page = confirm_page(&passed_on, username, fields.get("session"));
            app.frame.show(page.refused(&said))
        }
    }
}

pub(crate) async fn resend(State(app): State<App>, Form(fields): Form<Fields>) -> Response {
    let username = fields.get("username");
    let page = confirm_page(&fields.passed_on(), username, fields.get("session"));
    app.frame.show(match app.direct.resend_confirmation_code(username).await {
        // The same for every name: the page is open to all.
        Ok(_) => {
            page.notice("If this account waits for its confirmation, a new code is on its way.")
        }
        Err(error) => page.refused(&failure::said(&error, NOT_CONFIRMED)),
    })
}

/// Signs the user in without a password. Where the app client does not allow it, the sign-in page is next.
async fn sign_in_after(
    app: &App,
    parts: &Parts,
    passed_on: &PassedOn,
    username: &str,
    session: Option<ChallengeSession>,
) -> Response {
    if let Some(session) = session {
        match sign_in::start(app, parts, SignInAttempt::after_sign_up(username, session)).await {
            Ok(step @ Step::Done(_)) => {
                return challenge::next(app, parts, passed_on, step).await;
            }
            Ok(_) => {}
            Err(AuthError::Refused(refusal)) if refusal.code() == RefusalCode::ChallengeOver => {}
            Err(error) => eprintln!("no sign-in follows a sign-up: {error}"),
        }
    }
    sign_in::redirect_after("confirmed", passed_on, username)
}
