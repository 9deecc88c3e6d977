//! R1: a refresh that was granted loses no refresh token, whatever is wrong with the answer.

use std::time::Duration;

use cognito_auth::{AuthError, IdentityProvider, RefreshToken, Tokens};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::handed_out::{NEW, every_answer, now};
use crate::{Call, REFRESH, peer};

async fn refresh(call: Call, origin: &str) -> Result<Tokens, AuthError> {
    let builder = call.client(origin).clock(now).timeout(Duration::from_millis(500));
    builder.build().unwrap().refresh(&RefreshToken::new(REFRESH)).await
}

fn kept(error: &AuthError) -> Option<&str> {
    error.new_refresh_token().map(|token| token.expose())
}

#[tokio::test]
async fn every_answer_that_cannot_be_used_hands_over_the_new_refresh_token() {
    for call in [Call::Refresh, Call::JsonRefresh] {
        for row in every_answer(call) {
            let server = peer(200, &[], &row.body).await;
            let error = refresh(call, &server.uri()).await.unwrap_err();
            assert_eq!(error.code(), row.code, "{call:?}: {}", row.name);
            assert_eq!(kept(&error), Some(NEW), "{call:?}: {}", row.name);
            // It is for the caller: nothing was asked for but the refresh.
            assert_eq!(
                server.received_requests().await.unwrap().len(),
                1,
                "{call:?}: {}",
                row.name
            );
            for shown in [format!("{error:?}"), error.to_string()] {
                assert!(!shown.contains(NEW), "{shown}");
            }
        }
    }
}

/// The new refresh token changes neither the words nor who has to act.
#[tokio::test]
async fn the_error_is_the_same_with_and_without_a_new_refresh_token() {
    for body in [
        r#"{"access_token":"at","token_type":"mac""#,
        r#"{"access_token":"at","token_type":"Bearer","expires_in":"1""#,
        r#"{"access_token":"at","token_type":"Bearer","id_token":"no JWT""#,
    ] {
        let without = peer(200, &[], &format!("{body}}}")).await;
        let without = refresh(Call::Refresh, &without.uri()).await.unwrap_err();
        let with = peer(200, &[], &format!("{body},\"refresh_token\":\"{NEW}\"}}")).await;
        let with = refresh(Call::Refresh, &with.uri()).await.unwrap_err();
        assert_eq!((kept(&without), kept(&with)), (None, Some(NEW)), "{body}");
        assert_eq!(with.to_string(), without.to_string());
        assert_eq!(with.code(), without.code());
        assert_eq!(with.is_unavailable(), without.is_unavailable());
        assert_eq!(with.into_parts(), (without, Some(RefreshToken::new(NEW))));
    }
}

#[tokio::test]
async fn what_is_no_success_hands_over_nothing() {
    for (status, body) in [
        (400, format!(r#"{{"error":"invalid_grant","refresh_token":"{NEW}"}}"#)),
        (502, format!(r#"{{"refresh_token":"{NEW}"}}"#)),
        (200, "<html>".to_owned()),
        (200, String::new()),
    ] {
        let server = peer(status, &[], &body).await;
        let error = refresh(Call::Refresh, &server.uri()).await.unwrap_err();
        assert_eq!(kept(&error), None, "{status} {body}");
    }
    // A text of another member, and of another call's answer, is no refresh token.
    let told = format!(r#"{{"sub":"u2","username":"u","refresh_token":"{NEW}"}}"#);
    let server = peer(200, &[], &told).await;
    let client = Call::UserInfo.client(&server.uri()).build().unwrap();
    let error = Call::UserInfo.make(&client).await.unwrap_err();
    assert_eq!((error.code(), kept(&error)), ("undecodable", None));
    // Client credentials have no session that it could stand for.
    let told = format!(r#"{{"access_token":"at","token_type":"mac","refresh_token":"{NEW}"}}"#);
    let server = peer(200, &[], &told).await;
    let client = Call::Machine.client(&server.uri()).build().unwrap();
    let error = Call::Machine.make(&client).await.unwrap_err();
    assert_eq!((error.code(), kept(&error)), ("undecodable", None));
}

/// The connection ends, or the time does, after the refresh token came.
#[tokio::test]
async fn an_answer_that_is_cut_off_is_read_as_far_as_it_came() {
    for ends in [true, false] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let peer = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4096];
            assert!(stream.read(&mut buffer).await.unwrap() > 0);
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{{\"refresh_token\":\"{NEW}\",\"access"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            (!ends).then_some(stream)
        });
        let error = refresh(Call::Refresh, &origin).await.unwrap_err();
        assert_eq!((error.code(), kept(&error)), ("unreachable", Some(NEW)), "{ends}");
        drop(peer.await.unwrap());
    }
}
