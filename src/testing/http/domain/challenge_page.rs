//! `/challenge`: what a sign-in at the login page asks for after the password.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::http::domain::hosted_page::{
    HostedPage, PageRequest, choice, code_field, escape, field, hidden, input,
};
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::accounts::software_token;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::respond_to_auth_challenge;
use crate::testing::http::response::HttpResponse;
use crate::testing::mfa::LocalMfaMethod;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;

/// What an answer on this page led to.
pub(crate) enum PageStep {
    /// Another page, or this one again with what was wrong.
    Page(HttpResponse),
    /// The user of this name has shown everything.
    SignedIn(String),
    /// The sign-in has to begin again, for this reason.
    Over(String),
}

/// From the output of a step of the sign-in to the page that asks for the next one.
pub(crate) fn after(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    username: &str,
    output: &Value,
) -> PageStep {
    match output["Session"].as_str() {
        Some(session) => show(state, request, session, None),
        None => PageStep::SignedIn(username.to_owned()),
    }
}

/// The form for a challenge.
fn show(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    session: &str,
    error: Option<&str>,
) -> PageStep {
    let now = request.now;
    let challenge = match state.challenges.get(now, session) {
        Ok(challenge) => challenge.clone(),
        Err(refusal) => return PageStep::Over(ApiError::from(refusal).message),
    };
    let mut session = session.to_owned();
    let username = &challenge.attempt.username;
    let (said, fields) = match &challenge.proof {
        AskedProof::MfaCode { method, .. } => {
            (sent_to(state, &challenge.attempt, *method), code_field())
        }
        AskedProof::SoftwareToken => {
            ("Enter the code that your authenticator app shows.".to_owned(), code_field())
        }
        AskedProof::MfaChoice => {
            let user = state.users.get(username);
            let methods = user.map(|user| user.details.mfa.enabled()).unwrap_or_default();
            let values: Vec<(&str, &str)> =
                methods.iter().map(|method| (method.name(), label(*method))).collect();
            ("Choose how you confirm that it is you.".to_owned(), choice("answer", "By", &values))
        }
        AskedProof::MfaSetup { secret, .. } => {
            let secret = match secret {
                Some(secret) => secret.clone(),
                None => match associate(state, now, &session) {
                    Ok((secret, next)) => {
                        session = next;
                        secret
                    }
                    Err(error) => return PageStep::Over(error.message),
                },
            };
            let said = format!(
                "Add an account with this secret to your authenticator app: <code>{}</code>. Then enter \
                 the code that the app shows.",
                escape(&secret)
            );
            (said, code_field())
        }
        AskedProof::NewPassword => {
            let required = state.settings.sign_in.required_attributes.iter();
            let user = state.users.get(username);
            let lacks = |name: &&String| {
                user.is_some_and(|user| user.details.get_attribute(name).is_none())
            };
            let attributes: String = required
                .filter(lacks)
                .map(|name| field(&format!("userAttributes.{name}"), name, "text", "", "off"))
                .collect();
            let password = field("password", "New password", "password", "", "new-password");
            ("Choose a password of your own.".to_owned(), password + &attributes)
        }
        _ => return PageStep::Over(ApiError::session_invalid().message),
    };
    let fields = hidden("username", username)
        + &hidden("session", &session)
        + &hidden("challenge", challenge.proof.challenge().unwrap_or_default())
        + &fields;
    let page = HostedPage {
        title: "Confirm that it is you",
        path: "/challenge",
        fields,
        button: "Continue",
        said: Some(said),
        error,
    };
    PageStep::Page(page.show(state, request))
}

fn sent_to(state: &PoolState, attempt: &LocalAttempt, method: LocalMfaMethod) -> String {
    let medium = match method {
        LocalMfaMethod::Sms => MessageMedium::Sms,
        _ => MessageMedium::Email,
    };
    let user = state.users.get(&attempt.username);
    let destination = user.and_then(|user| user.details.get_attribute(medium.attribute()));
    format!("A code was sent to <b>{}</b>.", escape(&medium.mask(destination.unwrap_or_default())))
}

fn label(method: LocalMfaMethod) -> &'static str {
    match method {
        LocalMfaMethod::Sms => "Text message",
        LocalMfaMethod::SoftwareToken => "Authenticator app",
        LocalMfaMethod::Email => "E-mail",
    }
}

fn associate(
    state: &mut PoolState,
    now: Duration,
    session: &str,
) -> Result<(String, String), ApiError> {
    let output = software_token::associate(state, now, &input_of_session(session, json!({})))?;
    let text = |name: &str| output[name].as_str().unwrap_or_default().to_owned();
    Ok((text("SecretCode"), text("Session")))
}

fn input_of_session(
    session: &str,
    mut members: Value,
) -> crate::testing::http::json_api::input::Input {
    members["Session"] = session.into();
    crate::testing::http::json_api::input::Input::of(members)
}

/// Takes an answer. A wrong one that the challenge outlives is asked for again.
pub(crate) fn submit(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    form: &FormParameters,
) -> PageStep {
    let now = request.now;
    let typed = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let [username, challenge, code] = ["username", "challenge", "code"].map(typed);
    let mut session = typed("session");
    let mut responses = json!({ "USERNAME": username });
    match challenge.as_str() {
        "NEW_PASSWORD_REQUIRED" => {
            responses["NEW_PASSWORD"] = typed("password").into();
            for name in &state.settings.sign_in.required_attributes {
                let name = format!("userAttributes.{name}");
                if let Some(value) = form.get(&name) {
                    responses[name] = value.into();
                }
            }
        }
        "SELECT_MFA_TYPE" => responses["ANSWER"] = typed("answer").into(),
        "MFA_SETUP" => {
            let verify = input_of_session(&session, json!({ "UserCode": code }));
            match software_token::verify(state, now, &verify) {
                Ok(output) => session = output["Session"].as_str().unwrap_or_default().to_owned(),
                Err(error) => return show(state, request, &session, Some(&error.message)),
            }
        }
        "WEB_AUTHN" => responses["CREDENTIAL"] = typed("credential").into(),
        name => responses[format!("{name}_CODE")] = code.into(),
    }
    let members = json!({
        "ChallengeName": challenge,
        "Session": session,
        "ChallengeResponses": responses,
    });
    let answer = input(request.client, &username, members);
    match respond_to_auth_challenge::run(state, now, &answer) {
        Ok(output) => after(state, request, &username, &output),
        Err(error) => show(state, request, &session, Some(&error.message)),
    }
}
