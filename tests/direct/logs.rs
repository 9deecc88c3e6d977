//! What is logged of a sign-in and of accounts, at the loudest level: by this crate, and by the HTTP client
//! below it.

use cognito_auth::direct::{SignInAttempt, SignInChallenge};
use serde_json::json;

use crate::log::listen;
use crate::operations::all;
use crate::{
    Answer, Peer, SECRET, SESSION, SUB, access_token, asked, challenge, done, id_token, tokens,
};

/// SECRET_HASH of the user name `SUB`.
const HASH_OF_SUB: &str = "/NfVCDGE3d1aLV1ZZuMjMn6b5idYMq1Dt+mrBzUtIpI=";

#[tokio::test]
async fn no_password_code_session_or_token_is_logged() {
    let peer = Peer::start().await;
    let direct = peer.confidential();
    let (lines, _guard) = listen();

    peer.script([
        challenge("EMAIL_OTP", json!({ "CODE_DELIVERY_DESTINATION": "a***@e***" })).into(),
        Answer::exception("CodeMismatchException", "Invalid code 987654 received"),
        tokens().into(),
    ]);
    let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!");
    let SignInChallenge::EmailCode(challenge) = asked(direct.start(attempt).await) else {
        panic!("another challenge");
    };
    challenge.answer(&"987654".into()).await.unwrap_err();
    done(challenge.answer(&"987655".into()).await);
    for operation in all() {
        operation.outcome(&peer, &direct, (operation.good)().into()).await.unwrap();
        let wrong = Answer::exception("NotAuthorizedException", "Passw0rd! N3w-Passw0rd 123456");
        operation.outcome(&peer, &direct, wrong).await.unwrap_err();
    }

    let text = lines.text();
    for line in [
        r#"answered operation="InitiateAuth" status=200 code="ok""#,
        r#"answered operation="RespondToAuthChallenge" status=400 code="code_mismatch""#,
        r#"answered operation="SignUp" status=400 code="not_authorized""#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let (access, id) = (access_token(), id_token());
    for secret in [
        "Passw0rd",
        "987654",
        "987655",
        "123456",
        "alice",
        "a***@e***",
        SECRET,
        SESSION,
        "JBSWY3DPEHPK3PXP",
        "refresh.me",
        SUB,
        HASH_OF_SUB,
        access.as_str(),
        id.as_str(),
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
