//! The refresh by InitiateAuth: what its answers mean, and at the local pool.

use std::time::Duration;

use cognito_auth::direct::{DirectSignIn, NextStep, SignInAttempt, SignInFailure, Step};
use cognito_auth::testing::{DeviceTracking, LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{
    AnswerProblem, AuthError, CognitoClient, IdentityProvider, InputProblem, JwtVerifier,
    RefreshToken, Tokens,
};
use serde_json::{Value, json};

use crate::failures::who;
use crate::{Answer, CLIENT, ISSUER, NOW, Peer, SECRET, SUB, access_token, challenge, jwt, tokens};

const START_OVER: SignInFailure = SignInFailure::NextStep(NextStep::StartOver);

fn old() -> RefreshToken {
    RefreshToken::new("the.old.one")
}

async fn refresh(direct: &DirectSignIn) -> Result<Tokens, AuthError> {
    direct.refresh_by_initiate_auth(&old(), "alice", None).await
}

/// The tokens of a sign-in, with this in their place.
fn with(member: &str, value: Value) -> Answer {
    let mut answer = tokens();
    answer["AuthenticationResult"][member] = value;
    answer.into()
}

/// The flow has no rotation, so that the old one stays; nothing that comes all the same is lost.
#[tokio::test]
async fn the_refresh_token_to_keep_is_there() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for (member, kept) in [
        (json!("the.new.one"), "the.new.one"),
        (Value::Null, "the.old.one"),
        (json!(""), "the.old.one"),
    ] {
        peer.script([with("RefreshToken", member)]);
        let tokens = refresh(&direct).await.unwrap();
        assert_eq!(tokens.refresh_token, Some(RefreshToken::new(kept)));
        assert_eq!(tokens.access_token.expose(), access_token());
        assert_eq!(tokens.expires_in, Some(Duration::from_secs(3600)));
    }
    let bare = json!({ "AuthenticationResult": { "AccessToken": access_token() } });
    peer.script([bare.into()]);
    let tokens = refresh(&direct).await.unwrap();
    assert_eq!((tokens.refresh_token, tokens.id_token), (Some(old()), None));

    let device = json!({ "DeviceKey": "eu-west-1_a1b2", "DeviceGroupKey": "-wt2ha1Zd" });
    peer.script([with("NewDeviceMetadata", device)]);
    assert_eq!(refresh(&direct).await.unwrap().new_device.unwrap().key, "eu-west-1_a1b2");
}

#[tokio::test]
async fn a_challenge_in_the_answer_is_a_fault() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for name in ["SMS_MFA", "PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "RETINA_SCAN"] {
        peer.script([Answer::from(challenge(name, json!({})))]);
        let error = refresh(&direct).await.unwrap_err();
        let reason = AnswerProblem::UnexpectedChallenge;
        assert_eq!(error, AuthError::Undecodable { status: 200, reason }, "{name}");
        assert_eq!((SignInFailure::of(&error), who(&error)), (SignInFailure::Fault, "later"));
    }
    for answer in [json!({}), json!({ "ChallengeParameters": {}, "AuthenticationResult": null })] {
        peer.script([answer.into()]);
        let reason = AnswerProblem::NoChallenge;
        let error = refresh(&direct).await.unwrap_err();
        assert_eq!(error, AuthError::Undecodable { status: 200, reason });
    }

    // With tokens beside it, the new refresh token is not lost.
    let mut both = tokens();
    both["ChallengeName"] = json!("SMS_MFA");
    peer.script([both.into()]);
    let error = refresh(&direct).await.unwrap_err();
    assert_eq!(error.new_refresh_token(), Some(&RefreshToken::new("refresh.me")));
    assert_eq!((error.code(), SignInFailure::of(&error)), ("undecodable", SignInFailure::Fault));
}

