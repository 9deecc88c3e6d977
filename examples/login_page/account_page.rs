//! What the account page shows.

use std::time::SystemTime;

use cognito_auth::UserInfo;
use cognito_auth::direct::{AuthFactors, DeviceInfo, PasskeyInfo};
use cognito_auth::sessions::{CurrentUser, SessionInfo};

use super::page::{Page, fill};

pub(crate) struct Details {
    pub(crate) info: Option<UserInfo>,
    pub(crate) factors: Option<AuthFactors>,
    /// `None` where the pool has no passkeys.
    pub(crate) passkeys: Option<Vec<PasskeyInfo>>,
    pub(crate) devices: Vec<DeviceInfo>,
    pub(crate) sessions: Vec<SessionInfo>,
    pub(crate) now: SystemTime,
}

/// What was done, after a form.
pub(crate) fn notice(code: &str) -> Option<&'static str> {
    Some(match code {
        "password" => "Your password was changed, and you are signed out everywhere else.",
        "app" => {
            "Your authenticator app is set up. You will be asked for its code when you sign in."
        }
        "app-off" => "Your authenticator app is switched off.",
        "passkey" => "Your passkey is saved. You can sign in with it.",
        "passkey-deleted" => "The passkey is deleted here. Delete it in your password manager too.",
        "sessions" => "You are signed out there.",
        "device" => "The device is forgotten.",
        _ => return None,
    })
}

pub(crate) fn page(user: &CurrentUser, details: &Details) -> Page {
    let username = user.username().unwrap_or_else(|| user.sub());
    let info = details.info.as_ref();
    let email = info.and_then(|info| info.email.as_deref()).unwrap_or("none");
    let is_verified = match info.and_then(|info| info.email_verified) {
        Some(true) => "verified",
        Some(false) => "not verified",
        None => "",
    };
    let name = info.and_then(|info| info.attribute("name")).unwrap_or(username);
    let sessions: String = details.sessions.iter().map(|one| session(one, details.now)).collect();
    let end_others = match details.sessions.len() {
        0 | 1 => "",
        _ => include_str!("html/end_others.html"),
    };
    let values = [
        ("name", name),
        ("username", username),
        ("email", email),
        ("verified", is_verified),
        ("app", &authenticator_app(details.factors.as_ref())),
        ("passkeys", &passkeys(details)),
        ("sessions", &sessions),
        ("end_others", end_others),
        ("devices", &devices(details)),
    ];
    Page::new("Your account", fill(include_str!("html/account.html"), &values)).wide()
}

fn authenticator_app(factors: Option<&AuthFactors>) -> String {
    let is_on = |factors: &AuthFactors| factors.mfa.iter().any(|mfa| mfa == "SOFTWARE_TOKEN_MFA");
    match factors.is_some_and(is_on) {
        true => include_str!("html/app_on.html").to_owned(),
        false => include_str!("html/app_off.html").to_owned(),
    }
}

fn passkeys(details: &Details) -> String {
    let Some(passkeys) = &details.passkeys else {
        return "<p>This site has no passkeys.</p>".to_owned();
    };
    let row = |passkey: &PasskeyInfo| {
        let name = if passkey.name.is_empty() { "Passkey" } else { &passkey.name };
        let created = passkey.created_at.map(|at| ago(at, details.now)).unwrap_or_default();
        let values = [("name", name), ("created", created.as_str()), ("id", &passkey.id)];
        fill(include_str!("html/passkey_row.html"), &values)
    };
    let rows: String = passkeys.iter().map(row).collect();
    fill(include_str!("html/passkeys.html"), &[("rows", &rows)])
}

fn devices(details: &Details) -> String {
    if details.devices.is_empty() {
        return String::new();
    }
    let row = |device: &DeviceInfo| {
        let name = device.attributes.iter().find(|(name, _)| name == "device_name");
        let name = name.map_or("Device", |(_, name)| name);
        let used = device.last_used_at.map(|at| ago(at, details.now)).unwrap_or_default();
        let values = [("name", name), ("used", used.as_str()), ("key", &device.key)];
        fill(include_str!("html/device_row.html"), &values)
    };
    let rows: String = details.devices.iter().map(row).collect();
    fill(include_str!("html/devices.html"), &[("rows", &rows)])
}

/// The session of this request ends by "Sign out".
fn session(session: &SessionInfo, now: SystemTime) -> String {
    let device = session.device.as_deref().map_or("A browser".to_owned(), browser);
    let seen = ago(session.seen_at.unwrap_or(session.created_at), now);
    let id = session.public_id.to_string();
    let values = [("device", device.as_str()), ("seen", &seen), ("session", &id)];
    match session.is_this {
        true => fill(include_str!("html/this_session_row.html"), &values),
        false => fill(include_str!("html/session_row.html"), &values),
    }
}

/// The browser and the system, as far as `User-Agent` tells: it is the browser's own word.
fn browser(agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browsers =
        [("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    match (known(&browsers), known(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

fn ago(moment: SystemTime, now: SystemTime) -> String {
    let minutes = now.duration_since(moment).unwrap_or_default().as_secs() / 60;
    match minutes {
        0 | 1 => "just now".to_owned(),
        2..120 => format!("{minutes} minutes ago"),
        120..2880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}
