//! `/signup` and `/confirm`: a user signs up, and confirms it with the code that was sent.

use std::time::Duration;

use http::HeaderMap;
use serde_json::json;

use crate::testing::client::LocalClient;
use crate::testing::http::domain::hosted_page::{
    FORM_TOO_OLD, HostedPage, code_field, escape, field, hidden, input, own_form,
};
use crate::testing::http::domain::login_form::page_after;
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::accounts::sign_up;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// The form of a sign-up, with what was typed before and what was wrong with it.
pub(crate) fn sign_up_form(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
    typed: Option<&FormParameters>,
    error: Option<&str>,
) -> HttpResponse {
    let value = |name| typed.and_then(|form| form.get(name)).unwrap_or_default();
    let mut fields = field("username", "Username", "text", value("username"), "username");
    fields += &field("email", "E-mail address", "email", value("email"), "email");
    let required = state.settings.sign_in.required_attributes.clone();
    for name in required.iter().filter(|name| *name != "email") {
        fields += &field(name, name, "text", value(name), "off");
    }
    fields += &field("password", "Password", "password", "", "new-password");
    let title = "Sign up";
    HostedPage { title, path: "/signup", fields, button: title, said: None, error }
        .show(state, query, headers)
}

pub(crate) fn submit_sign_up(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let Some(form) = own_form(headers, body) else {
        return sign_up_form(state, query, headers, None, Some(FORM_TOO_OLD));
    };
    let typed = |name| form.get(name).unwrap_or_default();
    let username = typed("username");
    let mut attributes = vec![json!({ "Name": "email", "Value": typed("email") })];
    let required = state.settings.sign_in.required_attributes.iter();
    let required = required.filter(|name| *name != "email");
    attributes.extend(required.map(|name| json!({ "Name": name, "Value": typed(name) })));
    let members = json!({ "Password": typed("password"), "UserAttributes": attributes });
    match sign_up::sign_up(state, now, &input(client, username, members)) {
        Ok(_) => confirm_form(state, query, headers, username, None),
        Err(error) => sign_up_form(state, query, headers, Some(&form), Some(&error.message)),
    }
}

/// The form for the code of a sign-up.
pub(crate) fn confirm_form(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    error: Option<&str>,
) -> HttpResponse {
    let said = format!("A code was sent to the e-mail address of <b>{}</b>.", escape(username));
    HostedPage {
        title: "Confirm your sign-up",
        path: "/confirm",
        fields: hidden("username", username) + &code_field(),
        button: "Confirm",
        said: Some(said),
        error,
    }
    .show(state, query, headers)
}

/// Back to the login page after the right code.
pub(crate) fn submit_confirm(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let Some(form) = own_form(headers, body) else {
        return sign_up_form(state, query, headers, None, Some(FORM_TOO_OLD));
    };
    let username = form.get("username").unwrap_or_default();
    let members = json!({ "ConfirmationCode": form.get("code").unwrap_or_default() });
    match sign_up::confirm_sign_up(state, now, &input(client, username, members)) {
        Ok(_) => {
            let said = "Your sign-up is confirmed. You can sign in now.";
            page_after(state, query, headers, username, said)
        }
        Err(error) => confirm_form(state, query, headers, username, Some(&error.message)),
    }
}