/// They are checked as those of the other refreshes. Nothing is revoked: the session goes on with the old one.
#[tokio::test]
async fn tokens_of_another_client_are_refused_with_the_new_refresh_token() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    let id_token = |aud: &str, exp: u64| {
        json!(jwt(&json!({
            "sub": SUB, "aud": aud, "token_use": "id", "iss": ISSUER, "exp": exp, "iat": NOW,
        })))
    };
    for (answer, code, page) in [
        (id_token("another", NOW + 3600), "id_token_mismatch", SignInFailure::Fault),
        (id_token(CLIENT, NOW - 3600), "clock", SignInFailure::Fault),
        (json!("opaque"), "undecodable", SignInFailure::Fault),
        (json!("x".repeat(70_000)), "token_too_large", SignInFailure::Fault),
    ] {
        peer.forget().await;
        peer.script([with("IdToken", answer)]);
        let error = refresh(&direct).await.unwrap_err();
        assert_eq!((error.code(), SignInFailure::of(&error)), (code, page));
        assert_eq!(error.new_refresh_token(), Some(&RefreshToken::new("refresh.me")), "{code}");
        assert!(!format!("{error:?} {error}").contains("refresh.me"));
        assert_eq!(peer.sent().await.len(), 1, "{code}");
    }
}

/// A name, its text, the code, what a login page does, and who has to act. While rotation is on, Cognito refuses
/// the flow, by a name that is not documented: one of the first and the last but one.
#[tokio::test]
async fn a_refresh_that_is_refused() {
    let peer = Peer::start().await;
    let secret_hash = format!("SecretHash does not match for the client: {CLIENT}");
    for (name, text, code, page, acts) in [
        (
            "NotAuthorizedException",
            "Invalid Refresh Token.",
            "invalid_refresh_token",
            START_OVER,
            "user",
        ),
        (
            "NotAuthorizedException",
            "Refresh Token has been revoked",
            "invalid_refresh_token",
            START_OVER,
            "user",
        ),
        (
            "NotAuthorizedException",
            "Refresh Token has expired",
            "invalid_refresh_token",
            START_OVER,
            "user",
        ),
        ("RefreshTokenReuseException", "", "refresh_token_reused", START_OVER, "user"),
        ("NotAuthorizedException", "Lorem", "not_authorized", SignInFailure::Refused, "user"),
        (
            "NotAuthorizedException",
            "User is disabled.",
            "user_disabled",
            SignInFailure::Refused,
            "user",
        ),
        ("UserNotFoundException", "", "user_not_found", SignInFailure::Refused, "user"),
        (
            "NotAuthorizedException",
            &secret_hash,
            "invalid_client",
            SignInFailure::Fault,
            "operator",
        ),
        ("InvalidParameterException", "", "invalid_parameter", SignInFailure::Fault, "operator"),
        ("InternalErrorException", "", "server_error", SignInFailure::Fault, "later"),
    ] {
        peer.forget().await;
        peer.script([Answer::exception(name, text)]);
        let error = refresh(&peer.direct()).await.unwrap_err();
        let told = (error.code(), SignInFailure::of(&error), who(&error));
        assert_eq!(told, (code, page, acts), "{name} {text}");
        assert_eq!(peer.sent().await.len(), 1, "it is sent once");
        // As the refresh that there was before.
        let by_operation = peer.direct().refresh_with_device(&old(), "eu-west-1_a1b2").await;
        assert_eq!(by_operation.unwrap_err(), error);
    }
}

#[tokio::test]
async fn values_that_cannot_be_sent_are_not_sent() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for (token, name, device, reason) in [
        ("", "alice", None, InputProblem::Empty),
        ("two words", "alice", None, InputProblem::NotPrintable),
        ("a.token", "", None, InputProblem::NotAUserName),
        ("a.token", "two words", None, InputProblem::NotAUserName),
        ("a.token", "alice", Some("two words"), InputProblem::NotADeviceKey),
    ] {
        let token = RefreshToken::new(token);
        let error = direct.refresh_by_initiate_auth(&token, name, device).await.unwrap_err();
        assert!(matches!(error, AuthError::Input { reason: r, .. } if r == reason), "{error:?}");
    }
    let long = direct.with_client_metadata("tenant", "x".repeat(131_073));
    assert_eq!(refresh(&long).await.unwrap_err().code(), "input");
    assert!(peer.sent().await.is_empty());
}

async fn signed_in(direct: &DirectSignIn, name: &str) -> (RefreshToken, Tokens) {
    match direct.start(SignInAttempt::with_password(name, "Passw0rd!")).await.unwrap() {
        Step::Done(tokens) => (tokens.refresh_token.clone().unwrap(), tokens),
        step => panic!("{step:?}"),
    }
}

