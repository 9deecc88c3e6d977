//! Peers that hang, break off, never end, redirect, or are not there.

use std::net::SocketAddr;
use std::time::Duration;

use cognito_auth::{AnswerProblem, AuthError, CognitoClient, Unreachable, UserPool};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::{Bench, CLIENT, Call, EVERY_CALL, SECRET, peer};

/// A listener that hands its first connection, request read, to `then`.
async fn raw<F, R>(then: F) -> (String, JoinHandle<R::Output>)
where
    F: FnOnce(TcpStream) -> R + Send + 'static,
    R: Future<Output: Send + 'static> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        then(stream).await
    });
    (origin, task)
}

/// Head and body, so that closing afterwards is no reset.
async fn read_request(stream: &mut TcpStream) {
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen).to_ascii_lowercase();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let announced = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        if count == 0 || seen.len() >= head + 4 + announced.map_or(0, |n| n.parse().unwrap()) {
            return;
        }
    }
}

async fn outcome(call: Call, origin: &str, timeout: Duration) -> Result<String, AuthError> {
    call.make(&call.client(origin).timeout(timeout).build().unwrap()).await
}

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_peer_that_never_answers() {
    for call in EVERY_CALL {
        let (origin, task) = raw(std::future::ready).await;
        let error = outcome(call, &origin, SHORT).await.unwrap_err();
        assert_eq!(error, AuthError::Unreachable(Unreachable::Timeout), "{call:?}");
        assert!(error.is_unavailable());
        drop(task.await);
    }
}

#[tokio::test]
async fn a_peer_that_stops_in_the_middle() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access_token\":\"at\",";
    let (origin, task) = raw(move |mut stream| async move {
        stream.write_all(half.as_bytes()).await.unwrap();
        stream
    })
    .await;
    let error = outcome(Call::Code, &origin, SHORT).await.unwrap_err();
    assert_eq!(error, AuthError::Unreachable(Unreachable::Timeout));
    drop(task.await);
}

#[tokio::test]
async fn a_peer_that_breaks_off() {
    let whole = r#"{"access_token":"at","token_type":"Bearer"}"#;
    for head in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2b\r\n",
        "not HTTP at all\r\n\r\n",
    ] {
        let (origin, task) = raw(move |mut stream| async move {
            let body = if head.ends_with("\r\n") { whole } else { "" };
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        })
        .await;
        let error = outcome(Call::Code, &origin, LONG).await.unwrap_err();
        assert_eq!(error, AuthError::Unreachable(Unreachable::CutOff), "{head:?}");
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_peer_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for call in EVERY_CALL {
        let error = outcome(call, &origin, LONG).await.unwrap_err();
        assert_eq!(error, AuthError::Unreachable(Unreachable::Connect), "{call:?}");
        assert_eq!(error.to_string(), "the identity provider cannot be reached: no connection");
    }
}

#[tokio::test]
async fn an_answer_of_10_mb_is_not_read_to_its_end() {
    let (origin, task) = raw(move |mut stream| async move {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b' '; 64 * 1024];
        let mut written = 0;
        while written < 10 * 1024 * 1024 && stream.write_all(&piece).await.is_ok() {
            written += piece.len();
        }
        written
    })
    .await;
    let error = outcome(Call::Code, &origin, LONG).await.unwrap_err();
    assert_eq!(error, AuthError::Undecodable { status: 200, reason: AnswerProblem::TooLarge });
    // What the sockets hold is beyond our say; the rest was never taken.
    assert!(task.await.unwrap() < 10 * 1024 * 1024);
}

#[tokio::test]
async fn a_large_error_page_is_bounded_too() {
    for (status, code) in [(200, "undecodable"), (400, "undecodable")] {
        let server = peer(status, &[], &"x".repeat(256 * 1024 + 1)).await;
        let error = outcome(Call::GetUser, &server.uri(), LONG).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.to_string().ends_with("it is too large"));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_no_secret_sent_again() {
    let target = peer(200, &[], "{}").await;
    let away = format!("{}/stolen", target.uri());
    let bench = Bench::new().await;
    for status in [301, 302, 303, 307, 308] {
        for call in EVERY_CALL {
            let outcome = bench.outcome(call, status, &[("location", &away)], "").await;
            let expected = AuthError::Undecodable { status, reason: AnswerProblem::Redirect };
            assert_eq!(outcome, Err(expected), "{call:?}");
            assert_eq!(target.received_requests().await.unwrap().len(), 0, "{call:?} {status}");
        }
    }
}

#[tokio::test]
async fn a_host_can_be_given_an_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let greeting = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 4096];
        let count = stream.read(&mut buffer).await.unwrap();
        buffer.truncate(count);
        buffer
    });
    // Cognito's own host name, on the port of the listener: nothing leaves this machine.
    let host = "cognito-idp.eu-west-1.amazonaws.com";
    let endpoint = format!("https://{host}:{}", address.port());
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap().with_idp_endpoint(&endpoint).unwrap();
    let client = CognitoClient::builder(&pool, CLIENT)
        .resolve(host, address)
        .add_root_certificate_pem(&crate::tls::some_root())
        .client_secret(SECRET)
        .timeout(LONG)
        .build()
        .unwrap();
    let error = Call::GetUser.make(&client).await.unwrap_err();
    assert_eq!(error, AuthError::Unreachable(Unreachable::Tls));
    // A TLS handshake record that names the host, and nothing of the request.
    let greeting = greeting.await.unwrap();
    assert_eq!(greeting[0], 0x16);
    assert!(greeting.windows(host.len()).any(|part| part == host.as_bytes()));
}
