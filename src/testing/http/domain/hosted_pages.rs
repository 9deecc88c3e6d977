//! The pages beside `/login`: which one a request is for.

use std::time::Duration;

use http::{HeaderMap, Method};

use crate::testing::http::domain::authorize::AuthorizeRequest;
use crate::testing::http::domain::hosted_page::{FORM_TOO_OLD, PageRequest, own_form};
use crate::testing::http::domain::login::submit_challenge;
use crate::testing::http::domain::login_form::login_form;
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
    let page = PageRequest { now, client: &client, query, headers };
    if method != Method::POST {
        return first_page(state, &page, &request, path, None);
    }
    let Some(form) = own_form(headers, body) else {
        return first_page(state, &page, &request, path, Some(FORM_TOO_OLD));
    };
    match path {
        "/signup" => submit_sign_up(state, &page, &form),
        "/confirm" => submit_confirm(state, &page, &form),
        "/forgotPassword" => submit_forgot(state, &page, &form),
        "/confirmForgotPassword" => submit_reset(state, &page, &form),
        "/passkey" => passkey_page::submit_sign_in(state, &page, &form),
        "/passkeys/add" => passkey_page::submit_add(state, &page, &request, &form),
        _ => submit_challenge(state, &page, &request, &form),
    }
}

/// The page that a form of this path begins with; with the reason, where a form was none of this browser's.
fn first_page(
    state: &mut PoolState,
    page: &PageRequest<'_>,
    request: &AuthorizeRequest,
    path: &str,
    error: Option<&str>,
) -> HttpResponse {
    let typed = request.login_hint.as_deref().unwrap_or_default();
    let goes_on = error.is_some();
    match path {
        "/signup" => sign_up_form(state, page, None, error),
        "/confirm" if goes_on => sign_up_form(state, page, None, error),
        "/forgotPassword" => forgot_form(state, page, typed, error),
        "/confirmForgotPassword" if goes_on => forgot_form(state, page, typed, error),
        "/passkey" | "/passkeys/add" => {
            let moved = passkey_page::at_relying_party(state, path, page).filter(|_| !goes_on);
            moved.unwrap_or_else(|| match path {
                "/passkey" => passkey_page::sign_in_form(state, page, typed, error),
                _ => passkey_page::add_form(state, page, error),
            })
        }
        "/challenge" if goes_on => login_form(state, page.query, page.headers, "", error),
        _ => redirect(&format!("/login?{}", page.query)),
    }
}
