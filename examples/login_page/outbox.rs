//! `/outbox`: the messages that the local pool would have sent, and what the users' authenticator apps show.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use cognito_auth::testing::{MessagePurpose, OutboxMessage};

use super::page::{Page, fill};
use super::{App, host};

/// Only for requests to a name of this machine: another name may be that of a site which points it here after its
/// page was loaded (DNS rebinding), and whose script would read the codes.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(demo) = app.demo.as_ref().filter(|_| host::is_asked_for_as_this_machine(&headers))
    else {
        return app.frame.failed(StatusCode::FORBIDDEN, "The outbox is at localhost only.");
    };
    let messages: String = demo.pool.outbox().iter().rev().take(50).map(message).collect();
    let codes: String = demo.app_codes().iter().map(app_code).collect();
    let messages = match messages.as_str() {
        "" => "<p>There is no message yet.</p>",
        messages => messages,
    };
    let values = [("messages", messages), ("codes", codes.as_str())];
    app.frame.show(Page::new("Outbox", fill(include_str!("html/outbox.html"), &values)).wide())
}

fn message(message: &OutboxMessage) -> String {
    let subject = match message.purpose {
        MessagePurpose::SignUp | MessagePurpose::ResendCode => "Confirm your account",
        MessagePurpose::ForgotPassword => "Choose a new password",
        MessagePurpose::UpdateUserAttribute | MessagePurpose::VerifyUserAttribute => {
            "Confirm your address"
        }
        MessagePurpose::Authentication => "Your code to sign in",
        _ => "A code",
    };
    let values =
        [("subject", subject), ("to", &message.destination), ("code", message.code.as_str())];
    fill(include_str!("html/message.html"), &values)
}

fn app_code((username, code): &(String, String)) -> String {
    fill(include_str!("html/app_code_row.html"), &[("username", username), ("code", code)])
}
