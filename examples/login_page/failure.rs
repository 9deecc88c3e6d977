//! What the user is told of an error.

use axum::http::StatusCode;
use cognito_auth::direct::SignInFailure;
use cognito_auth::{AuthError, InputProblem, RefusalCode};

use super::page::Said;

const SERVICE: &str =
    "This does not work at the moment. It is not your fault: please try again in a few minutes.";

/// What a page says of an error. `not_authorized` is said where Cognito has one answer for several reasons: a wrong
/// password, a user who does not exist, a user who is disabled.
pub(crate) fn said(error: &AuthError, not_authorized: &str) -> Said {
    match SignInFailure::of(error) {
        SignInFailure::Refused => Said::refused(refused(error, not_authorized)),
        SignInFailure::NextStep(_) => {
            Said::refused("This took too long, or it was completed before. Please start again.")
        }
        SignInFailure::SlowDown { retry_after } => {
            let retry_after = retry_after.map(|wait| wait.as_secs().max(1));
            let status = StatusCode::TOO_MANY_REQUESTS;
            let text = "There were too many attempts. Please wait a few minutes, then try again.";
            Said { status, text: text.to_owned(), retry_after }
        }
        _ => {
            eprintln!("a user was told that this does not work: {error}");
            let status = match error.is_misconfiguration() {
                true => StatusCode::INTERNAL_SERVER_ERROR,
                false => StatusCode::SERVICE_UNAVAILABLE,
            };
            Said { status, text: SERVICE.to_owned(), retry_after: None }
        }
    }
}

/// What a page says of a code that belongs to an account, where the page is open to all: `same` for a wrong code, one
/// that has expired or was tried too often, and an account that does not exist, is disabled or has no such code.
pub(crate) fn said_to_all(error: &AuthError, same: &str) -> Said {
    // Refused for every name, or after the right code only.
    let others = [
        RefusalCode::InvalidPassword,
        RefusalCode::PasswordInHistory,
        RefusalCode::AliasExists,
        RefusalCode::TriggerFailed,
    ];
    match error {
        AuthError::Refused(refusal)
            if SignInFailure::of(error) != SignInFailure::Fault
                && !others.contains(&refusal.code()) =>
        {
            Said::refused(same)
        }
        _ => said(error, same),
    }
}

fn refused(error: &AuthError, not_authorized: &str) -> String {
    let refusal = match error {
        AuthError::Refused(refusal) => refusal,
        AuthError::Input { reason, .. } => return input(reason, not_authorized).to_owned(),
        _ => return not_authorized.to_owned(),
    };
    let text = match refusal.code() {
        RefusalCode::CodeMismatch | RefusalCode::SoftwareTokenRejected => {
            "This code is not right. Check it, and enter it again."
        }
        RefusalCode::ExpiredCode => {
            "This code has expired, or was used before. Wait for the next one, or ask for a new one."
        }
        RefusalCode::InvalidPassword => {
            "This password is too simple. Choose a longer one, with small and capital letters, digits and \
             symbols."
        }
        RefusalCode::PasswordInHistory => "You had this password before. Choose another one.",
        RefusalCode::UsernameExists => "This user name is taken. Choose another one, or sign in.",
        RefusalCode::AliasExists => {
            "There is an account with this e-mail address. Sign in with it."
        }
        RefusalCode::MfaMethodNotFound => {
            "You have not set up this way to sign in. Choose another."
        }
        RefusalCode::PasskeyRejected => "This passkey was not accepted. Try another one.",
        // A trigger of the pool wrote it for the user.
        RefusalCode::TriggerFailed => refusal.description().unwrap_or(not_authorized),
        _ => not_authorized,
    };
    text.to_owned()
}

/// What was refused before it was sent.
fn input<'a>(reason: &InputProblem, otherwise: &'a str) -> &'a str {
    match reason {
        InputProblem::NotAUserName => "Enter your user name: up to 128 characters, without spaces.",
        InputProblem::PasswordLength => "Enter your password: up to 256 characters.",
        InputProblem::PasswordTooShort => {
            "The new password is too short: it needs 6 characters or more."
        }
        InputProblem::NotAOneTimeCode => "Enter the code, without spaces.",
        InputProblem::NotSixDigits => "The code of an authenticator app has six digits.",
        InputProblem::NotOffered => "Choose one of these.",
        InputProblem::AttributeMissing => "Fill in all fields.",
        InputProblem::NotAnAttribute => "One of these values is too long.",
        InputProblem::NotAJsonObject => "The browser gave no passkey. Try again.",
        _ => otherwise,
    }
}
