//! The page of each challenge. The challenge is sealed into its form.

use axum::http::StatusCode;
use axum::response::Response;
use cognito_auth::direct::{SignInChallenge, TotpSecret, TotpSetup};

use super::form::{PassedOn, hidden};
use super::page::{Page, Said, fill};
use super::{App, authenticator_app};

/// Asks for the answer. `secret` is that of an authenticator app that is being set up.
pub(crate) fn ask(
    app: &App,
    passed_on: &PassedOn,
    challenge: &SignInChallenge,
    secret: &str,
    said: Option<&Said>,
) -> Response {
    let sealed = match challenge.seal(&app.keys) {
        Ok(sealed) => hidden("challenge", &sealed),
        Err(error) => {
            eprintln!("a challenge was not sealed: {error}");
            let text = "This does not work at the moment. Please try again in a few minutes.";
            return app.frame.failed(StatusCode::SERVICE_UNAVAILABLE, text);
        }
    };
    let kept = sealed + &passed_on.hidden();
    let page = match challenge {
        SignInChallenge::EmailCode(code) => code_page(&kept, "e-mail", code.destination()),
        SignInChallenge::SmsMfa(code) | SignInChallenge::SmsCode(code) => {
            code_page(&kept, "text message", code.destination())
        }
        SignInChallenge::TotpMfa(code) => {
            let app = code.device_name().filter(|name| !name.is_empty());
            let values = [("hidden", kept.as_str()), ("app", app.unwrap_or("authenticator app"))];
            Page::new("Second step", fill(include_str!("html/app_code.html"), &values))
        }
        SignInChallenge::NewPassword(new) => {
            let fields: String = new.required_attributes().iter().map(|name| field(name)).collect();
            let values = [("hidden", kept.as_str()), ("fields", &fields)];
            Page::new("Choose a password", fill(include_str!("html/new_password.html"), &values))
        }
        SignInChallenge::MfaSetup(_) => {
            let secret = TotpSecret::from(secret);
            let values = ("/sign-in/challenge", kept.as_str(), challenge.username());
            authenticator_app::page(app, values, &secret)
        }
        SignInChallenge::MfaChoice(choice) => {
            let values = [("hidden", kept.as_str()), ("buttons", &buttons(choice.choices()))];
            Page::new("Second step", fill(include_str!("html/choice.html"), &values))
        }
        SignInChallenge::Choice(choice) => {
            let (is_password, others): (Vec<_>, Vec<_>) =
                choice.choices().iter().cloned().partition(|choice| choice.starts_with("PASSWORD"));
            let password = match is_password.is_empty() {
                true => String::new(),
                false => fill(include_str!("html/password_field.html"), &[]),
            };
            let buttons = buttons(&others);
            let values =
                [("hidden", kept.as_str()), ("password", &password), ("buttons", &buttons)];
            Page::new("Sign in", fill(include_str!("html/first_factor.html"), &values))
        }
        SignInChallenge::Passkey(passkey) => {
            let values = [("hidden", kept.as_str()), ("options", passkey.options())];
            Page::new("Use your passkey", fill(include_str!("html/passkey.html"), &values))
        }
        other => return not_known(app, other.name()),
    };
    app.frame.show(page.maybe_refused(said))
}

/// Asks for the first code of a new authenticator app.
pub(crate) fn set_up(app: &App, passed_on: &PassedOn, setup: &TotpSetup) -> Response {
    let challenge = SignInChallenge::MfaSetup(setup.challenge().clone());
    ask(app, passed_on, &challenge, setup.secret().expose(), None)
}

/// Some challenges are never asked here: no attempt names a remembered device, chooses the password without
/// sending it, or starts the pool's own triggers. Cognito may add others.
pub(crate) fn not_known(app: &App, name: &str) -> Response {
    eprintln!("there is no page for {name}");
    let text = "Your account needs a step that this site does not have. Please contact us.";
    app.frame.failed(StatusCode::NOT_IMPLEMENTED, text)
}

fn code_page(kept: &str, medium: &str, destination: Option<&str>) -> Page {
    let destination = destination.map(|to| format!(" to {to}")).unwrap_or_default();
    let values = [("hidden", kept), ("medium", medium), ("destination", &destination)];
    Page::new("Enter the code", fill(include_str!("html/code.html"), &values))
}

/// A field for an attribute, with the name that browsers fill it in by.
fn field(name: &str) -> String {
    let (label, kind, autocomplete) = match name {
        "email" => ("E-mail address", "email", "email"),
        "phone_number" => ("Telephone number, such as +15555550100", "tel", "tel"),
        "name" => ("Name", "text", "name"),
        "given_name" => ("First name", "text", "given-name"),
        "family_name" => ("Last name", "text", "family-name"),
        other => (other, "text", "off"),
    };
    let values = [("name", name), ("label", label), ("type", kind), ("autocomplete", autocomplete)];
    fill(include_str!("html/attribute.html"), &values)
}

/// A button for each choice, by Cognito's name of it.
fn buttons(choices: &[String]) -> String {
    let button = |choice: &String| {
        let text = match choice.as_str() {
            "EMAIL_OTP" => "Get a code by e-mail",
            "SMS_MFA" | "SMS_OTP" => "Get a code by text message",
            "SOFTWARE_TOKEN_MFA" => "Use the authenticator app",
            "WEB_AUTHN" => "Use a passkey",
            other => other,
        };
        fill(include_str!("html/choice_button.html"), &[("choice", choice), ("text", text)])
    };
    choices.iter().map(button).collect()
}
