//! Tests of `bearer::authorization`.

use super::*;
use http::HeaderValue;

fn read(fields: &[&[u8]]) -> Result<Option<String>, u16> {
    let mut headers = HeaderMap::new();
    for field in fields {
        headers.append(AUTHORIZATION, HeaderValue::from_bytes(field).unwrap());
    }
    match unverified_token(&headers) {
        Ok(token) => Ok(token.map(str::to_owned)),
        Err(challenge) => Err(challenge.status().as_u16()),
    }
}

#[test]
fn b64token_is_what_the_rfc_says() {
    for byte in 0..=u8::MAX {
        let named = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        assert_eq!(is_b64token_byte(byte), named, "{byte:#x}");
    }
}

#[test]
fn a_token_is_read() {
    for field in [
        "Bearer aZ09-._~+/==",
        "bearer aZ09-._~+/==",
        "BEARER aZ09-._~+/==",
        "bEaReR    aZ09-._~+/==",
        "Bearer aZ09-._~+/== ",
        " Bearer aZ09-._~+/==",
    ] {
        assert_eq!(read(&[field.as_bytes()]), Ok(Some("aZ09-._~+/==".to_owned())), "{field}");
    }
    assert_eq!(read(&[b"Bearer a"]), Ok(Some("a".to_owned())));
}

#[test]
fn without_a_bearer_token_there_is_none() {
    assert_eq!(read(&[]), Ok(None));
    for field in [
        "Basic dXNlcjpwYXNz",
        "Basic dXNlcjpwYXNz, Bearer a",
        "Digest username=\"Bearer\", realm=\"a\"",
        "Bearerer a",
        "Bearer-a",
        "Bearera",
        "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
        "Token a",
    ] {
        assert_eq!(read(&[field.as_bytes()]), Ok(None), "{field}");
    }
}

#[test]
fn what_is_malformed_is_a_bad_request() {
    for field in [
        "",
        " ",
        "\"Bearer a\"",
        ": Bearer a",
        ", Bearer a",
        "\u{e9}",
        "Bearer",
        "Bearer ",
        "Bearer\ta",
        "Bearer \ta",
        "Bearer=a",
        "Bearer:a",
        "Bearer,a",
        "Bearer a b",
        "Bearer Bearer a",
        "Bearer a\tb",
        "Bearer a,Bearer b",
        "Bearer a, Bearer a",
        "Bearer a, Basic b",
        "Bearer a,",
        "Bearer \"a\"",
        "Bearer a;b",
        "Bearer =",
        "Bearer ==",
        "Bearer a=b",
        "Bearer =a",
        "Bearer a\u{e9}",
        "Bearer \u{ff41}",
        "Bearer token=\"a\"",
    ] {
        assert_eq!(read(&[field.as_bytes()]), Err(400), "{field:?}");
    }
    assert_eq!(read(&[b"Bearer a\xff"]), Err(400));
    assert_eq!(read(&[b"\xffBearer a"]), Err(400));
}

#[test]
fn two_fields_are_a_bad_request_whatever_they_are() {
    assert_eq!(read(&[b"Bearer a", b"Bearer a"]), Err(400));
    assert_eq!(read(&[b"Bearer a", b"Bearer b"]), Err(400));
    assert_eq!(read(&[b"Basic a", b"Bearer b"]), Err(400));
    assert_eq!(read(&[b"Bearer a", b"Basic b"]), Err(400));
    assert_eq!(read(&[b"Basic a", b"Basic b"]), Err(400));
    assert_eq!(read(&[b"", b"Bearer a"]), Err(400));
}

#[test]
fn the_bound_is_exact_and_beyond_it_the_token_is_refused() {
    let longest = "a".repeat(DEFAULT_MAX_TOKEN_BYTES);
    assert_eq!(read(&[format!("Bearer {longest}").as_bytes()]), Ok(Some(longest.clone())));
    assert_eq!(read(&[format!("Bearer {longest}a").as_bytes()]), Err(401));
    assert_eq!(read(&[format!("Bearer {longest}\"").as_bytes()]), Err(401));
}
