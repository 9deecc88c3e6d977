//! The parameters of a request, each at most once.

use url::form_urlencoded;

use crate::request_body::MAX_REQUEST_BODY_BYTES;

/// The longest query or form that is read, in bytes.
pub(super) const MAX_BYTES: usize = MAX_REQUEST_BODY_BYTES;

/// The value of a parameter; `None` if it is missing or repeated, or the query is too long.
pub(super) fn parameter(query: &[u8], name: &str) -> Option<String> {
    if query.len() > MAX_BYTES {
        return None;
    }
    let mut values = form_urlencoded::parse(query).filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()).filter(|value| !value.is_empty()),
        _ => None,
    }
}

/// Whether the parameter is there, with any value, once or more often.
pub(super) fn has_parameter(query: &[u8], name: &str) -> bool {
    form_urlencoded::parse(query).any(|(known, _)| known == name)
}

#[cfg(test)]
mod tests;
