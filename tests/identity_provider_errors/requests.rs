//! What is sent, to the byte.

use cognito_auth::{
    AccessToken, AuthCode, AuthError, CognitoClient, IdentityProvider, RefreshToken, UserPool,
};
use wiremock::Request;

use crate::{CLIENT, Call, EVERY_CALL, REDIRECT, REFRESH, SECRET, access_token, peer};

const BASIC: &str = "Basic MWV4YW1wbGUyMzQ1Njc4OWFiY2RlZmdoaWo6ZXhhbXBsZVNlY3JldDAxMjM0NTY3ODlhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejEy";

/// The request of a call, whatever comes of it.
async fn sent(call: Call, confidential: bool) -> Request {
    let server = peer(500, &[], "").await;
    let builder = call.client(&server.uri());
    let client = if confidential {
        builder.build().unwrap()
    } else {
        CognitoClient::new(&call.pool(&server.uri()), CLIENT).unwrap()
    };
    assert_eq!(call.make(&client).await.unwrap_err().code(), "server_error");
    server.received_requests().await.unwrap().remove(0)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn forms_go_to_the_domain() {
    for (call, path, body) in [
        (
            Call::Code,
            "/oauth2/token",
            "grant_type=authorization_code&code=a1b2c3d4-code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb",
        ),
        (
            Call::Refresh,
            "/oauth2/token",
            "grant_type=refresh_token&refresh_token=eyJjdHkiOiJKV1QiLCJl.refresh-token.c.d.e",
        ),
        (Call::Machine, "/oauth2/token", "grant_type=client_credentials&scope=api%2Fread"),
        (Call::Revoke, "/oauth2/revoke", "token=eyJjdHkiOiJKV1QiLCJl.refresh-token.c.d.e"),
    ] {
        let request = sent(call, true).await;
        assert_eq!((request.method.as_str(), request.url.path()), ("POST", path), "{call:?}");
        assert_eq!(String::from_utf8(request.body.clone()).unwrap(), body, "{call:?}");
        assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(header(&request, "authorization"), Some(BASIC), "{call:?}");

        if call != Call::Machine {
            let request = sent(call, false).await;
            let body = format!("{body}&client_id={CLIENT}");
            assert_eq!(String::from_utf8(request.body.clone()).unwrap(), body, "{call:?}");
            assert_eq!(header(&request, "authorization"), None, "{call:?}");
        }
    }
}

#[tokio::test]
async fn user_info_gets_the_token_in_the_header() {
    let request = sent(Call::UserInfo, true).await;
    assert_eq!((request.method.as_str(), request.url.path()), ("GET", "/oauth2/userInfo"));
    assert_eq!(request.url.query(), None);
    let bearer = format!("Bearer {}", access_token(Call::UserInfo).expose());
    assert_eq!(header(&request, "authorization"), Some(bearer.as_str()));
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn the_json_api_gets_the_token_in_the_body() {
    let access = access_token(Call::GetUser);
    let access = access.expose();
    for (call, operation, body) in [
        (Call::GetUser, "GetUser", format!(r#"{{"AccessToken":"{access}"}}"#)),
        (Call::SignOut, "GlobalSignOut", format!(r#"{{"AccessToken":"{access}"}}"#)),
        (
            Call::JsonRefresh,
            "GetTokensFromRefreshToken",
            format!(
                r#"{{"RefreshToken":"{REFRESH}","ClientId":"{CLIENT}","ClientSecret":"{SECRET}"}}"#
            ),
        ),
        (
            Call::JsonRevoke,
            "RevokeToken",
            format!(r#"{{"Token":"{REFRESH}","ClientId":"{CLIENT}","ClientSecret":"{SECRET}"}}"#),
        ),
    ] {
        let secret = format!(r#","ClientSecret":"{SECRET}""#);
        for (confidential, body) in [(true, body.clone()), (false, body.replace(&secret, ""))] {
            let request = sent(call, confidential).await;
            assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/"), "{call:?}");
            assert_eq!(String::from_utf8(request.body.clone()).unwrap(), body, "{call:?}");
            assert_eq!(header(&request, "content-type"), Some("application/x-amz-json-1.1"));
            let target = format!("AWSCognitoIdentityProviderService.{operation}");
            assert_eq!(header(&request, "x-amz-target"), Some(target.as_str()));
            assert_eq!(header(&request, "authorization"), None, "{call:?}");
        }
    }
}

#[tokio::test]
async fn a_verifier_and_no_scopes_at_all() {
    let server = peer(500, &[], "").await;
    let client = Call::Code.client(&server.uri()).build().unwrap();
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let code = AuthCode::new("c", "myapp://cb").with_code_verifier(verifier).with_nonce("n");
    client.auth_with_code(code).await.unwrap_err();
    client.client_credentials(&[]).await.unwrap_err();
    let bodies: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .into_iter()
        .map(|request| String::from_utf8(request.body).unwrap())
        .collect();
    assert_eq!(
        bodies,
        [
            format!(
                "grant_type=authorization_code&code=c&redirect_uri=myapp%3A%2F%2Fcb&code_verifier={verifier}"
            ),
            "grant_type=client_credentials".to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let server = peer(200, &[], "{}").await;
    let client = Call::Code.client(&server.uri()).build().unwrap();
    let verifier = |length| AuthCode::new("c", REDIRECT).with_code_verifier("a".repeat(length));
    for (name, code) in [
        ("no code", AuthCode::new("", REDIRECT)),
        ("long code", AuthCode::new("a".repeat(4097), REDIRECT)),
        ("code with a line feed", AuthCode::new("a\nb", REDIRECT)),
        ("relative redirect URI", AuthCode::new("c", "/cb")),
        ("redirect URI with a fragment", AuthCode::new("c", "https://app.example.com/#")),
        ("verifier of 42 characters", verifier(42)),
        ("verifier of 129 characters", verifier(129)),
        ("verifier with a space", AuthCode::new("c", REDIRECT).with_code_verifier("a ".repeat(30))),
    ] {
        assert_eq!(client.auth_with_code(code).await.expect_err(name).code(), "input", "{name}");
    }
    for token in ["", "a b", "a\r\nb", "é", &"a".repeat(64 * 1024 + 1)] {
        let (access, refresh) = (AccessToken::new(token), RefreshToken::new(token));
        for error in [
            client.user_info_with_token(&access).await.unwrap_err(),
            client.logout_with_token(&access).await.unwrap_err(),
            client.refresh(&refresh).await.unwrap_err(),
            client.revoke(&refresh).await.unwrap_err(),
        ] {
            assert_eq!(error.code(), "input");
        }
    }
    for scopes in [["a b"], [""], ["a\"b"]] {
        assert_eq!(client.client_credentials(&scopes).await.unwrap_err().code(), "input");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_pool_or_client_cannot_do_is_told_before_anything_is_sent() {
    let server = peer(200, &[], "{}").await;
    let no_domain = Call::JsonRefresh.client(&server.uri()).build().unwrap();
    let config = |error: AuthError| {
        assert!(!error.is_refusal() && !error.is_unavailable());
        assert_eq!(error.code(), "config");
        error.to_string()
    };
    let code = AuthCode::new("c", REDIRECT);
    let told = config(no_domain.auth_with_code(code).await.unwrap_err());
    assert_eq!(told, "domain is missing: give the pool's domain with UserPool::with_domain");
    config(no_domain.client_credentials(&[]).await.unwrap_err());
    let public = CognitoClient::new(&Call::Machine.pool(&server.uri()), CLIENT).unwrap();
    let told = config(public.client_credentials(&[]).await.unwrap_err());
    assert_eq!(told, "client_secret is missing: only a confidential app client can use this grant");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[test]
fn settings_that_cannot_work_are_refused_when_built() {
    let builder = || CognitoClient::builder(&UserPool::new("eu-west-1_AbCdEf123").unwrap(), CLIENT);
    let two_minutes = std::time::Duration::from_secs(120);
    for (name, builder, code) in [
        (
            "client id",
            CognitoClient::builder(&UserPool::new("eu-west-1_A").unwrap(), "a b"),
            "client_id",
        ),
        ("empty secret", builder().client_secret(""), "value"),
        ("secret with a line feed", builder().client_secret("a\nb"), "value"),
        ("no time", builder().timeout(std::time::Duration::ZERO), "out_of_range"),
        ("too much time", builder().timeout(two_minutes * 2), "out_of_range"),
        ("a leeway over 10 minutes", builder().leeway(two_minutes * 6), "out_of_range"),
        (
            "no time to connect",
            builder().connect_timeout(std::time::Duration::ZERO),
            "out_of_range",
        ),
        (
            "a proxy of another kind",
            builder().proxy("ftp://user:pass@proxy.example".parse().unwrap()),
            "value",
        ),
        ("no certificate", builder().add_root_certificate_pem(b"hello"), "value"),
        (
            "a broken certificate",
            builder().add_root_certificate_pem(
                b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
            "http_client",
        ),
    ] {
        assert_eq!(builder.build().expect_err(name).code(), code, "{name}");
    }
    builder().timeout(two_minutes).build().unwrap();
}

/// R14: found when the client is built, not by the first user who signs in.
#[test]
fn a_secret_that_came_with_something_around_it_is_refused_with_what_to_do() {
    let builder = || CognitoClient::builder(&Call::Code.pool("http://127.0.0.1:1"), CLIENT);
    builder().client_secret(SECRET).build().unwrap();
    builder().client_secret("a+b_c/d=e.f-g").build().unwrap();
    builder().client_secret("a".repeat(1024)).build().unwrap();
    for (name, secret, words) in [
        ("a line feed", format!("{SECRET}\n"), "such as the line feed at the end of a file"),
        ("a space", format!(" {SECRET}"), "there is white space in it"),
        ("a space within", "a b".to_owned(), "there is white space in it"),
        ("a space of its own kind", format!("{SECRET}\u{a0}"), "there is white space in it"),
        ("quotes", format!("\"{SECRET}\""), "there are quotes in it: give it without"),
        ("single quotes", format!("'{SECRET}'"), "there are quotes in it: give it without"),
        ("a byte order mark", format!("\u{feff}{SECRET}"), "begins with a byte order mark"),
        (
            "Secrets Manager's JSON",
            format!("{{\"client_secret\": \"{SECRET}\"}}"),
            "it is JSON, such as Secrets Manager gives: give the member with the secret alone",
        ),
        ("other characters", format!("{SECRET}é"), "other characters than ASCII"),
        ("nothing", String::new(), "it is not 1 to 1024 bytes: copy it from the app client's page"),
        ("too much", "a".repeat(1025), "it is not 1 to 1024 bytes"),
    ] {
        let error = builder().client_secret(secret.as_str()).build().expect_err(name);
        let shown = format!("{error} {error:?}");
        assert!(shown.starts_with("client_secret cannot be used: "), "{name}: {shown}");
        assert!(shown.contains(words) && !shown.contains(SECRET), "{name}: {shown}");
    }
}

#[test]
fn nothing_secret_shows() {
    let builder = Call::Code.client("http://127.0.0.1:1");
    let client = builder.clone().build().unwrap();
    for (shown, name) in
        [(format!("{builder:?}"), "CognitoClientBuilder"), (format!("{client:?}"), "CognitoClient")]
    {
        assert!(shown.starts_with(&format!("{name} {{")), "{shown}");
        assert!(shown.contains(CLIENT) && shown.contains("confidential: true"), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
    assert_eq!(client.client_id(), CLIENT);
}

#[test]
fn every_call_is_in_the_list() {
    assert_eq!(EVERY_CALL.len(), Call::JsonRevoke as usize + 1);
}
