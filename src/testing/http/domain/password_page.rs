//! `/forgotPassword` and `/confirmForgotPassword`: a new password, with the code that was sent.

use serde_json::json;

use crate::testing::http::domain::hosted_page::{
    HostedPage, PageRequest, code_field, escape, field, hidden, input,
};
use crate::testing::http::domain::login_form::page_after;
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::accounts::passwords;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// The form that asks whose password was forgotten.
pub(crate) fn forgot_form(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    username: &str,
    error: Option<&str>,
) -> HttpResponse {
    HostedPage {
        title: "Forgot your password?",
        path: "/forgotPassword",
        fields: field("username", "Username", "text", username, "username"),
        button: "Send a code",
        said: None,
        error,
    }
    .show(state, request)
}

pub(crate) fn submit_forgot(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    form: &FormParameters,
) -> HttpResponse {
    let username = form.get("username").unwrap_or_default();
    match passwords::forgot_password(
        state,
        request.now,
        &input(request.client, username, json!({})),
    ) {
        Ok(output) => {
            let sent = output["CodeDeliveryDetails"]["Destination"].as_str().unwrap_or_default();
            let said = format!("A code was sent to <b>{}</b>.", escape(sent));
            reset_form(state, request, username, Some(said), None)
        }
        Err(error) => forgot_form(state, request, username, Some(&error.message)),
    }
}

fn reset_form(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    username: &str,
    said: Option<String>,
    error: Option<&str>,
) -> HttpResponse {
    let fields = hidden("username", username)
        + &code_field()
        + &field("password", "New password", "password", "", "new-password");
    HostedPage {
        title: "Choose a new password",
        path: "/confirmForgotPassword",
        fields,
        button: "Set the password",
        said,
        error,
    }
    .show(state, request)
}

/// Back to the login page after the right code.
pub(crate) fn submit_reset(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    form: &FormParameters,
) -> HttpResponse {
    let typed = |name| form.get(name).unwrap_or_default();
    let username = typed("username");
    let members = json!({ "ConfirmationCode": typed("code"), "Password": typed("password") });
    match passwords::confirm_forgot_password(
        state,
        request.now,
        &input(request.client, username, members),
    ) {
        Ok(_) => {
            let said = "Your password is changed. You can sign in with it now.";
            page_after(state, request, username, said)
        }
        Err(error) => reset_form(state, request, username, None, Some(&error.message)),
    }
}
