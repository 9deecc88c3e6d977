//! Cookies of the login page.

use http::HeaderMap;
use http::header::COOKIE;

use crate::testing::pool::hosted_sessions;

/// The cookie of a browser that is signed in at the login page.
pub(crate) const HOSTED_COOKIE: &str = "cognito";

/// A `Set-Cookie` value. Without `Secure`, unlike Cognito's: the pool is served over plain http on
/// loopback, where not every browser would keep such a cookie.
pub(crate) fn set_cookie(name: &str, value: &str, max_age: Option<u64>) -> String {
    let max_age = max_age.map(|seconds| format!("Max-Age={seconds}; ")).unwrap_or_default();
    format!("{name}={value}; {max_age}Path=/; HttpOnly; SameSite=Lax")
}

pub(crate) fn set_hosted_cookie(value: &str) -> String {
    set_cookie(HOSTED_COOKIE, value, Some(hosted_sessions::LIFETIME.as_secs()))
}

/// A cookie of the request ([RFC 6265 §4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)).
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(known, _)| known.trim() == name)?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests;
