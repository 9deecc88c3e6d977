//! Tests of `json::string`.

use super::*;

/// As serde_json does.
#[test]
fn escapes_are_resolved() {
    for text in [
        "",
        "a",
        "\\\\",
        r#"\"\/\b\f\n\r\t"#,
        r"\u0061",
        r"a\u00e9b",
        r"\u20AC",
        r"\ud83e\udd80x",
        r"\uD83E\uDD80\u0000",
        r"x\\u0061",
        r"é\né",
        r"\u0061\u0062\ufffd\uffff",
    ] {
        let quoted = format!("\"{text}\"");
        let expected: String = serde_json::from_str(&quoted).unwrap();
        let mut resolved = b"before".to_vec();
        resolve(text.as_bytes(), &mut resolved);
        assert_eq!(resolved, format!("before{expected}").into_bytes(), "{text}");
        assert_eq!(unescape(&quoted).as_deref(), Some(expected.as_str()));
    }
}

#[test]
fn slashes_lose_their_escape_and_nothing_else() {
    for (text, expected) in [
        ("", ""),
        ("{}", "{}"),
        (r"\/", "/"),
        (r"\", r"\"),
        (r"\\/", r"\\/"),
        (r"\\\/a", r"\\/a"),
        (r#"{"a":"https:\/\/b\/\"\\"}"#, r#"{"a":"https://b/\"\\"}"#),
        (r#"{"\/":"\u002f\/"}"#, r#"{"/":"\u002f/"}"#),
        (r"\\\/\\/\n\/\/\\\", r"\\/\\/\n//\\\"),
    ] {
        // Alone, and after many other escapes.
        for before in ["", &r"\n".repeat(63), &r"\n".repeat(64), &r"\\".repeat(70)] {
            let mut bytes = format!("{before}{text}").into_bytes();
            let expected = format!("{before}{expected}");
            assert_eq!(with_plain_slashes(&mut bytes), expected.as_bytes(), "{text}");
        }
    }
}
