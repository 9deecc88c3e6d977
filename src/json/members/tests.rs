//! Tests of `json::members`.

use super::*;

fn error(text: &str) -> JsonError {
    Members::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn duplicates_are_found_at_any_depth_and_however_spelled() {
    for text in [
        r#"{"iss":"a","iss":"a"}"#,
        r#"{"iss":"a","\u0069ss":"b"}"#,
        r#"{"x":{"a":1,"a":2}}"#,
        r#"{"x":[[{"a":1,"b":2,"\u0061":3}]]}"#,
        r#"{"":1,"":2}"#,
    ] {
        assert_eq!(error(text), JsonError::Duplicate, "{text}");
    }
    Members::parse(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#).unwrap();
}

#[test]
fn what_is_no_object_is_refused() {
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for text in [
        "",
        " ",
        "null",
        "1",
        "\"a\"",
        "[]",
        "{",
        "{}}",
        "{} x",
        "\u{feff}{}",
        "{'a':1}",
        "{\"a\":01}",
        r#"{"a":"\ud800"}"#,
        r#"{"\udc00":1}"#,
        r#"{"a":1e400}"#,
        r#"{"a":1,}"#,
        "{\"a\":\"\n\"}",
        r#"{"$serde_json::private::RawValue":"1"}"#,
        r#"{"a":[{"$serde_json::private::Number":"1e999"}]}"#,
        r#"{"\u0024serde_json::private::RawValue":"1"}"#,
        &deep,
    ] {
        assert_eq!(error(text), JsonError::NotObject, "{}", &text[..text.len().min(40)]);
    }
    assert_eq!(Members::parse(b"{\"a\":\"\xc0\xaf\"}").unwrap_err(), JsonError::NotObject);
    Members::parse(br#"{"$serde_json":1,"$serde_json::private:":1,"a":"$serde_json::private::"}"#)
        .unwrap();
}

#[test]
fn seconds_have_one_form() {
    let read = |value: &str| {
        let text = format!("{{\"exp\":{value}}}");
        Members::parse(text.as_bytes()).unwrap().seconds("exp")
    };
    assert_eq!(read("0"), Ok(Some(0)));
    assert_eq!(read("9223372036854775807"), Ok(Some(i64::MAX as u64)));
    for value in [
        "null",
        "\"1\"",
        "[1]",
        "{}",
        "true",
        "-1",
        "-0",
        "1.5",
        "1.0",
        "1e3",
        "9223372036854775808",
        "18446744073709551616",
    ] {
        assert_eq!(read(value), Err(WrongType), "{value}");
    }
    assert_eq!(Members::parse(b"{}").unwrap().seconds("exp"), Ok(None));
}

#[test]
fn escapes_are_resolved_before_anything_is_compared() {
    let members = Members::parse(br#"{"\u0069ss":"https:\/\/a"}"#).unwrap();
    assert_eq!(members.text("iss"), Ok(Some("https://a".into())));
    assert_eq!(members.texts("iss"), Err(WrongType));
    let members = Members::parse(br#"{"a":null,"b":"null"}"#).unwrap();
    assert_eq!((members.text("a"), members.optional_text("a")), (Err(WrongType), Ok(None)));
    assert_eq!(members.optional_text("b"), Ok(Some("null".into())));
    assert!(!members.given("a") && members.given("b") && !members.given("c"));
}

#[test]
fn many_members_are_as_good_as_few() {
    for count in [1, 31, 32, 33, 64, 2000] {
        let members: Vec<_> = (0..count).map(|index| format!("\"{index}\":[{index}]")).collect();
        let text = format!("{{{}}}", members.join(","));
        let read = Members::parse(text.as_bytes()).unwrap();
        for index in 0..count {
            assert_eq!(read.raw(&index.to_string()), Some(format!("[{index}]").as_str()));
        }
        let twice = format!("{{{},\"0\":1}}", members.join(","));
        assert_eq!(error(&twice), JsonError::Duplicate, "{count}");
        let below = format!("{{{},\"a\":{twice}}}", members.join(","));
        assert_eq!(error(&below), JsonError::Duplicate, "{count}");
    }
}

/// Names of one length that begin and end alike share a bucket, and are compared.
#[test]
fn names_of_one_bucket_are_told_apart() {
    for count in [2, 9, 10, 20, 32] {
        let names: Vec<_> = (0..count).map(|index| format!("\"a{index:02}z\":1")).collect();
        let text = format!("{{{}}}", names.join(","));
        let read = Members::parse(text.as_bytes()).unwrap();
        assert!((0..count).all(|index| read.has(&format!("a{index:02}z"))));
        for twice in [0, count / 2, count - 1] {
            let text = format!("{{{},\"a{twice:02}z\":1}}", names.join(","));
            assert_eq!(error(&text), JsonError::Duplicate, "{twice} of {count}");
        }
        let private = format!("{{{},\"$serde_json::private::\":1}}", names.join(","));
        assert_eq!(error(&private), JsonError::NotObject, "{count}");
    }
}
