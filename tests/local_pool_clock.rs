//! Time at the local pool: its clock moved over HTTP, tokens that live seconds (N12), two sign-ins of
//! one second (N11), and tokio's paused time (R18).
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used)]

#[path = "support/local_http.rs"]
mod local_http;
#[path = "support/local_pool.rs"]
mod local_pool;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use cognito_auth::testing::{LocalUserPool, StartError, TokenSpec};
use cognito_auth::{CognitoClient, IdentityProvider, JwtVerifier, TokenVerifier as _, VerifyError};
use local_http::{Browser, claims};
use local_pool::{alice, pool, verifier, verifier_builder};

const PATH: &str = "/_local/clock";

async fn served() -> LocalUserPool {
    LocalUserPool::builder().user(alice()).start().await.unwrap()
}

fn seconds(pool: &LocalUserPool) -> u64 {
    pool.clock()().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// Status and body of a request that is written by hand.
fn raw(pool: &LocalUserPool, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(pool.address().unwrap()).unwrap();
    let length = body.len();
    let request = format!("{head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn the_clock_of_a_served_pool_moves_over_http() {
    let pool = served().await;
    let browser = Browser::at(&pool);
    let cognito = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let token = pool.access_token("alice");
    cognito.user_info_with_token(&token).await.unwrap();
    let before = seconds(&pool);
    let json = [("content-type", "application/json")];
    let reply = browser.send("POST", PATH, &json, r#"{"advance_seconds": 7200}"#).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let now = reply.json()["now"].as_u64().unwrap();
    assert!((before + 7200..=before + 7210).contains(&now), "{before} {now}");
    assert!(seconds(&pool) >= now);
    let refused = cognito.user_info_with_token(&token).await.unwrap_err();
    assert_eq!(refused.code(), "token_expired");
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .clock(pool.clock())
        .build()
        .unwrap();
    let refused = verifier.verify_access(token.expose()).await.unwrap_err();
    assert_eq!(refused.code(), "expired");
    let charset = [("content-type", "Application/JSON; charset=utf-8")];
    let reply = browser.send("POST", PATH, &charset, r#"{"advance_seconds": 0}"#).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn only_a_program_of_this_machine_moves_it() {
    let pool = served().await;
    let before = seconds(&pool);
    let body = r#"{"advance_seconds": 7200}"#;
    let hosts = [
        ("attacker.example", 403),
        ("localhost.attacker.example", 403),
        ("attacker.example@localhost", 403),
        ("10.0.0.1", 403),
        ("0.0.0.0", 403),
        ("[::2]", 403),
        ("", 403),
        ("localhost", 200),
        ("LOCALHOST:1234", 200),
        ("127.0.0.1:1", 200),
        ("127.7.7.7", 200),
        ("[::1]:80", 200),
    ];
    for (host, expected) in hosts {
        let head =
            format!("POST {PATH} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json");
        let (status, answer) = raw(&pool, &head, r#"{"advance_seconds": 0}"#);
        assert_eq!(status, expected, "{host}: {answer}");
    }
    let post = |headers: &str| format!("POST {PATH} HTTP/1.1\r\nhost: localhost{headers}");
    let json = "\r\ncontent-type: application/json";
    for (name, head, body, expected) in [
        ("no Host", format!("POST {PATH} HTTP/1.0{json}"), body, 403),
        ("two Hosts", post(&format!("\r\nhost: attacker.example{json}")), body, 403),
        ("a form", post("\r\ncontent-type: application/x-www-form-urlencoded"), body, 415),
        ("a script without a preflight", post("\r\ncontent-type: text/plain"), body, 415),
        ("multipart", post("\r\ncontent-type: multipart/form-data; boundary=a"), body, 415),
        ("no type", post(""), body, 415),
        ("two types", post(&format!("{json}\r\ncontent-type: text/plain")), body, 415),
        ("two types in one", post("\r\ncontent-type: text/plain, application/json"), body, 415),
        ("no body", post(json), "", 400),
        ("back", post(json), r#"{"advance_seconds": -1}"#, 400),
        ("a fraction", post(json), r#"{"advance_seconds": 1.5}"#, 400),
        ("a text", post(json), r#"{"advance_seconds": "1"}"#, 400),
        ("too far", post(json), r#"{"advance_seconds": 315360001}"#, 400),
        ("twice", post(json), r#"{"advance_seconds": 1, "advance_seconds": 2}"#, 400),
        ("another member", post(json), r#"{"advance_seconds": 1, "to": 2}"#, 400),
    ] {
        let (status, answer) = raw(&pool, &head, body);
        assert_eq!(status, expected, "{name}: {answer}");
    }
    for method in ["GET", "PUT", "OPTIONS"] {
        let head = format!("{method} {PATH} HTTP/1.1\r\nhost: localhost{json}");
        let (status, _) = raw(&pool, &head, body);
        assert_eq!(status, 405, "{method}");
    }
    assert!(seconds(&pool) < before + 3600, "the clock was moved");
}

/// A script of another origin asks first, and gets no consent.
#[tokio::test]
async fn no_other_origin_is_allowed() {
    let pool = served().await;
    let reply = Browser::at(&pool)
        .send(
            "OPTIONS",
            PATH,
            &[
                ("origin", "https://attacker.example"),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "content-type"),
            ],
            "",
        )
        .await;
    assert_eq!(reply.status, 405);
    assert_eq!((reply.header("allow"), reply.header("access-control-allow-origin")), ("POST", ""));
}

#[tokio::test]
async fn tokens_can_live_seconds() {
    let pool = LocalUserPool::builder()
        .in_memory()
        .user(alice())
        .access_token_lifetime(Duration::from_secs(2))
        .id_token_lifetime(Duration::from_secs(1))
        .refresh_token_lifetime(Duration::from_secs(3))
        .build()
        .unwrap();
    let token = pool.access_token("alice");
    let claims = claims(token.expose());
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 2);
    let verifier = verifier(&pool);
    verifier.verify_access(token.expose()).await.unwrap();
    pool.advance(Duration::from_secs(2));
    assert_eq!(verifier.verify_access(token.expose()).await.unwrap_err().code(), "expired");
}

/// As the test guide says it: a sign-in of the very second of a sign-out counts as a new one, since
/// that is what it mostly is. A second later there is nothing to tell apart.
#[tokio::test]
async fn a_second_between_sign_ins_and_sign_out_makes_it_certain() {
    let pool = pool();
    let verifier = verifier(&pool);
    let (phone, laptop) = (pool.access_token("alice"), pool.access_token("alice"));
    pool.advance(Duration::from_secs(1));
    let claims = verifier.verify_access(phone.expose()).await.unwrap();
    verifier.sign_out(&claims).await.unwrap();
    for token in [&phone, &laptop] {
        assert_eq!(verifier.verify_access(token.expose()).await, Err(VerifyError::Revoked));
    }
    // At once, the user signs in again.
    let again = pool.access_token("alice");
    verifier.verify_access(again.expose()).await.unwrap();

    // The trap that is named: two sign-ins, and the sign-out in their second.
    let now = seconds(&pool);
    let spec = || {
        let spec = TokenSpec::access("alice").claim("iat", now).claim("auth_time", now);
        spec.claim("exp", now + 60)
    };
    let (one, other) = (pool.token(&spec()), pool.token(&spec()));
    let frozen = verifier_builder(&pool)
        .clock(move || std::time::UNIX_EPOCH + Duration::from_secs(now))
        .build()
        .unwrap();
    let claims = frozen.verify_access(&one).await.unwrap();
    frozen.sign_out(&claims).await.unwrap();
    assert_eq!(frozen.verify_access(&one).await, Err(VerifyError::Revoked));
    frozen.verify_access(&other).await.unwrap();
}

/// Paused time runs ahead while a socket is waited for, so no request to a served pool would work.
#[tokio::test(start_paused = true)]
async fn a_served_pool_says_so_where_time_is_paused() {
    let error = LocalUserPool::start().await.unwrap_err();
    assert!(matches!(error, StartError::TimePaused), "{error:?}");
    assert_eq!(
        error.to_string(),
        "tokio's time is paused, so every request to a served pool would time out at once: use \
         LocalUserPool::builder().in_memory().build(), or do not pause tokio's time and move the \
         pool's clock instead (LocalUserPool::advance)"
    );
    // What it says instead works.
    let pool = LocalUserPool::builder().in_memory().user(alice()).start().await.unwrap();
    let token = pool.access_token("alice");
    verifier(&pool).verify_access(token.expose()).await.unwrap();
    pool.logout_with_token(&token).await.unwrap();
    assert_eq!(pool.address(), None);
}
