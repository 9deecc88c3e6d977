//! What the pages of the login have in common: the template, the form that belongs to one browser, and the
//! operations of the JSON API that they call.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::hmac::secret_hash;
use crate::testing::client::LocalClient;
use crate::testing::http::cookie::{cookie, set_cookie};
use crate::testing::http::domain::response::{page, page_with_script};
use crate::testing::http::form::FormParameters;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::response::{HttpResponse, with_cookie};
use crate::testing::pool::state::PoolState;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

const BACK: &str = "Back to the sign-in";

/// Pairs the form with the browser that loaded it (double submit).
const CSRF_COOKIE: &str = "XSRF-TOKEN";

pub(crate) const FORM_TOO_OLD: &str =
    "This form does not belong to this browser, or cookies are switched off. Try again.";

/// A request to one of the pages beside `/login`.
#[derive(Clone, Copy)]
pub(crate) struct PageRequest<'a> {
    pub(crate) now: Duration,
    pub(crate) client: &'a LocalClient,
    /// That of the authorize endpoint.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

/// A page with one form.
pub(crate) struct HostedPage<'a> {
    pub(crate) title: &'a str,
    /// Where the form is sent.
    pub(crate) path: &'a str,
    /// Made by [`field`], [`hidden`] and [`choice`]: escaped already.
    pub(crate) fields: String,
    pub(crate) button: &'a str,
    /// A sentence above the form, escaped already.
    pub(crate) said: Option<String>,
    pub(crate) error: Option<&'a str>,
}

/// A script on a page, and what it finds in the form.
pub(crate) struct PageScript<'a> {
    pub(crate) text: &'a str,
    /// Names and values of the form's `data-` attributes.
    pub(crate) data: [(&'a str, &'a str); 2],
}

/// A link to another page of the login, which gets the same query.
pub(crate) fn link(path: &str, query: &str, text: &str) -> String {
    format!("<a href=\"{}\">{text}</a>", escape(&format!("{path}?{query}")))
}

impl HostedPage<'_> {
    /// The page, with a way back to the sign-in.
    pub(crate) fn show(&self, state: &mut PoolState, request: &PageRequest<'_>) -> HttpResponse {
        let PageRequest { query, headers, .. } = *request;
        self.show_with(state, query, headers, &link("/login", query, BACK))
    }

    /// The page, with these links below the form.
    pub(crate) fn show_with(
        &self,
        state: &mut PoolState,
        query: &str,
        headers: &HeaderMap,
        links: &str,
    ) -> HttpResponse {
        let csrf = csrf_token(state, headers);
        let status = if self.error.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
        let html = self.html(&state.settings.pool_id, query, &csrf, links, "", "");
        with_csrf_cookie(page(status, html), &csrf)
    }

    /// The page with a script, the only one that its policy allows.
    pub(crate) fn show_with_script(
        &self,
        state: &mut PoolState,
        request: &PageRequest<'_>,
        script: &PageScript<'_>,
    ) -> HttpResponse {
        let PageRequest { query, headers, .. } = *request;
        let csrf = csrf_token(state, headers);
        let nonce = state.random.text(16);
        let attribute =
            |(name, value): &(&str, &str)| format!(" data-{name}=\"{}\"", escape(value));
        let attributes: String = script.data.iter().map(attribute).collect();
        let script = format!("\n<script nonce=\"{nonce}\">\n{}</script>", script.text);
        let back = link("/login", query, BACK);
        let html = self.html(&state.settings.pool_id, query, &csrf, &back, &attributes, &script);
        with_csrf_cookie(page_with_script(StatusCode::OK, html, &nonce), &csrf)
    }

    fn html(
        &self,
        pool_id: &str,
        query: &str,
        csrf: &str,
        links: &str,
        attributes: &str,
        script: &str,
    ) -> String {
        fill(
            PAGE,
            &[
                ("style", STYLE),
                ("title", &escape(self.title)),
                ("pool", &escape(pool_id)),
                ("said", &said(self.said.as_deref())),
                ("error", &alert(self.error)),
                ("action", &escape(&format!("{}?{query}", self.path))),
                ("attributes", attributes),
                ("csrf", &escape(csrf)),
                ("fields", &self.fields),
                ("button", &escape(self.button)),
                ("links", links),
                ("script", script),
            ],
        )
    }
}

