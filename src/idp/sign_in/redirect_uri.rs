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
mod tests {
    use super::*;

    #[test]
    fn what_cognito_registers_is_accepted() {
        for good in [
            "https://app.example.com/cb",
            "https://app.example.com/cb?tenant=1",
            "http://localhost",
            "http://localhost:3000/cb",
            "http://127.0.0.1:8080/cb",
            "http://[::1]:8080/cb",
            "myapp://callback",
            "com.example.app:/oauth",
            "https://app.example.com",
        ] {
            check_redirect_uri(good).unwrap_or_else(|error| panic!("{good}: {error}"));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long = format!("https://app.example.com/{}", "a".repeat(1001));
        for bad in [
            "",
            "/cb",
            "//app.example.com/cb",
            "app.example.com/cb",
            "http://app.example.com/cb",
            "http://localhost.example.com/cb",
            "http://10.0.0.1/cb",
            "https://a.example/cb#",
            "https://a.example/#x",
            "https://user@a.example/cb",
            "https://:pw@a.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            " https://a.example/cb",
            "https://a.example/c b",
            "https://a.example/\ncb",
            "https://a.example/\u{e9}",
            "wss://a.example/cb",
            &long,
        ] {
            let error = check_redirect_uri(bad).expect_err(bad);
            assert!(!error.to_string().is_empty(), "{bad}");
        }
    }
}
