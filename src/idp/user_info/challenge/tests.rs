//! Tests of `idp::user_info::challenge`.

use super::*;

fn read(line: &str) -> Option<(String, Option<String>)> {
    error_in(line).map(|found| (found.error, found.description))
}

#[test]
fn forms_that_are_sent() {
    let expired = "Access token is expired, disabled, or deleted";
    for (line, error, description) in [
        (
            r#"error="invalid_token", error_description="Access token is expired, disabled, or deleted""#,
            "invalid_token",
            Some(expired),
        ),
        (
            r#"Bearer realm="r", error="invalid_token", error_description="Access token is expired, disabled, or deleted""#,
            "invalid_token",
            Some(expired),
        ),
        (
            r#"Bearer error_description="a \"b\" \\ c",error="invalid_token""#,
            "invalid_token",
            Some(r#"a "b" \ c"#),
        ),
        ("Bearer error=INVALID_TOKEN", "invalid_token", None),
        ("Bearer realm=https://i.example/pool, error=INVALID_TOKEN", "invalid_token", None),
        (
            r#"Bearer realm="r", error="invalid_token", DPoP algs="ES256", error="use_dpop_nonce""#,
            "invalid_token",
            None,
        ),
        (r#"DPoP algs="ES256 RS256", Bearer error = "invalid_token""#, "invalid_token", None),
        (r#"Bearer realm="a, error=\"no\"", ERROR="Invalid_Request""#, "invalid_request", None),
        ("error=invalid_token", "invalid_token", None),
        (r#"error="invalid_token"#, "invalid_token", None),
    ] {
        let expected = Some((error.to_owned(), description.map(str::to_owned)));
        assert_eq!(read(line), expected, "{line}");
    }
}

#[test]
fn lines_without_an_error() {
    let long = format!("error={}", "a".repeat(5000));
    for line in [
        "",
        "Bearer",
        "Bearer realm=\"r\"",
        "Bearer error",
        "error=",
        "error=\"\"",
        "=",
        "==",
        "\"",
        "error_description=\"x\"",
        "Bearer realm=\"error=invalid_token\"",
        "Bearer myerror=x",
        &long,
    ] {
        assert_eq!(read(line), None, "{line}");
    }
}
