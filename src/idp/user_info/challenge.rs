//! `WWW-Authenticate` as it really comes: with or without a scheme, quoted or not, several
//! challenges in one line.
//!
//! [RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1) asks for a scheme and
//! [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3) for quotes. Cognito's userInfo
//! sends no scheme, and an emulator of it no quotes. Only one thing is looked for: the parameter
//! `error`, outside of any quoted text.

use http::{HeaderMap, header};

/// The longest line that is looked at, in bytes.
const MAX_LINE_BYTES: usize = 4 * 1024;

/// What a challenge says about the token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ChallengeError {
    /// In lower case.
    pub(super) error: String,
    pub(super) description: Option<String>,
}

/// The first error in the challenges of an answer.
pub(super) fn error_of(headers: &HeaderMap) -> Option<ChallengeError> {
    let lines = headers.get_all(header::WWW_AUTHENTICATE).iter();
    lines.filter_map(|line| error_in(&String::from_utf8_lossy(line.as_bytes()))).next()
}

fn error_in(line: &str) -> Option<ChallengeError> {
    if line.len() > MAX_LINE_BYTES {
        return None;
    }
    let (mut error, mut description) = (None, None);
    for (name, value) in parameters(line) {
        if name.eq_ignore_ascii_case("error") {
            // The next challenge's: it is about another scheme.
            if error.is_some() {
                break;
            }
            error = Some(value.to_ascii_lowercase());
        } else if name.eq_ignore_ascii_case("error_description") && description.is_none() {
            description = Some(value);
        }
    }
    error.filter(|error| !error.is_empty()).map(|error| ChallengeError { error, description })
}

/// Every `name=value` of the line, in order. Scheme words have no `=` and drop out.
fn parameters(line: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(equals) = rest.find('=') {
        let before = rest[..equals].trim_end();
        let name = before.rsplit([',', ' ', '\t']).next().unwrap_or_default();
        let (value, after) = value_at(rest[equals + 1..].trim_start());
        found.push((name, value));
        rest = after;
    }
    found
}

/// A quoted text with its escapes resolved, or everything up to the next comma or space. What
/// follows it comes second.
fn value_at(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests;
