//! Tests of `sessions::logout`.

use super::*;

/// The text, made so long with another parameter.
fn padded(text: &str, length: usize) -> String {
    format!("{text}&x={}", "y".repeat(length - text.len() - "&x=".len()))
}

#[test]
fn a_query_or_a_form_says_true_or_false_or_nothing() {
    for (text, expected) in [
        ("", Some(false)),
        ("a=1", Some(false)),
        ("everywhere=false", Some(false)),
        ("everywhere=true", Some(true)),
        ("a=1&everywhere=true", Some(true)),
        ("everywhere", None),
        ("everywhere=", None),
        ("everywhere=1", None),
        ("everywhere=TRUE", None),
        ("everywhere=true&everywhere=true", None),
        (&padded("everywhere=true", MAX_BYTES), Some(true)),
        (&padded("everywhere=true", MAX_BYTES + 1), None),
        (&padded("a=1", MAX_BYTES), Some(false)),
        (&padded("a=1", MAX_BYTES + 1), None),
    ] {
        assert_eq!(everywhere(text.as_bytes()), expected, "{text:.40}");
    }
}

#[test]
fn a_body_is_a_form_or_json_whatever_its_type_says() {
    let spaces = |text: &str, length: usize| text.to_owned() + &" ".repeat(length - text.len());
    let form = "application/x-www-form-urlencoded";
    for (media_type, body, expected) in [
        ("", "everywhere=true", Some(true)),
        (form, "everywhere=true", Some(true)),
        (form, "a=1", Some(false)),
        (form, r#"{"everywhere":true}"#, Some(true)),
        ("Application/JSON; charset=utf-8", r#"{"everywhere":true}"#, Some(true)),
        ("application/json", r#" {"everywhere":false}"#, Some(false)),
        ("application/json", "{}", Some(false)),
        ("application/json", "{", None),
        ("application/json", r#"{"everywhere":1}"#, None),
        ("text/plain", "everywhere=true", Some(true)),
        ("image/png", "everywhere=true", None),
        ("multipart/form-data; boundary=b", "--b", None),
        // Nothing was asked for.
        ("image/png", " ", Some(false)),
        ("", "", Some(false)),
        ("", &spaces(r#"{"everywhere":true}"#, MAX_BYTES), Some(true)),
        ("", &spaces(r#"{"everywhere":true}"#, MAX_BYTES + 1), None),
    ] {
        let mut headers = HeaderMap::new();
        if !media_type.is_empty() {
            headers.insert(CONTENT_TYPE, media_type.parse().unwrap());
        }
        let found = everywhere_in_body(&headers, body.as_bytes());
        assert_eq!(found, expected, "{media_type} {body:.40}");
    }
}
