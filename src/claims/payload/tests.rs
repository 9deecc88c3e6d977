//! Tests of `claims::payload`.

use super::*;

fn strings(value: &str) -> Option<Vec<String>> {
    let json = format!("{{\"aud\":{value}}}");
    let claims = Members::parse(json.as_bytes()).unwrap();
    let mut reader = PayloadReader::new(&claims);
    let list = reader.string_or_strings("aud").ok()?.unwrap();
    let read = reader.finish(());
    let payload = read.payload();
    let read: Vec<_> = payload.strings(&list).map(str::to_owned).collect();
    assert!(read.iter().all(|one| payload.contains(&list, one)));
    assert!(!payload.contains(&list, ", ") && !payload.contains(&list, "]"));
    assert_eq!(payload.json(), json);
    Some(read)
}

#[test]
fn one_or_more_strings_are_read_wherever_they_stand() {
    for (value, expected) in [
        (r#""a""#, vec!["a"]),
        (r#""""#, vec![""]),
        (r#""a\n""#, vec!["a\n"]),
        ("[]", vec![]),
        ("[ ]", vec![]),
        (r#"["a"]"#, vec!["a"]),
        (r#"["","[",",","é"]"#, vec!["", "[", ",", "é"]),
        (r#"[ "a" , "b" ]"#, vec!["a", "b"]),
        (r#"["a\"","b"]"#, vec!["a\"", "b"]),
    ] {
        assert_eq!(strings(value).unwrap(), expected, "{value}");
    }
    for value in [
        "1",
        "null",
        "{}",
        "[1]",
        "[null]",
        r#"["a",1]"#,
        r#"[["a"]]"#,
        r#"["a",["b"]]"#,
        r#"[{"a":"b"}]"#,
        r#"["a\n",1]"#,
    ] {
        assert_eq!(strings(value), None, "{value}");
    }
}

#[test]
fn a_string_is_read_with_and_without_escapes() {
    for (value, expected) in [
        (r#""""#, Some("")),
        (r#""bob""#, Some("bob")),
        (r#""é🦀""#, Some("é🦀")),
        (r#""b\u00f6b\"""#, Some("böb\"")),
        ("1", None),
        ("null", None),
        (r#"["bob"]"#, None),
        (r#"["b\n"]"#, None),
    ] {
        let json = format!("{{\"x\":0, \"sub\": {value} }}");
        let claims = Members::parse(json.as_bytes()).unwrap();
        let mut reader = PayloadReader::new(&claims);
        let span = reader.string("sub").ok().map(Option::unwrap);
        assert_eq!(span.map(|span| reader.text_of(span)), expected, "{value}");
        let read = reader.finish(());
        let payload = read.payload();
        assert_eq!(span.map(|span| payload.text_of(span)), expected, "{value}");
        assert_eq!(payload.json(), json);
    }
    let empty = Members::parse(b"{}").unwrap();
    assert!(PayloadReader::new(&empty).string("sub").unwrap().is_none());
}
