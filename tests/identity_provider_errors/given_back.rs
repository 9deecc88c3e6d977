//! R1: a sign-in that is refused after the exchange leaves no session behind.

use std::time::Duration;

use cognito_auth::{AnswerProblem, AuthCode, AuthError, CognitoClient, IdentityProvider, Tokens};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::handed_out::{NEW, every_answer, now};
use crate::log::listen;
use crate::{Call, REDIRECT};

/// A pool's domain: this answer to the exchange, and 200 to a revocation, this much later.
async fn domain(status: u16, body: &str, delay: Duration) -> MockServer {
    let server = MockServer::start().await;
    let tokens = ResponseTemplate::new(status).set_body_string(body);
    Mock::given(path("/oauth2/token")).respond_with(tokens).mount(&server).await;
    let revoked = ResponseTemplate::new(200).set_delay(delay);
    Mock::given(path("/oauth2/revoke")).respond_with(revoked).mount(&server).await;
    server
}

fn client(server: &MockServer) -> CognitoClient {
    Call::Code.client(&server.uri()).clock(now).build().unwrap()
}

async fn sign_in(client: &CognitoClient) -> Result<Tokens, AuthError> {
    client.auth_with_code(AuthCode::new("c", REDIRECT).with_nonce("n1")).await
}

/// What was revoked.
async fn revoked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let revocations = requests.into_iter().filter(|request| request.url.path() == "/oauth2/revoke");
    revocations.map(|request| String::from_utf8(request.body).unwrap()).collect()
}

#[tokio::test]
async fn the_refresh_token_of_a_refused_sign_in_is_revoked() {
    for row in every_answer(Call::Code) {
        let server = domain(200, &row.body, Duration::ZERO).await;
        let error = sign_in(&client(&server)).await.unwrap_err();
        assert_eq!(error.code(), row.code, "{}", row.name);
        assert_eq!(revoked(&server).await, [format!("token={NEW}")], "{}", row.name);
    }
    // Another nonce, or no ID token at all.
    for members in [r#""id_token":"","#, ""] {
        let body = format!(
            r#"{{{members}"access_token":"at","refresh_token":"{NEW}","token_type":"Bearer"}}"#
        );
        let server = domain(200, &body, Duration::ZERO).await;
        let error = sign_in(&client(&server)).await.unwrap_err();
        assert_eq!(error, AuthError::IdTokenMismatch { claim: "nonce" });
        assert_eq!(revoked(&server).await, [format!("token={NEW}")]);
    }
}

