//! What goes with each call: texts for triggers, and where the request comes from.

use std::net::{IpAddr, Ipv4Addr};

use cognito_auth::direct::{DirectSignIn, SignInAttempt, SignInChallenge, SignUp, UserContext};
use cognito_auth::sessions::SessionKeys;
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{AuthError, CognitoClient};
use serde_json::{Value, json};

use crate::operations::all;
use crate::{Answer, Peer, asked, challenge, done, tokens};

/// API reference: the operations with `ClientMetadata`.
const WITH_METADATA: [&str; 10] = [
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "ForgotPassword",
    "GetTokensFromRefreshToken",
    "GetUserAttributeVerificationCode",
    "InitiateAuth",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "SignUp",
    "UpdateUserAttributes",
];

/// API reference: the operations with `UserContextData`.
const WITH_CONTEXT: [&str; 7] = [
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "ForgotPassword",
    "InitiateAuth",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "SignUp",
];

fn from(last: u8) -> UserContext {
    UserContext::ip_address(IpAddr::from(Ipv4Addr::new(203, 0, 113, last)))
}

fn context(last: u8) -> Value {
    json!({ "IpAddress": format!("203.0.113.{last}") })
}

/// What the last request had of both.
async fn last(peer: &Peer) -> (Value, Value) {
    let (_, body) = peer.sent().await.pop().unwrap();
    (body["ClientMetadata"].clone(), body["UserContextData"].clone())
}

#[tokio::test]
async fn they_go_with_each_operation_that_takes_them() {
    let peer = Peer::start().await;
    let plain = peer.direct();
    let direct = plain.with_client_metadata("tenant", "acme").with_user_context(from(7));
    for operation in all() {
        let name = operation.name;
        let expected = (
            WITH_METADATA.contains(&name).then(|| json!({ "tenant": "acme" })),
            WITH_CONTEXT.contains(&name).then(|| context(7)),
        );
        operation.outcome(&peer, &direct, (operation.good)().into()).await.unwrap();
        let sent = last(&peer).await;
        assert_eq!(sent, (json!(expected.0), json!(expected.1)), "{name}");
        operation.outcome(&peer, &plain, (operation.good)().into()).await.unwrap();
        assert_eq!(last(&peer).await, (Value::Null, Value::Null), "{name}");
    }
    let names: Vec<_> = all().iter().map(|operation| operation.name).collect();
    assert!(WITH_METADATA.iter().chain(&WITH_CONTEXT).all(|name| names.contains(name)));
}

/// Of one name, what the attempt or the sign-up says.
#[tokio::test]
async fn an_attempt_and_a_sign_up_have_their_own_beside_them() {
    let question = || Answer::from(challenge("EMAIL_OTP", json!({})));
    let peer = Peer::with([question(), tokens().into()]).await;
    let direct =
        peer.direct().with_client_metadata("tenant", "acme").with_client_metadata("a", "1");
    let direct = direct.with_user_context(from(1));
    let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!")
        .client_metadata("tenant", "other")
        .user_context(from(2).encoded_data("ZGF0YQ"));
    let both = json!({ "tenant": "other", "a": "1" });
    let SignInChallenge::EmailCode(challenge) = asked(direct.start(attempt).await) else {
        panic!("another challenge");
    };
    let own = json!({ "IpAddress": "203.0.113.2", "EncodedData": "ZGF0YQ" });
    assert_eq!(last(&peer).await, (both.clone(), own));
    done(challenge.answer(&"123456".into()).await);
    assert_eq!(last(&peer).await, (both.clone(), context(1)));

    peer.script([json!({ "UserConfirmed": false, "UserSub": "u1" }).into()]);
    let sign_up = SignUp::new("alice").client_metadata("tenant", "other").user_context(from(3));
    direct.sign_up(&sign_up).await.unwrap();
    assert_eq!(last(&peer).await, (both, context(3)));
}

/// The texts go with the whole sign-in; the address is that of the browser that answers, where it is known.
#[tokio::test]
async fn they_go_through_the_browser_with_a_challenge() {
    let keys = SessionKeys::random().unwrap();
    for (now, expected) in [(None, context(1)), (Some(from(9)), context(9))] {
        let question = Answer::from(challenge("EMAIL_OTP", json!({})));
        let peer = Peer::with([question, tokens().into()]).await;
        let asking = peer.direct().with_client_metadata("tenant", "acme");
        let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!");
        let step = asking.with_user_context(from(1)).start(attempt).await;
        let sealed = asked(step).seal(&keys).unwrap();
        let answering = now.map_or(peer.direct(), |now| peer.direct().with_user_context(now));
        let SignInChallenge::EmailCode(challenge) = answering.open(&keys, &sealed).unwrap() else {
            panic!("another challenge");
        };
        done(challenge.answer(&"123456".into()).await);
        assert_eq!(last(&peer).await, (json!({ "tenant": "acme" }), expected));
    }
}

#[tokio::test]
async fn what_is_too_long_is_not_sent() {
    let peer = Peer::start().await;
    let long = "x".repeat(131_073);
    let direct = peer.direct();
    for direct in [
        direct.with_client_metadata("tenant", &long),
        direct.with_client_metadata(&long, ""),
        direct.with_user_context(from(1).encoded_data(&long)),
    ] {
        let attempt = SignInAttempt::with_password("alice", "Passw0rd!");
        let told: [Option<AuthError>; 3] = [
            direct.start(attempt).await.err(),
            direct.forgot_password("alice").await.err(),
            direct.confirm_sign_up("alice", &"123456".into(), None).await.err(),
        ];
        for error in told {
            assert_eq!(error.unwrap().code(), "input");
        }
    }
    let attempt = SignInAttempt::with_password("alice", "Passw0rd!").client_metadata("a", &long);
    assert_eq!(crate::code(direct.start(attempt).await), "input");
    let sign_up = SignUp::new("alice").client_metadata("a", &long);
    assert_eq!(direct.sign_up(&sign_up).await.unwrap_err().code(), "input");
    assert!(peer.sent().await.is_empty());
}

#[tokio::test]
async fn the_local_pool_takes_them() {
    let pool = LocalUserPool::builder().user(LocalUser::new("alice", "Passw0rd!")).start().await;
    let pool = pool.unwrap();
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let direct = DirectSignIn::new(&client).with_client_metadata("tenant", "acme");
    let direct = direct.with_user_context(from(1));
    done(direct.start(SignInAttempt::with_password("alice", "Passw0rd!")).await);
    let sign_up = SignUp::new("bob").password("Passw0rd!").attribute("email", "b@example.com");
    direct.sign_up(&sign_up).await.unwrap();
    let code = pool.last_code("bob").unwrap().as_str().into();
    direct.confirm_sign_up("bob", &code, None).await.unwrap();
}
