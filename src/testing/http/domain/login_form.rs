//! The form of the login page.

use http::{HeaderMap, StatusCode};

use crate::testing::http::domain::hosted_page::{
    STYLE, alert, csrf_token, escape, fill, said, with_csrf_cookie,
};
use crate::testing::http::domain::response::page;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

pub(crate) const LOGIN: &str = include_str!("login.html");

/// The form, with the reason why a sign-in was refused.
pub(crate) fn login_form(
    state: &mut PoolState,
    status: StatusCode,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    error: Option<&str>,
) -> HttpResponse {
    show(state, status, query, headers, username, None, error)
}

/// The form after another page, with what was done there.
pub(crate) fn page_after(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    done: &str,
) -> HttpResponse {
    show(state, StatusCode::OK, query, headers, username, Some(done), None)
}

fn show(
    state: &mut PoolState,
    status: StatusCode,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    done: Option<&str>,
    error: Option<&str>,
) -> HttpResponse {
    let csrf = csrf_token(state, headers);
    let html = fill(
        LOGIN,
        &[
            ("style", STYLE),
            ("action", &escape(&format!("/login?{query}"))),
            ("csrf", &escape(&csrf)),
            ("username", &escape(username)),
            ("said", &said(done)),
            ("error", &alert(error)),
            ("described", if error.is_some() { " aria-describedby=\"error\"" } else { "" }),
            ("pool", &escape(&state.settings.pool_id)),
            ("sign_up", &escape(&format!("/signup?{query}"))),
            ("passkey", &escape(&format!("/passkey?{query}"))),
            ("forgot", &escape(&format!("/forgotPassword?{query}"))),
        ],
    );
    with_csrf_cookie(page(status, html), &csrf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_uses_no_script_and_nothing_from_elsewhere() {
        for word in ["<script", "javascript:", "http:", "https:", "url(", "@import", "onload"] {
            assert!(!LOGIN.contains(word), "{word}");
        }
        for name in [
            "style",
            "action",
            "csrf",
            "username",
            "said",
            "error",
            "described",
            "pool",
            "sign_up",
            "forgot",
        ] {
            assert_eq!(LOGIN.matches(&format!("{{{{{name}}}}}")).count(), 1, "{name}");
        }
    }
}
