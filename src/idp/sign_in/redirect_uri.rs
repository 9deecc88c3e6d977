//! What may be a redirect URI.

use url::Url;

use crate::error::UrlProblem;
use crate::loopback::is_loopback_url;

/// Schemes that run or read something on the user's machine instead of calling an application.
const NOT_AN_APPLICATION: [&str; 9] =
    ["javascript", "vbscript", "data", "blob", "file", "about", "ftp", "ws", "wss"];

/// An absolute URI of at most 1024 characters without a fragment
/// ([RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)): `https`, plain
/// `http` to this machine, or an application's own scheme
/// ([RFC 8252 §7](https://www.rfc-editor.org/rfc/rfc8252#section-7)).
///
/// The text itself is what is sent and compared, byte by byte, so it is not normalised.
pub(crate) fn check_redirect_uri(text: &str) -> Result<(), UrlProblem> {
    let refused = Err;
    if text.len() > 1024 {
        return refused(UrlProblem::TooLong);
    }
    // The parser strips white space and control characters; the provider does not.
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return refused(UrlProblem::NotEncoded);
    }
    let Ok(url) = Url::parse(text) else {
        return refused(UrlProblem::CallbackNotAbsolute);
    };
    if url.fragment().is_some() {
        return refused(UrlProblem::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused(UrlProblem::CallbackCredentials);
    }
    match url.scheme() {
        "http" if !is_loopback_url(&url) => refused(UrlProblem::CallbackNotHttps),
        scheme if NOT_AN_APPLICATION.contains(&scheme) => refused(UrlProblem::NotAnApplication),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
