//! The pages: one template.

use std::time::SystemTime;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cognito_auth::UserInfo;
use cognito_auth::sessions::{CurrentUser, SessionInfo, SessionPage};

const TEMPLATE: &str = include_str!("page.html");

const SIGN_OUT: &str = "<form method=\"post\" action=\"/logout\">\
     <button type=\"submit\">Sign out</button> \
     <button type=\"submit\" class=\"quiet\" name=\"everywhere\" value=\"true\">\
     Sign out on all devices</button></form>";

/// `no-referrer` would make the `Origin` of the forms `null`, and they would be refused. No `form-action`:
/// the sign-out leads on to the login page's host.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// After a form, so that a reload does not send it again.
pub(crate) fn redirect(to: &str) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Redirect::to(to)).into_response()
}

pub(crate) fn signed_out() -> impl IntoResponse {
    let content = "<h1>You are signed out</h1>\
         <p>Sign in to see who this server thinks you are.</p>\
         <a class=\"button\" href=\"/login?return_to=/account\">Sign in</a>";
    (HEADERS, Html(fill("Signed out", content)))
}

pub(crate) fn welcome(user: &CurrentUser) -> impl IntoResponse + use<> {
    let admin = " · <a href=\"/admin\">Administration</a>";
    let content = format!(
        "<h1>Hello, {}</h1><p>You are signed in.</p>\
         <p><a href=\"/account\">Your account</a>{}</p>{SIGN_OUT}",
        escape(user.username().unwrap_or_else(|| user.sub())),
        if user.has_group("admins") { admin } else { "" },
    );
    (HEADERS, Html(fill("Signed in", &content)))
}

pub(crate) fn admin() -> impl IntoResponse {
    let content = "<h1>Administration</h1><p>Only users of the group admins see this page.</p>\
         <a class=\"button\" href=\"/account\">Your account</a>";
    (HEADERS, Html(fill("Administration", content)))
}

/// `details`: what Cognito says of the user now, if it was reached.
pub(crate) fn account(
    user: &CurrentUser,
    details: Option<&UserInfo>,
    sessions: &[SessionInfo],
    now: SystemTime,
) -> impl IntoResponse + use<> {
    let username = user.username().unwrap_or_else(|| user.sub());
    let name = details.and_then(|details| details.attribute("name")).unwrap_or(username);
    let groups: Vec<&str> = user.claims().groups().collect();
    let verified = match details.and_then(|details| details.email_verified) {
        Some(true) => " (verified)",
        Some(false) => " (not verified)",
        None => "",
    };
    let email = details.and_then(|details| details.email.as_deref()).or(user.email());
    let rows = [
        ("User name", Some(username.to_owned())),
        ("E-mail", email.map(|email| format!("{email}{verified}"))),
        ("Groups", Some(groups.join(", ")).filter(|groups| !groups.is_empty())),
        ("User id", Some(user.sub().to_owned())),
    ];
    let rows: String = rows
        .into_iter()
        .filter_map(|(term, value)| Some((term, value?)))
        .map(|(term, value)| format!("<dt>{term}</dt><dd>{}</dd>", escape(&value)))
        .collect();
    let sessions: String = sessions.iter().map(|session| item(session, now)).collect();
    let content = format!(
        "<h1>Hello, {}</h1><p>You are signed in.</p><dl>{rows}</dl>{SIGN_OUT}\
         <h2>Where you are signed in</h2><ul>{sessions}</ul>",
        escape(name),
    );
    (HEADERS, Html(fill("Your account", &content)))
}

/// One session of the list. The one of this request ends by "Sign out".
fn item(session: &SessionInfo, now: SystemTime) -> String {
    let device = session.device.as_deref().map_or("A browser".to_owned(), device);
    let seen = session.seen_at.unwrap_or(session.created_at);
    let end = if session.is_this {
        "<small>this browser</small>".to_owned()
    } else {
        format!(
            "<form method=\"post\" action=\"/account/end-session\">\
             <input type=\"hidden\" name=\"session\" value=\"{}\">\
             <button type=\"submit\" class=\"quiet\">End</button></form>",
            session.public_id,
        )
    };
    let (device, seen) = (escape(&device), ago(seen, now));
    format!("<li><span>{device}<br><small>last seen {seen}</small></span>{end}</li>")
}

/// The browser and the system, as far as `User-Agent` tells: it is the browser's own word.
fn device(agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = known(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = known(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// `seen_at` is written once a minute at most.
fn ago(moment: SystemTime, now: SystemTime) -> String {
    let minutes = now.duration_since(moment).unwrap_or_default().as_secs() / 60;
    match minutes {
        0 | 1 => "just now".to_owned(),
        2..120 => format!("{minutes} minutes ago"),
        120..2880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

/// The pages that the library serves, in the looks of this server.
pub(crate) fn of_the_library(page: &SessionPage) -> String {
    let link = match &page.link {
        Some((to, text)) => (to.as_str(), *text),
        None => ("/", "Back"),
    };
    let link = format!("<a class=\"button\" href=\"{}\">{}</a>", escape(link.0), escape(link.1));
    let message = escape(page.message);
    if page.status.is_success() {
        // Fetching it makes the browser forget the pages that it keeps for the back button.
        let image = page.clear_image.as_deref().map(escape).unwrap_or_default();
        let image = format!("<img src=\"{image}\" alt=\"\" hidden>");
        let content = format!("<h1>{}</h1>{link}{image}", message.trim_end_matches('.'));
        return fill(&message, &content);
    }
    let content = format!(
        "<h1>That did not work</h1><p role=\"alert\">{message}</p>{link}\
         <p class=\"code\"><small>{}</small></p>",
        escape(page.code),
    );
    fill("That did not work", &content)
}

pub(crate) fn failed(status: StatusCode, message: &str) -> Response {
    let content = format!(
        "<h1>That did not work</h1><p role=\"alert\">{}</p>\
         <a class=\"button\" href=\"/\">Back</a>",
        escape(message),
    );
    (status, HEADERS, Html(fill("That did not work", &content))).into_response()
}

fn fill(title: &str, content: &str) -> String {
    TEMPLATE.replacen("{{title}}", title, 1).replacen("{{content}}", content, 1)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