#[tokio::test]
async fn nothing_is_revoked_where_nothing_was_handed_out() {
    let token = format!(r#""refresh_token":"{NEW}""#);
    for (status, body) in [
        (400, format!(r#"{{"error":"invalid_grant",{token}}}"#)),
        (500, format!("{{{token}}}")),
        (200, r#"{"access_token":"at","token_type":"mac"}"#.to_owned()),
        (200, r#"{"access_token":"at","refresh_token":"","token_type":"mac"}"#.to_owned()),
        (200, r#"{"access_token":"at","refresh_token":null,"token_type":"mac"}"#.to_owned()),
        (200, r#"{"access_token":"at","refresh_token":"a b","token_type":"mac"}"#.to_owned()),
    ] {
        let server = domain(status, &body, Duration::ZERO).await;
        sign_in(&client(&server)).await.unwrap_err();
        assert_eq!(revoked(&server).await, [""; 0], "{status} {body}");
    }
    let good = r#"{"access_token":"at","refresh_token":"rt","token_type":"Bearer"}"#;
    let server = domain(200, good, Duration::ZERO).await;
    client(&server).auth_with_code(AuthCode::new("c", REDIRECT)).await.unwrap();
    assert_eq!(revoked(&server).await, [""; 0]);
}

/// The error is the sign-in's, whatever comes of the revocation; and the log says what came of it.
#[tokio::test]
async fn a_revocation_that_fails_is_in_the_log_without_the_token() {
    let server = MockServer::start().await;
    let body = format!(r#"{{"access_token":"at","refresh_token":"{NEW}","token_type":"mac"}}"#);
    let tokens = ResponseTemplate::new(200).set_body_string(body);
    Mock::given(path("/oauth2/token")).respond_with(tokens).mount(&server).await;
    let failed = ResponseTemplate::new(500);
    Mock::given(path("/oauth2/revoke")).respond_with(failed).mount(&server).await;
    let (lines, _guard) = listen();
    let error = sign_in(&client(&server)).await.unwrap_err();
    let reason = AnswerProblem::NotBearer;
    assert_eq!(error, AuthError::Undecodable { status: 200, reason });
    let text = lines.text();
    let line = r#"WARN cognito_auth::idp: the session of a sign-in whose tokens are not used could not be revoked code="server_error" is_retried=true"#;
    assert!(text.contains(line), "{line} is not in\n{text}");
    assert!(!text.contains(NEW), "{text}");
}

#[tokio::test]
async fn who_leaves_does_not_stop_the_revocation() {
    let body = format!(r#"{{"access_token":"at","refresh_token":"{NEW}","token_type":"mac"}}"#);
    let server = domain(200, &body, Duration::from_millis(500)).await;
    let client = client(&server);
    let (lines, _guard) = listen();
    let mut signing_in = Box::pin(sign_in(&client));
    // Until the revocation is on its way; then nothing waits for it any more.
    while revoked(&server).await.is_empty() {
        let left = tokio::time::timeout(Duration::from_millis(5), &mut signing_in).await;
        assert!(left.is_err(), "{left:?}");
    }
    drop(signing_in);
    let line = r#"answered operation="revoke" status=200 code="ok""#;
    let whole = async {
        while !lines.text().contains(line) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), whole).await.expect("the revocation is whole");
}

/// A good answer too: its tokens reach the caller, or they are revoked.
#[tokio::test]
async fn tokens_that_come_when_the_caller_has_left_are_revoked() {
    let server = MockServer::start().await;
    let body = format!(r#"{{"access_token":"at","refresh_token":"{NEW}","token_type":"Bearer"}}"#);
    let delay = Duration::from_millis(200);
    let tokens = ResponseTemplate::new(200).set_body_string(body).set_delay(delay);
    Mock::given(path("/oauth2/token")).respond_with(tokens).mount(&server).await;
    Mock::given(path("/oauth2/revoke"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let client = client(&server);
    let mut signing_in = Box::pin(client.auth_with_code(AuthCode::new("c", REDIRECT)));
    while server.received_requests().await.unwrap().is_empty() {
        let left = tokio::time::timeout(Duration::from_millis(5), &mut signing_in).await;
        assert!(left.is_err(), "{left:?}");
    }
    drop(signing_in);
    let whole = async {
        while revoked(&server).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), whole).await.expect("they are revoked");
    assert_eq!(revoked(&server).await, [format!("token={NEW}")]);
}

/// A peer that breaks off, or never ends, after the refresh token.
#[tokio::test]
async fn an_answer_that_is_cut_off_is_read_as_far_as_it_came() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    for ends in [true, false] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let peer = tokio::spawn(async move {
            let mut requests = Vec::new();
            let mut open = Vec::new();
            for answer in [
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{{\"refresh_token\":\"{NEW}\",\"access"
                ),
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(),
            ] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut buffer = vec![0; 4096];
                let count = stream.read(&mut buffer).await.unwrap();
                requests.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
                stream.write_all(answer.as_bytes()).await.unwrap();
                if !ends {
                    open.push(stream);
                }
            }
            requests
        });
        let builder = Call::Code.client(&origin).timeout(Duration::from_millis(500));
        let error = sign_in(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.code(), "unreachable", "{ends}");
        let requests = tokio::time::timeout(Duration::from_secs(5), peer).await.unwrap().unwrap();
        assert!(requests[1].starts_with("POST /oauth2/revoke"), "{}", requests[1]);
    }
}