/// A labelled input. `kind` is its `type`.
pub(crate) fn field(
    name: &str,
    label: &str,
    kind: &str,
    value: &str,
    autocomplete: &str,
) -> String {
    let (name, label, value) = (escape(name), escape(label), escape(value));
    format!(
        "<label for=\"{name}\">{label}</label>\n    <input id=\"{name}\" name=\"{name}\" \
         type=\"{kind}\" value=\"{value}\" required autocomplete=\"{autocomplete}\">\n    "
    )
}

/// An input for a code in decimal digits.
pub(crate) fn code_field() -> String {
    "<label for=\"code\">Code</label>\n    <input id=\"code\" name=\"code\" type=\"text\" required \
     inputmode=\"numeric\" autocomplete=\"one-time-code\">\n    "
        .to_owned()
}

pub(crate) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n    ", escape(name), escape(value))
}

/// A choice among values, each with its label.
pub(crate) fn choice(name: &str, label: &str, values: &[(&str, &str)]) -> String {
    let (name, label) = (escape(name), escape(label));
    let option = |(value, label): &(&str, &str)| {
        format!("<option value=\"{}\">{}</option>", escape(value), escape(label))
    };
    let options: String = values.iter().map(option).collect();
    format!(
        "<label for=\"{name}\">{label}</label>\n    <select id=\"{name}\" \
         name=\"{name}\">{options}</select>\n    "
    )
}

/// A sentence above a form.
fn said(html: Option<&str>) -> String {
    let said = |html| format!("<p class=\"said\" role=\"status\" id=\"said\">{html}</p>");
    html.map(said).unwrap_or_default()
}

/// What went wrong, above a form.
fn alert(error: Option<&str>) -> String {
    let alert =
        |error| format!("<p class=\"error\" role=\"alert\" id=\"error\">{}</p>", escape(error));
    error.map(alert).unwrap_or_default()
}

/// The token of this browser: a second tab must not make the form in the first one useless.
fn csrf_token(state: &mut PoolState, headers: &HeaderMap) -> String {
    let known = cookie(headers, CSRF_COOKIE).filter(|token| is_csrf_token(token));
    known.unwrap_or_else(|| state.random.text(32))
}

fn with_csrf_cookie(response: HttpResponse, csrf: &str) -> HttpResponse {
    with_cookie(response, &set_cookie(CSRF_COOKIE, csrf, None))
}

/// The fields of a form that this browser loaded; `None` of another one.
pub(crate) fn own_form(headers: &HeaderMap, body: &[u8]) -> Option<FormParameters> {
    let form = FormParameters::parse(body)?;
    let csrf = cookie(headers, CSRF_COOKIE).filter(|csrf| !csrf.is_empty())?;
    let given = form.get("_csrf").unwrap_or_default();
    let same: bool = csrf.as_bytes().ct_eq(given.as_bytes()).into();
    same.then_some(form)
}

fn is_csrf_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The input of an operation on a user, with what shows the client's secret.
pub(crate) fn input(client: &LocalClient, username: &str, mut members: Value) -> Input {
    members["ClientId"] = client.id.as_str().into();
    members["Username"] = username.into();
    let hash = client.secret.as_deref().map(|secret| secret_hash(secret, username, &client.id));
    if let Some(hash) = hash {
        if members["ChallengeResponses"].is_object() {
            members["ChallengeResponses"]["SECRET_HASH"] = hash.as_str().into();
        }
        members["SecretHash"] = hash.into();
    }
    Input::of(members)
}

/// Replaces `{{name}}`, once through: what a value contains is not looked at again.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut html = String::with_capacity(template.len() + 4096);
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
pub(crate) fn escape(text: &str) -> String {
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
mod tests;
