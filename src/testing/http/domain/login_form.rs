//! The form of the login page.

use http::HeaderMap;

use crate::testing::http::domain::hosted_page::{HostedPage, PageRequest, escape, fill, link};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

const FIELDS: &str = include_str!("login.html");

/// The form; with the reason why a sign-in was refused, 403.
pub(crate) fn login_form(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    error: Option<&str>,
) -> HttpResponse {
    show(state, query, headers, username, None, error)
}

/// The form after another page, with what was done there.
pub(crate) fn page_after(
    state: &mut PoolState,
    request: &PageRequest<'_>,
    username: &str,
    done: &str,
) -> HttpResponse {
    show(state, request.query, request.headers, username, Some(done), None)
}

fn show(
    state: &mut PoolState,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    done: Option<&str>,
    error: Option<&str>,
) -> HttpResponse {
    let described = if error.is_some() { " aria-describedby=\"error\"" } else { "" };
    let links = [
        ("/signup", "Sign up"),
        ("/forgotPassword", "Forgot your password?"),
        ("/passkey", "Sign in with a passkey"),
    ];
    let links: String = links.iter().map(|(path, text)| link(path, query, text)).collect();
    let page = HostedPage {
        title: "Sign in",
        path: "/login",
        fields: fill(FIELDS, &[("username", &escape(username)), ("described", described)]),
        button: "Sign in",
        said: done.map(str::to_owned),
        error,
    };
    page.show_with(state, query, headers, &links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_use_no_script() {
        assert!(!FIELDS.contains("<script") && !FIELDS.contains(" on"));
        for name in ["username", "described"] {
            assert_eq!(FIELDS.matches(&format!("{{{{{name}}}}}")).count(), 1, "{name}");
        }
    }
}
