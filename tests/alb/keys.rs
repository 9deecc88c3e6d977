//! Keys that are fetched one by one: how often, from where, and what becomes of bad answers. Time is paused unless
//! it is moved; requests are counted.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::alb::AlbVerifier;
use cognito_auth::{KeysUnavailable, Unreachable, VerifyError};
use tokio::sync::Notify;
use tokio::time::advance;

use crate::forge::{Forge, KEY_ID, Service};
use crate::support::{Answer, CLIENT_ID, FrozenTime, ISSUER, KeyServer, NOW, response};
use crate::world::world;

pub const ALB: Service = Service::LoadBalancer;
pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const COOL_DOWN: Duration = Duration::from_secs(10);

pub fn pem(body: impl AsRef<[u8]>) -> Answer {
    Answer::Raw(response("200 OK", "binary/octet-stream", body.as_ref()))
}

pub fn not_found() -> Answer {
    Answer::Raw(response("404 Not Found", "application/xml", b"<Error/>"))
}

pub fn forbidden() -> Answer {
    Answer::Raw(response("403 Forbidden", "application/xml", b"<Error/>"))
}

pub fn verifier(server: &KeyServer) -> AlbVerifier {
    verifier_at(&format!("http://{}", server.address))
}

pub fn verifier_at(address: &str) -> AlbVerifier {
    AlbVerifier::builder(ALB.arn())
        .issuer(ISSUER)
        .client_id(CLIENT_ID)
        .key_endpoint(address)
        .clock(|| std::time::UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap()
}

pub fn good() -> String {
    Forge::good(ALB).token()
}

pub async fn code(verifier: &AlbVerifier, token: &str) -> Result<(), &'static str> {
    verifier.verify(token).await.map(drop).map_err(|error| error.code())
}

#[tokio::test]
async fn a_key_is_fetched_by_its_id_once_for_all_that_wait() {
    let _frozen = FrozenTime::start();
    let release = Arc::new(Notify::new());
    let answer = response("200 OK", "text/plain", world().public_pem(ALB).as_bytes());
    let server = KeyServer::start(Answer::Held(release.clone(), answer)).await;
    let verifier = verifier_at(&format!("http://{}/keys/", server.address));
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let verifier = verifier.clone();
            tokio::spawn(async move { verifier.verify(good()).await.map(drop) })
        })
        .collect();
    // The first caller goes away half way.
    let mut tasks = tasks.into_iter();
    while server.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    tasks.next().unwrap().abort();
    release.notify_one();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert_eq!(server.requests(), 1);
    let head = server.heads().pop().unwrap();
    assert!(head.starts_with(&format!("GET /keys/{KEY_ID} HTTP/1.1\r\n")), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(!head.contains("cookie") && !head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn an_answer_that_is_no_key_is_one_error_each_and_the_good_key_stays() {
    let pem_of = |service| world().public_pem(service);
    let redirect =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
    let cut_off = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\nconnection: close\r\n\r\n-----BEGIN";
    let rsa = crate::world::pem(&world().rsa.public_der());
    let _frozen = FrozenTime::start();
    for (name, answer, expected) in [
        ("no words", Answer::Close, KeysUnavailable::Unreachable(Unreachable::CutOff)),
        ("cut off", Answer::Raw(cut_off.into()), KeysUnavailable::Unreachable(Unreachable::CutOff)),
        ("redirect", Answer::Raw(redirect.into()), KeysUnavailable::Status(302)),
        ("204", Answer::Raw(response("204 No Content", "a/b", b"")), KeysUnavailable::Status(204)),
        ("403", forbidden(), KeysUnavailable::Status(403)),
        (
            "500",
            Answer::Raw(response("500 x", "a/b", pem_of(ALB).as_bytes())),
            KeysUnavailable::Status(500),
        ),
        ("html", pem("<html>"), KeysUnavailable::Html),
        ("gzip", pem(b"\x1f\x8b\x08\0"), KeysUnavailable::Compressed),
        ("empty", pem(""), KeysUnavailable::NotAPublicKey),
        ("a JWK", pem(r#"{"kty":"EC"}"#), KeysUnavailable::NotAPublicKey),
        ("RSA", pem(rsa), KeysUnavailable::NotAPublicKey),
        ("the other curve", pem(pem_of(Service::VerifiedAccess)), KeysUnavailable::NotAPublicKey),
        ("two keys", pem(pem_of(ALB) + &pem_of(ALB)), KeysUnavailable::NotAPublicKey),
        ("4 KiB of blanks", pem(" ".repeat(4096)), KeysUnavailable::NotAPublicKey),
        ("too large", pem(pem_of(ALB) + &" ".repeat(4096)), KeysUnavailable::TooLarge),
        ("endless", Answer::Endless(vec![b' '; 65536]), KeysUnavailable::TooLarge),
    ] {
        let server = KeyServer::start(answer.clone()).await;
        let cold = verifier(&server);
        let error = cold.verify(good()).await.unwrap_err();
        assert_eq!(error, VerifyError::KeysUnavailable(expected), "{name}");
        // At once again: the answer stands for the cool-down.
        assert_eq!(cold.verify(good()).await.unwrap_err(), error, "{name}");
        assert_eq!(server.requests(), 1, "{name}");
        server.answer(pem(pem_of(ALB)));
        advance(COOL_DOWN).await;
        assert_eq!(code(&cold, &good()).await, Ok(()), "{name}");
        // Now a good key is there, and a bad answer does not remove it.
        server.answer(answer);
        advance(HOUR).await;
        for _ in 0..2 {
            assert_eq!(code(&cold, &good()).await, Ok(()), "{name}");
            assert_eq!(server.requests(), 3, "{name}");
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_is_gone_is_given_up_in_time() {
    let quick = |address: String| {
        AlbVerifier::builder(ALB.arn())
            .issuer(ISSUER)
            .client_id(CLIENT_ID)
            .key_endpoint(address)
            .timeout(Duration::from_millis(200))
            .clock(|| std::time::UNIX_EPOCH + Duration::from_secs(NOW))
            .build()
            .unwrap()
    };
    for answer in [Answer::Hang, Answer::Trickle] {
        let server = KeyServer::start(answer).await;
        let error = quick(format!("http://{}", server.address)).verify(good()).await.unwrap_err();
        let timeout = KeysUnavailable::Unreachable(Unreachable::Timeout);
        assert_eq!(error, VerifyError::KeysUnavailable(timeout));
    }
    let error = quick("http://127.0.0.1:1".to_owned()).verify(good()).await.unwrap_err();
    let connect = KeysUnavailable::Unreachable(Unreachable::Connect);
    assert_eq!(error, VerifyError::KeysUnavailable(connect));
}
