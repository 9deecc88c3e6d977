//! `/forgotPassword` and `/confirmForgotPassword`: a new password, with the code that was sent.

use std::time::Duration;

use http::HeaderMap;
use serde_json::json;

use crate::testing::client::LocalClient;
use crate::testing::http::domain::hosted_page::{
    FORM_TOO_OLD, HostedPage, code_field, escape, field, hidden, input, own_form,
};
use crate::testing::http::domain::login_form::page_after;
use crate::testing::http::json_api::accounts::passwords;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// The form that asks whose password was forgotten.
pub(crate) fn forgot_form(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
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
    .show(state, query, headers)
}

pub(crate) fn submit_forgot(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let Some(form) = own_form(headers, body) else {
        return forgot_form(state, query, headers, "", Some(FORM_TOO_OLD));
    };
    let username = form.get("username").unwrap_or_default();
    match passwords::forgot_password(state, now, &input(client, username, json!({}))) {
        Ok(output) => {
            let sent = output["CodeDeliveryDetails"]["Destination"].as_str().unwrap_or_default();
            let said = format!("A code was sent to <b>{}</b>.", escape(sent));
            reset_form(state, query, headers, username, Some(said), None)
        }
        Err(error) => forgot_form(state, query, headers, username, Some(&error.message)),
    }
}

fn reset_form(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
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
    .show(state, query, headers)
}

/// Back to the login page after the right code.
pub(crate) fn submit_reset(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let Some(form) = own_form(headers, body) else {
        return forgot_form(state, query, headers, "", Some(FORM_TOO_OLD));
    };
    let typed = |name| form.get(name).unwrap_or_default();
    let username = typed("username");
    let members = json!({ "ConfirmationCode": typed("code"), "Password": typed("password") });
    match passwords::confirm_forgot_password(state, now, &input(client, username, members)) {
        Ok(_) => {
            let said = "Your password is changed. You can sign in with it now.";
            page_after(state, query, headers, username, said)
        }
        Err(error) => reset_form(state, query, headers, username, None, Some(&error.message)),
    }
}
