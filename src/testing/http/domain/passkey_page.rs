//! `/passkey`: a sign-in with a passkey; `/passkeys/add`: a new passkey of the user who is signed in at the
//! login page. The only pages with a script, since only a script reaches an authenticator.

use http::header::HOST;
use serde_json::Value;

use crate::testing::http::domain::authorize::{AuthorizeRequest, hosted_user};
use crate::testing::http::domain::hosted_page::{
    HostedPage, PageRequest, PageScript, escape, field, hidden,
};
use crate::testing::http::domain::response::redirect;
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::passkeys::{complete, creation_options};
use crate::testing::http::json_api::sign_in_user::user_who_may_sign_in;
use crate::testing::http::json_api::web_authn_challenge::web_authn;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::challenges::LocalAttempt;
use crate::testing::pool::state::PoolState;

const SCRIPT: &str = include_str!("passkey.js");

/// The same page at the relying party's name, where the browser came by an address: a passkey belongs to a
/// name.
pub(crate) fn at_relying_party(
    state: &PoolState,
    path: &str,
    request: &PageRequest<'_>,
) -> Option<HttpResponse> {
    let host = request.headers.get(HOST)?.to_str().ok()?;
    let (name, port) = host.rsplit_once(':')?;
    let by_address = matches!(name, "127.0.0.1" | "[::1]");
    let to_localhost = by_address && state.settings.sign_in.relying_party == "localhost";
    let query = request.query;
    to_localhost.then(|| redirect(&format!("http://localhost:{port}{path}?{query}")))
}

/// The form that asks who signs in.
pub(crate) fn sign_in_form(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    username: &str,
    error: Option<&str>,
) -> HttpResponse {
    HostedPage {
        title: "Sign in with a passkey",
        path: "/passkey",
        fields: field("username", "Username", "text", username, "username webauthn"),
        button: "Continue",
        said: None,
        error,
    }
    .show(state, request)
}

/// The challenge, which the script answers at `/challenge`. A name that no user has gets one too.
pub(crate) fn submit_sign_in(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    form: &FormParameters,
) -> HttpResponse {
    let typed = form.get("username").unwrap_or_default();
    let username = match user_who_may_sign_in(state, request.client, typed) {
        Ok(known) => known.unwrap_or_else(|| typed.to_owned()),
        Err(error) => return sign_in_form(state, request, typed, Some(&error.message)),
    };
    let attempt = LocalAttempt::at_login_page(&request.client.id, &username);
    let output = web_authn(state, request.now, attempt);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let options = text(&output["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]);
    let fields = hidden("username", &username)
        + &hidden("session", &text(&output["Session"]))
        + &hidden("challenge", "WEB_AUTHN")
        + &hidden("credential", "");
    HostedPage {
        title: "Sign in with a passkey",
        path: "/challenge",
        fields,
        button: "Use the passkey",
        said: Some("Your browser asks for the passkey.".to_owned()),
        error: None,
    }
    .show_with_script(state, request, &script("get", &options))
}

/// The page that makes a passkey for the browser's user.
pub(crate) fn add_form(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    error: Option<&str>,
) -> HttpResponse {
    let PageRequest { now, client, query, headers } = *request;
    let Some((sub, _)) = hosted_user(state, now, headers) else {
        return redirect(&format!("/login?{query}"));
    };
    let user = state.users.by_sub(&sub).map(|user| user.details.username.clone());
    let options = creation_options(state, now, &user.unwrap_or_default(), &sub, &client.id);
    HostedPage {
        title: "Add a passkey",
        path: "/passkeys/add",
        fields: hidden("credential", ""),
        button: "Make a passkey",
        said: Some(escape(error.unwrap_or("Your browser makes a passkey for your next sign-in."))),
        error: None,
    }
    .show_with_script(state, request, &script("create", &options.to_string()))
}

/// Back to the app, once the passkey is registered.
pub(crate) fn submit_add(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    authorize: &AuthorizeRequest,
    form: &FormParameters,
) -> HttpResponse {
    let PageRequest { now, client, query, headers } = *request;
    let Some((sub, _)) = hosted_user(state, now, headers) else {
        return redirect(&format!("/login?{query}"));
    };
    let credential = serde_json::from_str(form.get("credential").unwrap_or_default());
    let credential = credential.map_err(|_| ApiError::credential_malformed());
    let done =
        credential.and_then(|credential| complete(state, now, &sub, &client.id, &credential));
    match done {
        Ok(()) => redirect(authorize.redirect_uri()),
        Err(error) => add_form(state, request, Some(&error.message)),
    }
}

/// The script that calls the authenticator: `create` or `get`, with these options in JSON.
fn script<'a>(ceremony: &'a str, options: &'a str) -> PageScript<'a> {
    PageScript { text: SCRIPT, data: [("ceremony", ceremony), ("options", options)] }
}