fn alice() -> LocalUser {
    LocalUser::new("alice", "Passw0rd!").email("alice@example.com").email_verified(true)
}

#[tokio::test]
async fn a_session_of_the_local_pool_goes_on_until_it_is_revoked() {
    let pool = LocalUserPool::builder().user(alice()).start().await.unwrap();
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let direct = DirectSignIn::new(&client);
    let (token, _) = signed_in(&direct, "alice").await;
    for _ in 0..3 {
        let refreshed = direct.refresh_by_initiate_auth(&token, "alice", None).await.unwrap();
        assert_eq!(refreshed.refresh_token.as_ref(), Some(&token));
        client.user_info_with_token(&refreshed.access_token).await.unwrap();
    }
    client.revoke(&token).await.unwrap();
    for dead in [token, old()] {
        let error = direct.refresh_by_initiate_auth(&dead, "alice", None).await.unwrap_err();
        let told = (error.code(), SignInFailure::of(&error));
        assert_eq!(told, ("invalid_refresh_token", START_OVER));
        // The token endpoint has another name for it.
        let error = client.refresh(&dead).await.unwrap_err();
        assert_eq!((error.code(), SignInFailure::of(&error)), ("invalid_grant", START_OVER));
    }
}

#[tokio::test]
async fn a_device_of_the_local_pool_is_named() {
    let builder = LocalUserPool::builder().user(alice()).device_tracking(DeviceTracking::Always);
    let pool = builder.start().await.unwrap();
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let direct = DirectSignIn::new(&client);
    let (token, tokens) = signed_in(&direct, "alice").await;
    let new = tokens.new_device.unwrap();
    direct.register_device(&tokens.access_token, &new, None).await.unwrap();
    for (key, is_right) in [
        (Some(new.key.as_str()), true),
        (Some("eu-west-1_00000000-0000-4000-8000-000000000001"), false),
        (None, false),
    ] {
        let outcome = direct.refresh_by_initiate_auth(&token, "alice", key).await;
        let expected = (!is_right).then_some("invalid_refresh_token");
        assert_eq!(outcome.err().map(|error| error.code()), expected, "{key:?}");
    }
}

/// The hash is of the pool's own name of the user, and of no address.
#[tokio::test]
async fn a_secret_of_the_local_pool_goes_with_the_pools_own_name() {
    let pool = LocalUserPool::builder()
        .user(alice())
        .client(LocalClient::confidential("confidential", SECRET))
        .start()
        .await
        .unwrap();
    let client = CognitoClient::builder(&pool.user_pool(), "confidential");
    let direct = DirectSignIn::new(&client.client_secret(SECRET).build().unwrap());
    let (token, tokens) = signed_in(&direct, "alice").await;
    let verifier = JwtVerifier::new(&pool.user_pool(), "confidential").unwrap();
    let claims = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    let name = claims.username().unwrap();
    direct.refresh_by_initiate_auth(&token, name, None).await.unwrap();
    for wrong in ["alice@example.com", "mallory"] {
        let error = direct.refresh_by_initiate_auth(&token, wrong, None).await.unwrap_err();
        assert_eq!((error.code(), who(&error)), ("invalid_client", "operator"), "{wrong}");
    }
}

#[tokio::test]
async fn the_local_pool_refuses_the_flow_while_it_rotates_and_where_the_client_may_not() {
    let rotating = LocalUserPool::builder().user(alice()).rotation(Duration::ZERO);
    let flows = ["ALLOW_USER_SRP_AUTH"];
    let without =
        LocalUserPool::builder().user(alice()).client(LocalClient::public("web").auth_flows(flows));
    for (builder, code) in [(rotating, "invalid_refresh_token"), (without, "invalid_parameter")] {
        let pool = builder.start().await.unwrap();
        let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
        let direct = DirectSignIn::new(&client);
        let (token, _) = signed_in(&direct, "alice").await;
        let error = direct.refresh_by_initiate_auth(&token, "alice", None).await.unwrap_err();
        assert_eq!(error.code(), code);
        // The other refresh goes on with the same token.
        client.refresh(&token).await.unwrap();
    }
}
