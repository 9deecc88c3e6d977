//! `/login`: the page where a user types a password.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq;

use crate::testing::http::cookie::{HOSTED_COOKIE, cookie, set_cookie, set_hosted_cookie};
use crate::testing::http::domain::authorize::{AuthorizeRequest, send_code};
use crate::testing::http::domain::response::{page, redirect};
use crate::testing::http::form::FormParameters;
use crate::testing::http::response::{HttpResponse, with_cookie};
use crate::testing::pool::state::PoolState;

const LOGIN: &str = include_str!("login.html");
const ERROR: &str = include_str!("error.html");

/// Pairs the form with the browser that loaded it (double submit).
const CSRF_COOKIE: &str = "XSRF-TOKEN";

/// One text for an unknown name, a wrong password and a disabled user.
pub(crate) const WRONG_PASSWORD: &str = "Incorrect username or password.";
const FORM_TOO_OLD: &str =
    "This form does not belong to this browser, or cookies are switched off. Try again.";

/// Shows the form.
pub(crate) fn page_for(state: &mut PoolState, query: &str, headers: &HeaderMap) -> HttpResponse {
    match AuthorizeRequest::read(query, &state.clients) {
        Ok(request) => {
            let username = request.login_hint.unwrap_or_default();
            login_form(state, StatusCode::OK, query, headers, &username, None)
        }
        Err(target) => redirect(&target),
    }
}

/// Takes the form: a redirect to the app with a code, or the form again with the reason.
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
    let form = FormParameters::parse(body);
    let field = |name| form.as_ref().and_then(|form| form.get(name)).unwrap_or_default();
    let (username, password) = (field("username"), field("password"));
    let refused = |state: &mut PoolState, reason| {
        login_form(state, StatusCode::FORBIDDEN, query, headers, username, Some(reason))
    };
    let csrf = cookie(headers, CSRF_COOKIE).unwrap_or_default();
    let same_browser: bool = csrf.as_bytes().ct_eq(field("_csrf").as_bytes()).into();
    if csrf.is_empty() || !same_browser {
        return refused(state, FORM_TOO_OLD);
    }
    let user = state.users.with_password(username, password).filter(|user| user.enabled);
    let Some(sub) = user.map(|user| user.sub.clone()) else {
        return refused(state, WRONG_PASSWORD);
    };
    if let Some(old) = cookie(headers, HOSTED_COOKIE) {
        state.hosted_sessions.close(&old);
    }
    let hosted = state.hosted_sessions.open(&mut state.random, now, &sub);
    let target = send_code(state, now, &request, sub, now);
    with_cookie(redirect(&target), &set_hosted_cookie(&hosted))
}

fn login_form(
    state: &mut PoolState,
    status: StatusCode,
    query: &str,
    headers: &HeaderMap,
    username: &str,
    error: Option<&str>,
) -> HttpResponse {
    // A second tab must not make the form in the first one useless: one token per browser.
    let known = cookie(headers, CSRF_COOKIE).filter(|token| is_csrf_token(token));
    let csrf = known.unwrap_or_else(|| state.random.text(32));
    let error = error.map(|error| {
        format!("<p class=\"error\" role=\"alert\" id=\"error\">{}</p>", escape(error))
    });
    let html = fill(
        LOGIN,
        &[
            ("action", &escape(&format!("/login?{query}"))),
            ("csrf", &escape(&csrf)),
            ("username", &escape(username)),
            ("error", error.as_deref().unwrap_or_default()),
            ("described", if error.is_some() { " aria-describedby=\"error\"" } else { "" }),
            ("pool", &escape(&state.settings.pool_id)),
        ],
    );
    with_cookie(page(status, html), &set_cookie(CSRF_COOKIE, &csrf, None))
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

fn is_csrf_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Replaces `{{name}}`, once through: what a value contains is not looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut html = String::with_capacity(template.len() + 256);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        html.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        html.push_str(value.unwrap_or_default());
        rest = after;
    }
    html.push_str(rest);
    html
}

/// For text and for quoted attribute values.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\0' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_not_filled_in_twice() {
        assert_eq!(
            escape(r#"<a href='x' b="&">"#),
            "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;"
        );
        let values = [("a", "{{b}}"), ("b", "2")];
        assert_eq!(fill("{{a}}-{{b}}-{{c}}", &values), "{{b}}-2-");
    }

    #[test]
    fn the_template_uses_no_script_and_nothing_from_elsewhere() {
        for template in [LOGIN, ERROR] {
            for word in ["<script", "javascript:", "http:", "https:", "url(", "@import", "onload"] {
                assert!(!template.contains(word), "{word}");
            }
        }
        for name in ["action", "csrf", "username", "error", "described", "pool"] {
            assert_eq!(LOGIN.matches(&format!("{{{{{name}}}}}")).count(), 1, "{name}");
        }
    }
}
