//! Tests of `idp::sign_in::redirect_uri`.

use super::*;

#[test]
fn what_cognito_registers_is_accepted() {
    for good in [
        "https://app.example.com/cb",
        "https://app.example.com/cb?tenant=1",
        "http://localhost",
        "http://localhost:3000/cb",
        "http://127.0.0.1:8080/cb",
        "http://[::1]:8080/cb",
        "myapp://callback",
        "com.example.app:/oauth",
        "https://app.example.com",
    ] {
        check_redirect_uri(good).unwrap_or_else(|error| panic!("{good}: {error}"));
    }
}

#[test]
fn everything_else_is_refused() {
    let long = format!("https://app.example.com/{}", "a".repeat(1001));
    for bad in [
        "",
        "/cb",
        "//app.example.com/cb",
        "app.example.com/cb",
        "http://app.example.com/cb",
        "http://localhost.example.com/cb",
        "http://10.0.0.1/cb",
        "https://a.example/cb#",
        "https://a.example/#x",
        "https://user@a.example/cb",
        "https://:pw@a.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        " https://a.example/cb",
        "https://a.example/c b",
        "https://a.example/\ncb",
        "https://a.example/\u{e9}",
        "wss://a.example/cb",
        &long,
    ] {
        let error = check_redirect_uri(bad).expect_err(bad);
        assert!(!error.to_string().is_empty(), "{bad}");
    }
}
