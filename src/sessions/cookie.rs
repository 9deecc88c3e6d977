//! Cookies: their names, and writing them with fixed attributes.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use crate::bearer::cookie::{pairs, value};
use crate::json::swar::before_byte;

/// The prefix of the cookies' names. Browsers accept a cookie with such a prefix only if it has the
/// attributes that the prefix requires ([RFC 6265bis
/// §4.1.3](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CookiePrefix {
    /// `__Host-`: `Secure`, `Path=/` and no `Domain`, so that no other host can set it.
    #[default]
    Host,
    /// `__Host-Http-`: the same, and set over HTTP with `HttpOnly`, never by a script. A browser that
    /// does not know this prefix enforces what `__Host-` says.
    HostHttp,
}

/// `SameSite` of the session cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SameSite {
    /// The browser also sends the cookie when the user follows a link from another site. The default.
    #[default]
    Lax,
    /// The browser sends no cookie with requests that another site causes: a user who follows a link in
    /// a mail looks signed out on the first page. The callback then answers with a page that continues
    /// by itself, because a request after a redirect from the login page would have no such cookie.
    Strict,
}

/// The names of the cookies, and whether they are `Secure`. On plain `http` (loopback only) they have
/// neither prefix nor `Secure`, because not every browser accepts those there.
#[derive(Debug, Clone)]
pub(super) struct Cookies {
    prefix: &'static str,
    secure: bool,
    session: String,
}

impl Cookies {
    pub(super) fn new(prefix: CookiePrefix, secure: bool, session: &str) -> Self {
        let prefix = match (secure, prefix) {
            (false, _) => "",
            (true, CookiePrefix::Host) => "__Host-",
            (true, CookiePrefix::HostHttp) => "__Host-Http-",
        };
        Self { prefix, secure, session: format!("{prefix}{session}") }
    }

    /// The name of the session cookie.
    pub(super) fn session(&self) -> &str {
        &self.session
    }

    /// The prefix of the names of all cookies of sign-ins in progress.
    pub(super) fn sign_in_prefix(&self) -> String {
        format!("{}signin-", self.prefix)
    }

    /// The name of the cookie that counts sign-ins of the last minute.
    pub(super) fn sign_in_count(&self) -> String {
        format!("{}signed-in", self.prefix)
    }

    /// A `Set-Cookie` field. Without `max_age` the cookie ends with the browser.
    pub(super) fn set(
        &self,
        name: &str,
        value: &str,
        same_site: SameSite,
        max_age: Option<Duration>,
    ) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let same_site = match same_site {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
        };
        let max_age = max_age.map(|age| format!("; Max-Age={}", age.as_secs()));
        let max_age = max_age.unwrap_or_default();
        let text =
            format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{max_age}");
        let mut field = HeaderValue::try_from(text).ok()?;
        // Keeps the value out of a response's `Debug` output and out of HTTP/2's compression table.
        field.set_sensitive(true);
        Some(field)
    }

    /// A `Set-Cookie` field that deletes the cookie. A browser finds it by its name and `Path`, and
    /// accepts the field only with the attributes that the prefix requires.
    pub(super) fn clear(&self, name: &str, same_site: SameSite) -> Option<HeaderValue> {
        self.set(name, "", same_site, Some(Duration::ZERO))
    }
}

/// The cookies whose names have this prefix, with their values.
pub(super) fn with_prefix<'a>(
    headers: &'a HeaderMap,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    pairs(headers).filter(|pair| pair.starts_with(prefix.as_bytes())).filter_map(|pair| {
        let equals = before_byte(pair, b'=');
        let (name, rest) = (pair.get(..equals)?, pair.get(equals + 1..)?);
        Some((str::from_utf8(name.trim_ascii_end()).ok()?, value(rest)))
    })
}

#[cfg(test)]
mod tests;
