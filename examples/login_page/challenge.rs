//! `POST /sign-in/challenge`: the answer to a challenge; and what follows a step of a sign-in.

use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cognito_auth::direct::{SignInChallenge, SignInFailure, Step};
use cognito_auth::{AuthError, RefusalCode, Tokens};

use super::form::{Fields, PassedOn};
use super::page::Said;
use super::{App, challenge_page, failure, sign_in};

/// The page of the next challenge, or the session.
pub(crate) async fn next(app: &App, parts: &Parts, passed_on: &PassedOn, step: Step) -> Response {
    match step {
        Step::Done(tokens) => begin(app, parts, passed_on, tokens).await,
        Step::Challenge(SignInChallenge::MfaSetup(challenge)) => {
            match challenge.start_totp().await {
                Ok(setup) => challenge_page::set_up(app, passed_on, &setup),
                Err(error) => sign_in::not_started(app, passed_on, "", &error),
            }
        }
        Step::Challenge(challenge) => challenge_page::ask(app, passed_on, &challenge, "", None),
        _ => challenge_page::not_known(app, "a step"),
    }
}

async fn begin(app: &App, parts: &Parts, passed_on: &PassedOn, tokens: Tokens) -> Response {
    let response = app.sessions.begin(parts, tokens, passed_on.return_to.as_deref()).await;
    if !app.resets.is_empty() {
        end_others_after_reset(app, parts, &response).await;
    }
    response.map(Body::from).into_response()
}

/// Ends the user's other sessions, if the password was reset since the last sign-in. They are found by the new
/// session, with the cookie that the browser is about to get.
async fn end_others_after_reset(app: &App, parts: &Parts, response: &axum::http::Response<String>) {
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    let pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let pairs = pairs.collect::<Vec<_>>().join("; ");
    let Ok(cookie) = HeaderValue::from_str(&pairs) else { return };
    let mut parts = parts.clone();
    parts.headers.insert(header::COOKIE, cookie);
    match app.sessions.current(&parts).await {
        Ok(Some(signed_in)) => {
            // Each can have been typed, at the reset. A pool with other aliases has more.
            let names = [signed_in.username(), Some(signed_in.sub()), signed_in.email()];
            let names: Vec<&str> = names.into_iter().flatten().collect();
            if !app.resets.has_any(&names) {
                return;
            }
            match app.sessions.end_others(&signed_in).await {
                Ok(_) => app.resets.remove(&names),
                // The next sign-in tries again.
                Err(error) => eprintln!("sessions from before a new password continue: {error}"),
            }
        }
        // No session has begun.
        Ok(None) => {}
        Err(error) => eprintln!("sessions from before a new password may continue: {error}"),
    }
}

/// The answer to a challenge. Everything that is known of the sign-in is in the sealed challenge.
pub(crate) async fn submit(
    State(app): State<App>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let passed_on = fields.passed_on();
    let challenge = match app.direct.open(&app.keys, fields.get("challenge")) {
        Ok(challenge) => challenge,
        Err(error) => return sign_in::not_started(&app, &passed_on, "", &error),
    };
    match answer(&challenge, &fields).await {
        Ok(step) => next(&app, &parts, &passed_on, step).await,
        Err(error) if stands(&error) => {
            let said = failure::said(&error, sign_in::NOT_AUTHORIZED);
            challenge_page::ask(&app, &passed_on, &challenge, fields.get("secret"), Some(&said))
        }
        Err(error) => {
            let username = challenge.username();
            match (&challenge, SignInFailure::of(&error)) {
                (SignInChallenge::Passkey(_), SignInFailure::Refused) => {
                    let said = Said::refused("This passkey was not accepted. Try another way.");
                    sign_in::refused(&app, &passed_on, username, &said)
                }
                _ => sign_in::not_started(&app, &passed_on, username, &error),
            }
        }
    }
}

/// Whether the same challenge can be answered again. If Cognito sees it otherwise, the next answer says that the
/// challenge is over.
fn stands(error: &AuthError) -> bool {
    match SignInFailure::of(error) {
        SignInFailure::Refused | SignInFailure::SlowDown { .. } => match error {
            AuthError::Refused(refusal) => !matches!(
                refusal.code(),
                RefusalCode::NotAuthorized | RefusalCode::UserDisabled | RefusalCode::UserNotFound
            ),
            _ => true,
        },
        _ => false,
    }
}

async fn answer(challenge: &SignInChallenge, fields: &Fields) -> Result<Step, AuthError> {
    let code = fields.code();
    match challenge {
        SignInChallenge::SmsMfa(challenge)
        | SignInChallenge::TotpMfa(challenge)
        | SignInChallenge::EmailCode(challenge)
        | SignInChallenge::SmsCode(challenge) => challenge.answer(&code).await,
        SignInChallenge::NewPassword(challenge) => {
            challenge.answer(&fields.password("new_password"), &fields.below("attribute.")).await
        }
        SignInChallenge::MfaChoice(challenge) => challenge.choose(fields.get("choice")).await,
        SignInChallenge::MfaSetup(challenge) => challenge.verify_totp(&code, None).await,
        SignInChallenge::Choice(challenge) => match fields.get("choice") {
            "password" => challenge.choose_password(&fields.password("password")).await,
            choice => challenge.choose(choice).await,
        },
        SignInChallenge::Passkey(challenge) => challenge.answer(fields.get("credential")).await,
        // `challenge_page::ask` asks for none of the others.
        other => Ok(Step::Challenge(other.clone())),
    }
}
