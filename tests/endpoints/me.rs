//! `GET /auth/me`.

use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
use cognito_auth::{AuthError, ConfigError, Refusal, RefusalCode};

use super::local::Local;
use super::support::{Answer, NOT_AUTHENTICATED, UNAVAILABLE, ask, with_token};

const NOT_SET_UP: &str =
    r#"{"error":"server_error","message":"This service is not set up correctly."}"#;

fn forbidden() -> Answer {
    Answer::new(403, NOT_AUTHENTICATED).challenge(r#"Bearer error="invalid_token""#)
}

#[tokio::test]
async fn the_user_whichever_source_answers() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let alice = |more: &str| {
        Answer::new(200, &format!(r#"{{"sub":"a33408e2-2071-70ef-04ae-70f524b3b6c6",{more}}}"#))
    };
    let attributes = r#""attributes":{"custom:tenant":"acme","email":"alice@example.com","email_verified":"true","sub":"a33408e2-2071-70ef-04ae-70f524b3b6c6"}"#;
    let known = |source: &str| {
        alice(&format!(
            r#""username":"alice","email":"alice@example.com","email_verified":true,"groups":["admins","clerks"],{attributes},"source":"{source}""#
        ))
    };
    let scopes = |scopes: &[&str]| {
        local.pool.token(&TokenSpec::access("alice").scopes(scopes.iter().copied()))
    };

    let token = scopes(&["openid", "aws.cognito.signin.user.admin"]);
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await, known("get_user"));
    assert_eq!(local.pool.requests(Endpoint::GetUser), 1);

    let token = scopes(&["openid"]);
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await, known("user_info"));
    assert_eq!(local.pool.requests(Endpoint::UserInfo), 1);

    let token = scopes(&["orders/read"]);
    let expected = alice(
        r#""username":"alice","email":null,"email_verified":false,"groups":["admins","clerks"],"attributes":{},"source":"access_token""#,
    );
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await, expected);
    assert_eq!(local.pool.requests(Endpoint::GetUser), 1);
    assert_eq!(local.pool.requests(Endpoint::UserInfo), 1);

    // What the provider leaves out is absent, or not verified.
    local.provider.change_user_info(|info| {
        info.email = None;
        info.email_verified = None;
        info.attributes.clear();
    });
    let token = local.pool.token(&TokenSpec::access("alice").groups([""; 0]));
    let expected = alice(
        r#""username":"alice","email":null,"email_verified":false,"groups":[],"attributes":{},"source":"get_user""#,
    );
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await, expected);
}

#[tokio::test]
async fn a_machine_is_known_only_where_machines_are_let_in() {
    let local = Local::start().await;
    let token = local.pool.token(&TokenSpec::machine());
    let endpoints = local.endpoints();
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await, forbidden());

    let verifier = local.verifier().accept_client_credentials();
    let endpoints = local.builder(verifier).build().unwrap();
    let expected = r#"{"sub":"1example23456789abcdefghij","username":null,"email":null,"email_verified":false,"groups":[],"attributes":{},"source":"access_token"}"#;
    assert_eq!(
        ask(&endpoints, with_token("GET", "/auth/me", &token)).await,
        Answer::new(200, expected)
    );
}

#[tokio::test]
async fn refused_tokens_are_one_answer_and_never_leave_this_service() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let alice = || TokenSpec::access("alice");
    for (name, spec) in [
        ("expired", alice().expired()),
        ("a stranger's", alice().signed_by_stranger()),
        ("one bit flipped", alice().with_broken_signature()),
        ("unsigned", alice().algorithm_text("none").without_signature()),
        ("an ID token", TokenSpec::id("alice")),
        ("another client's", alice().client_id("other")),
        ("another issuer's", alice().issuer("https://issuer.example")),
        ("a machine's", TokenSpec::machine()),
    ] {
        let token = local.pool.token(&spec);
        assert_eq!(
            ask(&endpoints, with_token("GET", "/auth/me", &token)).await,
            forbidden(),
            "{name}"
        );
    }
    let long = "a".repeat(16 * 1024 + 1);
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &long)).await, forbidden());
    assert_eq!(local.pool.requests(Endpoint::GetUser), 0);
}

