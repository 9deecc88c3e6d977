//! `/login`: the page where a user types a password; and `/challenge`, which follows where more is asked
//! for.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::testing::http::cookie::{HOSTED_COOKIE, cookie, set_hosted_cookie};
use crate::testing::http::domain::authorize::{AuthorizeRequest, send_code};
use crate::testing::http::domain::challenge_page::{self, PageStep};
use crate::testing::http::domain::hosted_page::{
    FORM_TOO_OLD, PageRequest, escape, fill, own_form,
};
use crate::testing::http::domain::login_form::login_form;
use crate::testing::http::domain::password_page::forgot_form;
use crate::testing::http::domain::response::{page, redirect};
use crate::testing::http::domain::sign_up_page::confirm_form;
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::after_password;
use crate::testing::http::response::{HttpResponse, with_cookie};
use crate::testing::pool::challenges::LocalAttempt;
use crate::testing::pool::state::PoolState;
use crate::testing::user::LocalUserStatus;

const ERROR: &str = include_str!("error.html");

/// One text for an unknown name, a wrong password and a disabled user.
pub(crate) const WRONG_PASSWORD: &str = "Incorrect username or password.";

/// Shows the form.
pub(crate) fn page_for(state: &mut PoolState, query: &str, headers: &HeaderMap) -> HttpResponse {
    match AuthorizeRequest::read(query, &state.clients) {
        Ok(request) => {
            let username = request.login_hint.unwrap_or_default();
            login_form(state, query, headers, &username, None)
        }
        Err(target) => redirect(&target),
    }
}

/// Takes the form: a redirect to the app with a code, the page that asks for more, or the form again with
/// the reason.
pub(crate) fn submit(
    state: &mut PoolState,
    now: Duration,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    let request = match AuthorizeRequest::read(query, &state.clients) {
        Ok(request) => request,
        Err(target) => return redirect(&target),
    };
    let Some(client) = state.clients.get(request.client_id()).cloned() else {
        return redirect("/error?error=invalid_request");
    };
    let page = PageRequest { now, client: &client, query, headers };
    let refused = |state: &mut PoolState, username: &str, reason: &str| {
        login_form(state, query, headers, username, Some(reason))
    };
    let Some(form) = own_form(headers, body) else {
        return refused(state, "", FORM_TOO_OLD);
    };
    let field = |name| form.get(name).unwrap_or_default();
    let (typed, password) = (field("username"), field("password"));
    let user = state.user_named(typed).filter(|user| user.enabled);
    let Some(user) = user.filter(|user| user.details.has_password(password)) else {
        return refused(state, typed, WRONG_PASSWORD);
    };
    let username = user.details.username.clone();
    if user.details.status == LocalUserStatus::Unconfirmed {
        let error = ApiError::user_not_confirmed().message;
        return confirm_form(state, &page, &username, Some(&error));
    }
    let attempt = LocalAttempt::at_login_page(request.client_id(), &username);
    let step = match after_password(state, now, attempt) {
        Ok(output) => challenge_page::after(state, &page, &username, &output),
        Err(error) if error == ApiError::password_reset_required() => {
            return forgot_form(state, &page, &username, Some(&error.message));
        }
        Err(error) => PageStep::Over(error.message),
    };
    follow(state, &page, &request, step)
}

/// Takes an answer to what was asked for after the password.
pub(crate) fn submit_challenge(
    state: &mut PoolState,
    page: &PageRequest<'_>,
    request: &AuthorizeRequest,
    form: &FormParameters,
) -> HttpResponse {
    let step = challenge_page::submit(state, page, form);
    follow(state, page, request, step)
}

/// To the app, where the sign-in is done.
fn follow(
    state: &mut PoolState,
    page: &PageRequest<'_>,
    request: &AuthorizeRequest,
    step: PageStep,
) -> HttpResponse {
    let PageRequest { now, query, headers, .. } = *page;
    let username = match step {
        PageStep::Page(page) => return page,
        PageStep::Over(reason) => {
            return login_form(state, query, headers, "", Some(&reason));
        }
        PageStep::SignedIn(username) => username,
    };
    let Some(sub) = state.users.get(&username).map(|user| user.sub.clone()) else {
        let reason = Some(WRONG_PASSWORD);
        return login_form(state, query, headers, "", reason);
    };
    if let Some(old) = cookie(headers, HOSTED_COOKIE) {
        state.hosted_sessions.close(&old);
    }
    let hosted = state.hosted_sessions.open(&mut state.random, now, &sub);
    let target = send_code(state, now, request, sub, now);
    with_cookie(redirect(&target), &set_hosted_cookie(&hosted))
}

/// The page of everything that cannot go back to the app: 400, with what is wrong.
pub(crate) fn error_page(detail: &str) -> HttpResponse {
    page(StatusCode::BAD_REQUEST, fill(ERROR, &[("detail", &escape(detail))]))
}

/// `/error?error=…`: where a request ends that cannot go back to the app.
pub(crate) fn error_page_for(query: &str) -> HttpResponse {
    let error = FormParameters::parse(query.as_bytes());
    let error = error.as_ref().and_then(|form| form.get("error")).unwrap_or("invalid_request");
    error_page(match error {
        "redirect_mismatch" => {
            "redirect_mismatch: the redirect_uri is not one of the client's. They are compared \
             byte by byte."
        }
        _ => {
            "invalid_request: the client_id is unknown, or a parameter is missing or stands twice."
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_page_uses_no_script_and_nothing_from_elsewhere() {
        for word in ["<script", "javascript:", "http:", "https:", "url(", "@import", "onload"] {
            assert!(!ERROR.contains(word), "{word}");
        }
    }
}
