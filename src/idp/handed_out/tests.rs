//! Tests of `idp::handed_out`.

use super::*;

#[test]
fn it_is_found_wherever_it_stands() {
    for (body, expected) in [
        (r#"{"refresh_token":"a\/b"}"#, Some("a/b")),
        (r#"{"AuthenticationResult":{"RefreshToken":"rt"}}"#, Some("rt")),
        (r#"{"refresh_token":"rt""#, Some("rt")),
        (r#"{"refresh_token" : "rt","x"#, Some("rt")),
        (r#"{"refresh_token":"one","refresh_token":"two"}"#, Some("two")),
        (r#"{"AuthenticationResult":{"RefreshToken":"rt","IdToken":"#, Some("rt")),
        (r#"refresh_token":"rt""#, None),
        (r#"{"refresh_token":"cut o"#, None),
        (r#"{"refresh_token":"a\/b","#, None),
        (r#"{"refresh_token":null,"#, None),
        (r#"{"refresh_token":null}"#, None),
        (r#"{"refresh_token":""}"#, None),
        (r#"{"refresh_token":"a b"}"#, None),
        (r#"{"x":"\"refresh_token\":\"rt\"","#, None),
        (r#"{"AuthenticationResult":null}"#, None),
        (r#""refresh_token""#, None),
        ("<html>", None),
        ("", None),
    ] {
        let token = refresh_token(body.as_bytes());
        assert_eq!(token.as_ref().map(|token| token.expose()), expected, "{body}");
    }
    let mut body = vec![b'"'; MAX_BYTES];
    assert_eq!(refresh_token(&body), None);
    body.extend_from_slice(b"\xff\"RefreshToken\":\"rt\"\xff");
    assert_eq!(refresh_token(&body).unwrap().expose(), "rt");
}
