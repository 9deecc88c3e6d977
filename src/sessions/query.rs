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
mod tests {
    use super::*;

    #[test]
    fn a_parameter_counts_once() {
        for (query, expected) in [
            ("", None),
            ("a=1", Some("1")),
            ("b=2&a=1", Some("1")),
            ("a=", None),
            ("a", None),
            ("a=1&a=1", None),
            ("a=%2Fx%3Fy%3D1", Some("/x?y=1")),
            ("a=1+2", Some("1 2")),
            ("A=1", None),
        ] {
            assert_eq!(parameter(query.as_bytes(), "a").as_deref(), expected, "{query}");
        }
        let long = format!("a=1&b={}", "x".repeat(MAX_BYTES));
        assert_eq!(parameter(long.as_bytes(), "a"), None);
    }
}
