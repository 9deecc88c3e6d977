//! Where to go after a sign-in: a path of this site only.

use url::Url;

/// The longest address that is accepted, in bytes.
const MAX_BYTES: usize = 1024;

/// Where a sign-in leads without an address, or with one that is refused.
pub(super) const DEFAULT: &str = "/";

/// The path that was asked for, if it is one of this site. `own` are the routes' paths: after a
/// sign-in, one of them would lead back into it.
///
/// Checked when it is sealed into the cookie, and again when it is used. The browser gets the text as
/// it was given, and never the output of a parser: two parsers may differ.
pub(super) fn check<'a>(
    asked: &'a str,
    origin: &Url,
    own: &[&str],
) -> Result<&'a str, &'static str> {
    if asked.len() > MAX_BYTES {
        return Err("too_long");
    }
    // Browsers drop tabs and line feeds from addresses, and read a backslash as a slash.
    if !asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err("character");
    }
    if !asked.starts_with('/') || asked.starts_with("//") || asked.contains('#') {
        return Err("not_a_path");
    }
    let path = asked.split('?').next().unwrap_or_default();
    if has_encoded_control(path) {
        return Err("encoded_character");
    }
    let Ok(address) = origin.join(asked) else { return Err("not_an_address") };
    if address.origin() != origin.origin() || address.path().starts_with("//") {
        return Err("another_origin");
    }
    if own.contains(&address.path()) {
        return Err("own_path");
    }
    Ok(asked)
}

/// A control character or a backslash, percent-encoded: if a redirect's target is decoded once more on
/// its way, it becomes a character that is refused above.
fn has_encoded_control(path: &str) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    path.as_bytes().windows(3).any(|three| {
        let [b'%', high, low] = three else { return false };
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return false };
        let value = high * 16 + low;
        value < 0x20 || value == 0x5c || value == 0x7f
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 5] = ["/login", "/callback", "/session", "/logout", "/logged-out"];

    fn checked(asked: &str) -> Result<&str, &'static str> {
        let origin = Url::parse("https://app.example.com/callback").unwrap();
        check(asked, &origin, &OWN)
    }

    #[test]
    fn paths_of_this_site_are_accepted_as_they_are() {
        let long = format!("/{}", "a".repeat(1023));
        for good in [
            "/",
            "/orders",
            "/orders/",
            "/a?b=//h",
            "/a?b=https://h/",
            "/a?b=%0a%5c",
            "/a%20b",
            "/a%2fb",
            "/%zz",
            "/a//b",
            "/a/../b",
            "/login/x",
            "/loginx",
            "/@evil.example",
            "/:80",
            "/x;y",
            &long,
        ] {
            assert_eq!(checked(good), Ok(good), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long = format!("/{}", "a".repeat(1024));
        for (bad, code) in [
            ("", "not_a_path"),
            ("orders", "not_a_path"),
            ("?x", "not_a_path"),
            ("//h", "not_a_path"),
            ("///h", "not_a_path"),
            ("/\\h", "character"),
            ("\\\\h", "character"),
            ("/a\\b", "character"),
            ("/\t/h", "character"),
            ("/\n/h", "character"),
            ("/\r\n/h", "character"),
            ("/a b", "character"),
            ("/\0", "character"),
            ("/\x7f", "character"),
            ("/\u{e9}", "character"),
            ("/\u{ff0f}h", "character"),
            ("/%09/h", "encoded_character"),
            ("/%0d%0aLocation:h", "encoded_character"),
            ("/%5ch", "encoded_character"),
            ("/%5Ch", "encoded_character"),
            ("/a%00", "encoded_character"),
            ("/a%1F", "encoded_character"),
            ("/a%7f", "encoded_character"),
            ("/..//h", "another_origin"),
            ("/.//h", "another_origin"),
            ("/a/../..//h", "another_origin"),
            ("/%2e%2e//h", "another_origin"),
            ("https:h", "not_a_path"),
            ("https://app.example.com/", "not_a_path"),
            ("https://app.example.com@evil.example/", "not_a_path"),
            ("javascript:alert(1)", "not_a_path"),
            ("/a#b", "not_a_path"),
            ("/login", "own_path"),
            ("/login?return_to=/login", "own_path"),
            ("/x/../logout", "own_path"),
            ("/./callback?code=c", "own_path"),
            ("/session", "own_path"),
            ("/logged-out", "own_path"),
            (&long, "too_long"),
        ] {
            assert_eq!(checked(bad), Err(code), "{bad:?}");
        }
    }
}