#[tokio::test]
async fn what_is_missing_shows_in_the_challenge_only() {
    let local = Local::start().await;
    let token = local.access_token();
    for verifier in
        [local.verifier().require_scope("orders/read"), local.verifier().require_group("owners")]
    {
        let endpoints = local.builder(verifier).build().unwrap();
        let expected =
            Answer::new(403, NOT_AUTHENTICATED).challenge(r#"Bearer error="insufficient_scope""#);
        assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await, expected);
    }
}

#[tokio::test]
async fn users_whom_cognito_refuses_cannot_be_told_apart() {
    for (name, change) in [
        ("signed out", (|local| local.pool.sign_out("alice")) as fn(&Local) -> bool),
        ("disabled", |local| local.pool.disable_user("alice")),
        ("deleted", |local| local.pool.delete_user("alice")),
    ] {
        let local = Local::start().await;
        let endpoints = local.endpoints();
        let admin = local.access_token();
        let openid = local.pool.token(&TokenSpec::access("alice").scopes(["openid"]));
        assert!(change(&local));
        for token in [admin, openid] {
            let answer = ask(&endpoints, with_token("GET", "/auth/me", &token)).await;
            assert_eq!(answer, forbidden(), "{name}");
        }
    }
    let local = Local::start().await;
    let (endpoints, token) = (local.endpoints(), local.access_token());
    for code in [
        RefusalCode::TokenRevoked,
        RefusalCode::TokenExpired,
        RefusalCode::UserNotFound,
        RefusalCode::UserDisabled,
        RefusalCode::PasswordResetRequired,
        RefusalCode::InsufficientScope,
    ] {
        local.provider.fail(AuthError::Refused(Refusal::new(code).with_description("alice")));
        let answer = ask(&endpoints, with_token("GET", "/auth/me", &token)).await;
        assert_eq!(answer, forbidden(), "{code:?}");
    }
}

#[tokio::test]
async fn what_is_no_fault_of_the_token_is_no_refusal() {
    let local = Local::start().await;
    let (endpoints, token) = (local.endpoints(), local.access_token());
    let me = async |code| {
        local.provider.fail(AuthError::Refused(Refusal::new(code).with_description("alice")));
        ask(&endpoints, with_token("GET", "/auth/me", &token)).await
    };
    for code in
        [RefusalCode::InvalidClient, RefusalCode::UnauthorizedClient, RefusalCode::ResourceNotFound]
    {
        assert_eq!(me(code).await, Answer::new(500, NOT_SET_UP), "{code:?}");
    }
    for code in [RefusalCode::OperationNotEnabled, RefusalCode::Other] {
        assert_eq!(me(code).await, Answer::new(503, UNAVAILABLE).retry_after("5"), "{code:?}");
    }
}

#[tokio::test]
async fn outages_are_not_refusals() {
    let local = Local::start().await;
    let (endpoints, token) = (local.endpoints(), local.access_token());
    let me = || with_token("GET", "/auth/me", &token);
    let unavailable = || Answer::new(503, UNAVAILABLE).retry_after("5");
    for fault in [
        Fault::Status(500),
        Fault::Status(403),
        Fault::Html(200),
        Fault::Throttle,
        Fault::CutOff,
        Fault::Hang,
    ] {
        local.pool.fail_next_at(Endpoint::GetUser, 1, fault);
        assert_eq!(ask(&endpoints, me()).await, unavailable(), "{fault:?}");
    }
    assert_eq!(ask(&endpoints, me()).await.status, 200);

    // Claims about another user must not be used.
    local.provider.change_user_info(|info| info.sub = "mallory".to_owned());
    assert_eq!(ask(&endpoints, me()).await, unavailable());

    local.provider.fail(AuthError::Config(ConfigError::NoTlsBackend));
    assert_eq!(ask(&endpoints, me()).await, Answer::new(500, NOT_SET_UP));
}
