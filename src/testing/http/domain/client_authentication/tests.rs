//! Tests of `testing::http::domain::client_authentication`.

use super::*;

fn clients() -> PoolClients {
    PoolClients::new(vec![
        LocalClient::public("public"),
        LocalClient::confidential("with+secret", "s3cr+t"),
    ])
}

fn who(authorization: Option<&str>, body: &str) -> Result<String, RefusalCode> {
    let mut headers = HeaderMap::new();
    if let Some(value) = authorization {
        headers.insert(AUTHORIZATION, value.parse().unwrap());
    }
    let form = FormParameters::parse(body.as_bytes()).unwrap();
    authenticate(&clients(), &headers, &form).map(|client| client.id.clone())
}

#[test]
fn a_client_shows_its_secret_in_the_header_or_in_the_body() {
    let raw = format!("Basic {}", STANDARD.encode("with+secret:s3cr+t"));
    let encoded = format!("basic  {}", STANDARD.encode("with%2Bsecret:s3cr%2Bt"));
    assert_eq!(who(Some(&raw), "").as_deref(), Ok("with+secret"));
    assert_eq!(who(Some(&encoded), "client_id=with%2Bsecret").as_deref(), Ok("with+secret"));
    let body = "client_id=with%2Bsecret&client_secret=s3cr%2Bt";
    assert_eq!(who(None, body).as_deref(), Ok("with+secret"));
    assert_eq!(who(None, "client_id=public").as_deref(), Ok("public"));
}

#[test]
fn everything_else_is_refused() {
    let wrong = format!("Basic {}", STANDARD.encode("with+secret:no"));
    let public = format!("Basic {}", STANDARD.encode("public:"));
    let right = format!("Basic {}", STANDARD.encode("with+secret:s3cr+t"));
    for (header, body) in [
        (Some(wrong.as_str()), ""),
        (Some(public.as_str()), ""),
        (Some(right.as_str()), "client_id=public"),
        (Some("Basic !"), "client_id=public"),
        (Some("Bearer abc"), "client_id=public"),
        (None, "client_id=unknown"),
        (None, "client_id=with%2Bsecret"),
        (None, "client_id=with%2Bsecret&client_secret=no"),
        (None, "client_id=public&client_secret=any"),
    ] {
        assert_eq!(who(header, body), Err(RefusalCode::InvalidClient), "{header:?} {body}");
    }
    assert_eq!(who(None, ""), Err(RefusalCode::InvalidRequest));
}
