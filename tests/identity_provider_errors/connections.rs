//! Connections that are kept, and end at the moment of their next use: what is idempotent arrives
//! once more, a code or a refresh token never (R4).

use std::time::Duration;

use cognito_auth::{AuthError, Refusal, RefusalCode, Unreachable};
use tokio::time::advance;

use crate::kept_alive::{KeptAlive, Second};
use crate::support::FrozenTime;
use crate::{Call, EVERY_CALL, jwt};

/// An answer to every call: each reads the members it needs.
fn answer() -> String {
    let access = jwt(r#"{"sub":"u1","scope":"openid"}"#);
    format!(
        r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":3600,"sub":"u1","username":"bob","Username":"bob","UserAttributes":[{{"Name":"sub","Value":"u1"}}],"AuthenticationResult":{{"AccessToken":"{access}","TokenType":"Bearer","ExpiresIn":3600}}}}"#
    )
}

fn is_idempotent(call: Call) -> bool {
    match call {
        Call::GetUser | Call::UserInfo | Call::SignOut | Call::Revoke | Call::JsonRevoke => true,
        Call::Code | Call::Refresh | Call::Machine | Call::JsonRefresh => false,
    }
}

#[tokio::test]
async fn what_is_idempotent_is_sent_once_more_on_a_new_connection_and_a_code_never() {
    for second in [Second::End, Second::Reset] {
        for call in EVERY_CALL {
            let peer = KeptAlive::start(answer(), second).await;
            let client = call.client(&peer.origin).build().unwrap();
            call.make(&client).await.unwrap();
            let outcome = call.make(&client).await;
            let (requests, connections) = (peer.requests(), peer.connections());
            if is_idempotent(call) {
                outcome.unwrap_or_else(|error| panic!("{call:?}, {second:?}: {error}"));
                assert_eq!((requests.len(), connections), (3, 2), "{call:?}, {second:?}");
                assert_eq!(requests[1], requests[2], "{call:?}, {second:?}");
            } else {
                assert_eq!(outcome, Err(AuthError::Unreachable(Unreachable::CutOff)), "{call:?}");
                assert_eq!((requests.len(), connections), (2, 1), "{call:?}, {second:?}");
            }
        }
    }
}

/// What revoked the token may be the first try: the second one's answer does not tell.
#[tokio::test]
async fn a_sign_out_that_was_sent_twice_is_not_refused_because_the_first_arrived() {
    let answer = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let refusal =
        |text: &str| format!(r#"{{"__type":"NotAuthorizedException","message":"{text}"}}"#);
    for (text, expected) in [
        ("Access Token has been revoked", AuthError::Unreachable(Unreachable::CutOff)),
        ("Access Token has expired", Refusal::new(RefusalCode::TokenExpired).into()),
    ] {
        let (done, later) = (answer("200 OK", "{}"), answer("400 Bad Request", &refusal(text)));
        let peer = KeptAlive::start_then(done, Second::End, later.clone()).await;
        let client = Call::SignOut.client(&peer.origin).build().unwrap();
        Call::SignOut.make(&client).await.unwrap();
        let error = Call::SignOut.make(&client).await.unwrap_err();
        assert_eq!(error.code(), expected.code(), "{text}");
        assert_eq!((peer.requests().len(), peer.connections()), (3, 2), "{text}");
    }
    // Sent once, it is a refusal.
    let revoked = answer("400 Bad Request", &refusal("Access Token has been revoked"));
    let peer = KeptAlive::start_then(revoked.clone(), Second::End, revoked).await;
    let client = Call::SignOut.client(&peer.origin).build().unwrap();
    assert_eq!(Call::SignOut.make(&client).await.unwrap_err().code(), "token_revoked");
}

/// The second try does not take another old connection: that one would end, too.
#[tokio::test]
async fn the_second_try_has_a_connection_of_its_own() {
    let peer = KeptAlive::start(answer(), Second::End).await;
    let client = Call::GetUser.client(&peer.origin).build().unwrap();
    let (first, second, third) = tokio::join!(
        Call::GetUser.make(&client),
        Call::GetUser.make(&client),
        Call::GetUser.make(&client),
    );
    first.and(second).and(third).unwrap();
    let (kept, arrived) = (peer.connections(), peer.requests().len());
    assert!(kept > 1, "the test needs more than one connection that is kept");
    Call::GetUser.make(&client).await.unwrap();
    assert_eq!((peer.connections() - kept, peer.requests().len() - arrived), (1, 2));
}

#[tokio::test]
async fn a_new_connection_that_ends_is_a_failure_for_every_call() {
    use tokio::io::AsyncReadExt as _;

    for call in EVERY_CALL {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let accepted = tokio::spawn(async move {
            let mut count = 0;
            while let Ok(Ok((mut stream, _))) =
                tokio::time::timeout(Duration::from_millis(300), listener.accept()).await
            {
                count += 1;
                let _ = stream.read(&mut [0; 4096]).await;
            }
            count
        });
        let outcome = call.make(&call.client(&origin).build().unwrap()).await;
        assert_eq!(outcome, Err(AuthError::Unreachable(Unreachable::CutOff)), "{call:?}");
        assert_eq!(accepted.await.unwrap(), 1, "{call:?}");
    }
}

/// The provider has acted, and begun to say so.
#[tokio::test]
async fn an_answer_that_began_is_not_asked_for_again() {
    for call in EVERY_CALL.into_iter().filter(|call| is_idempotent(*call)) {
        let peer = KeptAlive::start(answer(), Second::EndInTheBody).await;
        let client = call.client(&peer.origin).build().unwrap();
        call.make(&client).await.unwrap();
        let outcome = call.make(&client).await;
        assert_eq!(outcome, Err(AuthError::Unreachable(Unreachable::CutOff)), "{call:?}");
        assert_eq!((peer.requests().len(), peer.connections()), (2, 1), "{call:?}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_kept_for_15_seconds() {
    let peer = KeptAlive::start(answer(), Second::Answer).await;
    let client = Call::Code.client(&peer.origin).build().unwrap();
    let _frozen = FrozenTime::start();
    Call::Code.make(&client).await.unwrap();
    for (idle, connections) in [(14, 1), (16, 2)] {
        advance(Duration::from_secs(idle)).await;
        Call::Code.make(&client).await.unwrap();
        assert_eq!(peer.connections(), connections, "{idle} s");
    }
}
