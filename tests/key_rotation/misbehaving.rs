//! Key servers that give nothing of use.

use std::time::Duration;

use cognito_auth::keys::{KeySet, RemoteKeySet};
use cognito_auth::{KeysUnavailable, Unreachable, UserPool, VerifyError};
use tokio::time::advance;

use super::support::{self, Answer, FrozenTime, KeyServer, Signer, jwks, response};
use super::{COOL_DOWN, pool, setup, token};

#[tokio::test]
async fn a_server_that_misbehaves_is_one_error_each_and_the_good_keys_stay() {
    let signer = Signer::new("k1");
    let good = jwks(&[&signer]);
    let redirect =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
    let cut_off = "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\nconnection: close\r\n\r\n{\"keys\":[";
    let many_keys = format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 100_000].join(","));
    let few_bytes_many_keys = format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 101].join(","));
    // What gzip makes of 10 MB of zeros starts like this; it is not inflated, so it is no JSON.
    let bomb = [
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 10\r\n\r\n".as_slice(),
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    ]
    .concat();
    let _frozen = FrozenTime::start();
    let ok = |body: &str| Answer::Raw(response("200 OK", "application/json", body.as_bytes()));
    for (name, answer, expected) in [
        ("no words", Answer::Close, KeysUnavailable::Unreachable(Unreachable::CutOff)),
        ("cut off", Answer::Raw(cut_off.into()), KeysUnavailable::Unreachable(Unreachable::CutOff)),
        ("redirect", Answer::Raw(redirect.into()), KeysUnavailable::Status(302)),
        ("204", Answer::Raw(response("204 No Content", "a/b", b"")), KeysUnavailable::Status(204)),
        (
            "404",
            Answer::Raw(response("404 Not Found", "a/b", good.as_bytes())),
            KeysUnavailable::Status(404),
        ),
        // R15: the error says which.
        ("html", ok("<html>"), KeysUnavailable::Html),
        ("html after a space", ok("\n<!DOCTYPE html><title>x</title>"), KeysUnavailable::Html),
        (
            "a page by its type",
            Answer::Raw(response("200 OK", "text/html", b"x")),
            KeysUnavailable::Html,
        ),
        ("gzip bomb", Answer::Raw(bomb), KeysUnavailable::Compressed),
        (
            "gzip without a word",
            Answer::Raw(response("200 OK", "a/b", b"\x1f\x8b\x08\0")),
            KeysUnavailable::Compressed,
        ),
        (
            "a proxy",
            Answer::Raw(response("407 x", "text/html", b"<html>")),
            KeysUnavailable::Status(407),
        ),
        ("empty", ok(""), KeysUnavailable::NotJwks),
        ("an object without keys", ok("{}"), KeysUnavailable::NotJwks),
        ("null keys", ok(r#"{"keys":null}"#), KeysUnavailable::NotJwks),
        ("keys twice", ok(r#"{"keys":[],"keys":[]}"#), KeysUnavailable::NotJwks),
        ("no array", ok(r#"{"keys":{}}"#), KeysUnavailable::NotJwks),
        ("trailing text", ok(&format!("{good}x")), KeysUnavailable::NotJwks),
        ("no keys", ok(r#"{"keys":[]}"#), KeysUnavailable::NoUsableKey),
        ("keys of other types", ok(r#"{"keys":[0,[],"x"]}"#), KeysUnavailable::NoUsableKey),
        ("a null key", ok(r#"{"keys":[null]}"#), KeysUnavailable::NoUsableKey),
        ("100,000 keys", ok(&many_keys), KeysUnavailable::TooLarge),
        ("101 keys", ok(&few_bytes_many_keys), KeysUnavailable::TooLarge),
        ("endless", Answer::Endless(vec![b' '; 65536]), KeysUnavailable::TooLarge),
    ] {
        let server = KeyServer::start(Answer::Jwks(good.clone())).await;
        let (verifier, keys) = setup(&server);
        keys.prefetch().await.unwrap();
        server.answer(answer);
        advance(COOL_DOWN).await;
        assert_eq!(keys.prefetch().await, Err(expected), "{name}");
        assert_eq!(server.requests(), 2, "{name}: not tried again at once");
        // A document without a usable key is an answer: the issuer has withdrawn the good ones.
        let expected = match expected {
            KeysUnavailable::NoUsableKey => Err(VerifyError::KeysUnavailable(expected)),
            _ => Ok(()),
        };
        assert_eq!(verifier.verify_access(&token(&signer)).await.map(drop), expected, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_trickles_is_given_up_in_time() {
    for answer in [Answer::Hang, Answer::Trickle] {
        let server = KeyServer::start(answer).await;
        let keys = RemoteKeySet::builder(&pool(&server))
            .timeout(Duration::from_millis(200))
            .build()
            .unwrap();
        assert_eq!(keys.prefetch().await, Err(KeysUnavailable::Unreachable(Unreachable::Timeout)));
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_no_connection() {
    let server = KeyServer::start(Answer::Close).await;
    let gone =
        UserPool::new(support::POOL_ID).unwrap().with_jwks_uri("http://127.0.0.1:1/").unwrap();
    let keys = RemoteKeySet::new(&gone).unwrap();
    assert_eq!(keys.prefetch().await, Err(KeysUnavailable::Unreachable(Unreachable::Connect)));
    assert_eq!(server.requests(), 0);
}
