//! `/passkey`: a sign-in with a passkey; `/passkeys/add`: a new passkey of the user who is signed in at the
//! login page. The only pages with a script, since only a script reaches an authenticator.

use std::time::Duration;

use http::header::HOST;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::testing::client::LocalClient;
use crate::testing::http::domain::authorize::{AuthorizeRequest, hosted_user};
use crate::testing::http::domain::hosted_page::{
    FORM_TOO_OLD, HostedPage, STYLE, csrf_token, escape, field, fill, hidden, own_form,
    with_csrf_cookie,
};
use crate::testing::http::domain::response::{page_with_script, redirect};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::passkeys::{complete, creation_options};
use crate::testing::http::json_api::sign_in_user::user_who_may_sign_in;
use crate::testing::http::json_api::web_authn_challenge::web_authn;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::challenges::LocalAttempt;
use crate::testing::pool::state::PoolState;

const PASSKEY: &str = include_str!("passkey.html");
const SCRIPT: &str = include_str!("passkey.js");

/// What the page with the script is about.
struct Ceremony<'a> {
    title: &'a str,
    path: &'a str,
    /// `create` or `get`.
    kind: &'a str,
    said: &'a str,
    button: &'a str,
    fields: String,
    /// JSON.
    options: String,
}

/// The same page at the relying party's name, where the browser came by an address: a passkey belongs to a
/// name.
pub(crate) fn at_relying_party(
    state: &PoolState,
    path: &str,
    query: &str,
    headers: &HeaderMap,
) -> Option<HttpResponse> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let (name, port) = host.rsplit_once(':')?;
    let by_address = matches!(name, "127.0.0.1" | "[::1]");
    let to_localhost = by_address && state.settings.sign_in.relying_party == "localhost";
    to_localhost.then(|| redirect(&format!("http://localhost:{port}{path}?{query}")))
}

/// The form that asks who signs in.
pub(crate) fn sign_in_form(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
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
    .show(state, query, headers)
}

/// The challenge, which the script answers at `/challenge`. A name that no user has gets one too.
pub(crate) fn submit_sign_in(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let Some(form) = own_form(headers, body) else {
        return sign_in_form(state, query, headers, "", Some(FORM_TOO_OLD));
    };
    let typed = form.get("username").unwrap_or_default();
    let username = match user_who_may_sign_in(state, client, typed) {
        Ok(known) => known.unwrap_or_else(|| typed.to_owned()),
        Err(error) => return sign_in_form(state, query, headers, typed, Some(&error.message)),
    };
    let output = web_authn(state, now, LocalAttempt::at_login_page(&client.id, &username));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields = hidden("username", &username)
        + &hidden("session", &text(&output["Session"]))
        + &hidden("challenge", "WEB_AUTHN")
        + &hidden("credential", "");
    let ceremony = Ceremony {
        title: "Sign in with a passkey",
        path: "/challenge",
        kind: "get",
        said: "Your browser asks for the passkey.",
        button: "Use the passkey",
        fields,
        options: text(&output["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]),
    };
    ceremony.show(state, query, headers)
}

/// The page that makes a passkey for the browser's user.
pub(crate) fn add_form(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    error: Option<&str>,
) -> HttpResponse {
    let Some((sub, _)) = hosted_user(state, now, headers) else {
        return redirect(&format!("/login?{query}"));
    };
    let user = state.users.by_sub(&sub).map(|user| user.details.username.clone());
    let options = creation_options(state, now, &user.unwrap_or_default(), &sub, &client.id);
    let ceremony = Ceremony {
        title: "Add a passkey",
        path: "/passkeys/add",
        kind: "create",
        said: error.unwrap_or("Your browser makes a passkey for your next sign-in."),
        button: "Make a passkey",
        fields: hidden("credential", ""),
        options: options.to_string(),
    };
    ceremony.show(state, query, headers)
}

/// Back to the app, once the passkey is registered.
pub(crate) fn submit_add(
    state: &mut PoolState,
    now: Duration,
    request: &AuthorizeRequest,
    client: &LocalClient,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let Some((sub, _)) = hosted_user(state, now, headers) else {
        return redirect(&format!("/login?{query}"));
    };
    let form = own_form(headers, body);
    let Some(form) = form else {
        return add_form(state, now, client, query, headers, Some(FORM_TOO_OLD));
    };
    let credential = serde_json::from_str(form.get("credential").unwrap_or_default());
    let credential = credential.map_err(|_| ApiError::credential_malformed());
    let done =
        credential.and_then(|credential| complete(state, now, &sub, &client.id, &credential));
    match done {
        Ok(()) => redirect(request.redirect_uri()),
        Err(error) => add_form(state, now, client, query, headers, Some(&error.message)),
    }
}

impl Ceremony<'_> {
    fn show(&self, state: &mut PoolState, query: &str, headers: &HeaderMap) -> HttpResponse {
        let csrf = csrf_token(state, headers);
        let nonce = state.random.text(16);
        let html = fill(
            PASSKEY,
            &[
                ("style", STYLE),
                ("title", &escape(self.title)),
                ("pool", &escape(&state.settings.pool_id)),
                ("said", &escape(self.said)),
                ("action", &escape(&format!("{}?{query}", self.path))),
                ("ceremony", self.kind),
                ("options", &escape(&self.options)),
                ("csrf", &escape(&csrf)),
                ("fields", &self.fields),
                ("button", &escape(self.button)),
                ("back", &escape(&format!("/login?{query}"))),
                ("nonce", &nonce),
                ("script", SCRIPT),
            ],
        );
        with_csrf_cookie(page_with_script(StatusCode::OK, html, &nonce), &csrf)
    }
}
