//! `/signup` and `/confirm`: a user signs up, and confirms it with the code that was sent.

use serde_json::json;

use crate::testing::http::domain::hosted_page::{
    HostedPage, PageRequest, code_field, escape, field, hidden, input,
};
use crate::testing::http::domain::login_form::page_after;
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::accounts::sign_up;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// The form of a sign-up, with what was typed before and what was wrong with it.
pub(crate) fn sign_up_form(
    state: &mut PoolState,
    request: &PageRequest<'_>,
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
        .show(state, request)
}

pub(crate) fn submit_sign_up(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    form: &FormParameters,
) -> HttpResponse {
    let typed = |name| form.get(name).unwrap_or_default();
    let username = typed("username");
    let mut attributes = vec![json!({ "Name": "email", "Value": typed("email") })];
    let required = state.settings.sign_in.required_attributes.iter();
    let required = required.filter(|name| *name != "email");
    attributes.extend(required.map(|name| json!({ "Name": name, "Value": typed(name) })));
    let members = json!({ "Password": typed("password"), "UserAttributes": attributes });
    match sign_up::sign_up(state, request.now, &input(request.client, username, members)) {
        Ok(_) => confirm_form(state, request, username, None),
        Err(error) => sign_up_form(state, request, Some(form), Some(&error.message)),
    }
}

/// The form for the code of a sign-up.
pub(crate) fn confirm_form(
    state: &mut PoolState,
    request: &PageRequest<'_>,
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
    .show(state, request)
}

/// Back to the login page after the right code.
pub(crate) fn submit_confirm(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    form: &FormParameters,
) -> HttpResponse {
    let username = form.get("username").unwrap_or_default();
    let members = json!({ "ConfirmationCode": form.get("code").unwrap_or_default() });
    match sign_up::confirm_sign_up(state, request.now, &input(request.client, username, members)) {
        Ok(_) => {
            let said = "Your sign-up is confirmed. You can sign in now.";
            page_after(state, request, username, said)
        }
        Err(error) => confirm_form(state, request, username, Some(&error.message)),
    }
}
