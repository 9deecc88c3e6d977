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
mod tests;
