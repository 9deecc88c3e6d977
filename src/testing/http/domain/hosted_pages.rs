//! The pages beside `/login`: which one a request is for.

use std::time::Duration;

use http::{HeaderMap, Method};

use crate::testing::http::domain::authorize::AuthorizeRequest;
use crate::testing::http::domain::login::submit_challenge;
use crate::testing::http::domain::passkey_page;
use crate::testing::http::domain::password_page::{forgot_form, submit_forgot, submit_reset};
use crate::testing::http::domain::response::redirect;
use crate::testing::http::domain::sign_up_page::{sign_up_form, submit_confirm, submit_sign_up};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// The paths of these pages.
pub(crate) const PATHS: [&str; 7] = [
    "/signup",
    "/confirm",
    "/forgotPassword",
    "/confirmForgotPassword",
    "/challenge",
    "/passkey",
    "/passkeys/add",
];

/// The query is that of the authorize endpoint, and is handed on from page to page. Pages that go on from
/// another one's form are not loaded by themselves: they lead to the login page.
pub(crate) fn respond(
    state: &mut PoolState,
    now: Duration,
    (method, path): (&Method, &str),
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let request = match AuthorizeRequest::read(query, &state.clients) {
        Ok(request) => request,
        Err(target) => return redirect(&target),
    };
    let client = state.clients.get(request.client_id()).cloned();
    let Some(client) = client else { return redirect("/error?error=invalid_request") };
    let submitted = method == Method::POST;
    match path {
        "/signup" if submitted => submit_sign_up(state, now, &client, query, headers, body),
        "/signup" => sign_up_form(state, query, headers, None, None),
        "/confirm" if submitted => submit_confirm(state, now, &client, query, headers, body),
        "/forgotPassword" if submitted => submit_forgot(state, now, &client, query, headers, body),
        "/forgotPassword" => {
            let username = request.login_hint.clone().unwrap_or_default();
            forgot_form(state, query, headers, &username, None)
        }
        "/confirmForgotPassword" if submitted => {
            submit_reset(state, now, &client, query, headers, body)
        }
        "/passkey" | "/passkeys/add" if !submitted => {
            let moved = passkey_page::at_relying_party(state, path, query, headers);
            let typed = request.login_hint.as_deref().unwrap_or_default();
            moved.unwrap_or_else(|| match path {
                "/passkey" => passkey_page::sign_in_form(state, query, headers, typed, None),
                _ => passkey_page::add_form(state, now, &client, query, headers, None),
            })
        }
        "/passkey" => passkey_page::submit_sign_in(state, now, &client, query, headers, body),
        "/passkeys/add" => {
            passkey_page::submit_add(state, now, &request, &client, query, headers, body)
        }
        "/challenge" if submitted => {
            submit_challenge(state, now, &request, &client, query, headers, body)
        }
        _ => redirect(&format!("/login?{query}")),
    }
}
