//! `POST /auth/sign-in`.

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
use cognito_auth::{
    AccessToken, AuthError, ConfigError, IdToken, IdTokenChecks, Refusal, RefusalCode, Tokens,
    Unreachable,
};
use serde_json::Value;

use super::local::{CODE_VERIFIER, Local};
use super::support::{
    Answer, BAD_REQUEST, INCOMPLETE, REDIRECT_URI, UNAVAILABLE, ask, sign_in, with_token,
};

const REFUSED: &str =
    r#"{"error":"sign_in_refused","message":"The sign-in was refused; start it again."}"#;

pub(crate) fn incomplete() -> Answer {
    Answer::new(503, INCOMPLETE)
}

pub(crate) fn refused() -> Answer {
    Answer::new(401, REFUSED).challenge("Bearer")
}

#[tokio::test]
async fn a_code_becomes_an_access_token_and_nothing_else() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let answer = ask(&endpoints, sign_in(local.sign_in_body())).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let token = body["access_token"].as_str().unwrap();
    let expected =
        format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#);
    assert_eq!(answer, Answer::new(200, &expected));

    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", token)).await.status, 200);
}

#[tokio::test]
async fn the_app_can_ask_for_the_other_tokens() {
    let local = Local::start().await;
    let endpoints =
        local.builder(local.verifier()).with_id_token().with_refresh_token().build().unwrap();
    let answer = ask(&endpoints, sign_in(local.sign_in_body())).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let [access, id, refresh] = ["access_token", "id_token", "refresh_token"]
        .map(|name| body[name].as_str().unwrap().to_owned());
    let expected = format!(
        r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":3600,"id_token":"{id}","refresh_token":"{refresh}"}}"#
    );
    assert_eq!(answer, Answer::new(200, &expected));
    let verifier = local.verifier().build().unwrap();
    assert_eq!(
        verifier.verify_id(&id, IdTokenChecks::new()).await.unwrap().email(),
        Some("alice@example.com")
    );

    // Where the scope `openid` was not granted there is no ID token to hand out.
    local.provider.change_tokens(|tokens| tokens.id_token = None);
    let answer = ask(&endpoints, sign_in(local.sign_in_body())).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("id_token"), "{}", answer.body);
}

#[tokio::test]
async fn a_lifetime_that_the_provider_does_not_say_is_read_from_the_token() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    for (said, told) in [(None, 3600), (Some(Duration::from_secs(77)), 77)] {
        local.provider.change_tokens(move |tokens| tokens.expires_in = said);
        let answer = ask(&endpoints, sign_in(local.sign_in_body())).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["expires_in"], told);
    }
}

#[tokio::test]
async fn the_redirect_uri_is_the_one_of_the_code() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let other = "http://localhost:5173/cb";
    for (sent_to, named, expected) in [
        (REDIRECT_URI, Some(REDIRECT_URI), 200),
        (other, Some(other), 200),
        // R2: the address that the service goes by is a setting of its own.
        (other, None, 500),
        // Which of the listed ones it is, the body says: any caller can name another one.
        (REDIRECT_URI, Some(other), 401),
        (other, Some(REDIRECT_URI), 401),
        (REDIRECT_URI, Some("https://evil.example/cb"), 400),
    ] {
        let mut body = serde_json::json!({
            "code": local.code(sent_to), "code_verifier": CODE_VERIFIER,
        });
        if let Some(named) = named {
            body["redirect_uri"] = named.into();
        }
        let answer = ask(&endpoints, sign_in(body.to_string())).await;
        assert_eq!(answer.status, expected, "{sent_to} {named:?}: {}", answer.body);
    }
}

/// T13: a code that another party began, in a browser that knows of no sign-in.
#[tokio::test]
async fn where_a_code_verifier_is_required_a_code_alone_is_not_sent() {
    let local = Local::start().await;
    let lax = local.endpoints();
    let strict = local.builder(local.verifier()).require_code_verifier().build().unwrap();
    let sent = || local.pool.requests(Endpoint::Token);
    let foreign = |code: &str| format!(r#"{{"code":"{code}"}}"#);

    // The contract is `code` alone.
    let code = local.code_without_pkce();
    assert_eq!(ask(&lax, sign_in(foreign(&code))).await.status, 200);
    let sent_before = sent();
    let code = local.code_without_pkce();
    for body in [foreign(&code), format!(r#"{{"code":"{code}","code_verifier":""}}"#)] {
        assert_eq!(ask(&strict, sign_in(body)).await, Answer::new(400, BAD_REQUEST));
    }
    assert_eq!(sent(), sent_before);
    // With a verifier of another sign-in it is not that sign-in's code.
    let body = format!(r#"{{"code":"{code}","code_verifier":"{CODE_VERIFIER}"}}"#);
    assert_eq!(ask(&strict, sign_in(body)).await.status, 401);
    assert_eq!(ask(&strict, sign_in(local.sign_in_body())).await.status, 200);
}

#[tokio::test]
async fn codes_and_verifiers_that_are_refused() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let used = local.sign_in_body();
    assert_eq!(ask(&endpoints, sign_in(used.as_str())).await.status, 200);
    let expired = local.sign_in_body();
    local.pool.advance(Duration::from_secs(301));
    let code = || local.code(REDIRECT_URI);
    let other_verifier = "x".repeat(43);
    for (name, body) in [
        ("used", used),
        ("expired", expired),
        ("unknown", r#"{"code":"0a1b2c3d-4e5f-4a6b-8c7d-000000000000"}"#.to_owned()),
        ("no verifier", format!(r#"{{"code":"{}"}}"#, code())),
        (
            "another verifier",
            format!(r#"{{"code":"{}","code_verifier":"{other_verifier}"}}"#, code()),
        ),
    ] {
        assert_eq!(ask(&endpoints, sign_in(body)).await, refused(), "{name}");
    }
    // A value that cannot be sent has not been refused by Cognito.
    let asked = local.pool.requests(Endpoint::Token);
    for (name, verifier) in [("42 characters", 42), ("129 characters", 129)] {
        let body = format!(r#"{{"code":"abc","code_verifier":"{}"}}"#, "x".repeat(verifier));
        assert_eq!(ask(&endpoints, sign_in(body)).await, Answer::new(400, BAD_REQUEST), "{name}");
    }
    let spaced = r#"{"code":"a b\u0000c"}"#;
    assert_eq!(ask(&endpoints, sign_in(spaced)).await, Answer::new(400, BAD_REQUEST));
    assert_eq!(local.pool.requests(Endpoint::Token), asked);
}

#[tokio::test]
async fn errors_of_the_provider() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let unavailable = |wait| Answer::new(503, UNAVAILABLE).retry_after(wait);
    // The code is good still, or may be spent: the front end has to know.
    for (fault, expected) in [
        (Fault::Status(403), unavailable("5")),
        (Fault::Throttle, unavailable("5")),
        (Fault::Status(500), incomplete()),
        (Fault::Status(302), incomplete()),
        (Fault::Html(200), incomplete()),
        (Fault::CutOff, incomplete()),
        (Fault::Hang, incomplete()),
    ] {
        let body = local.sign_in_body();
        local.pool.fail_next_at(Endpoint::Token, 1, fault);
        assert_eq!(ask(&endpoints, sign_in(body)).await, expected, "{fault:?}");
    }
    let failed = |code| AuthError::Refused(Refusal::new(code).with_description("alice is gone"));
    for error in [
        failed(RefusalCode::InvalidGrant),
        failed(RefusalCode::UserDisabled),
        failed(RefusalCode::UserNotFound),
        failed(RefusalCode::UserNotConfirmed),
        failed(RefusalCode::TriggerFailed),
        AuthError::StateMismatch,
        AuthError::IdTokenMismatch { claim: "nonce" },
    ] {
        local.provider.fail(error.clone());
        assert_eq!(ask(&endpoints, sign_in(r#"{"code":"abc"}"#)).await, refused(), "{error}");
    }
    // R2: what says nothing of the user or the code is no refusal.
    for code in [RefusalCode::OperationNotEnabled, RefusalCode::Other] {
        local.provider.fail(failed(code));
        assert_eq!(ask(&endpoints, sign_in(r#"{"code":"abc"}"#)).await, incomplete(), "{code:?}");
    }
    local.provider.fail(AuthError::RateLimited { retry_after: Some(Duration::from_secs(30)) });
    assert_eq!(ask(&endpoints, sign_in(r#"{"code":"abc"}"#)).await, unavailable("30"));
    local.provider.fail(AuthError::Unreachable(Unreachable::Connect));
    assert_eq!(ask(&endpoints, sign_in(r#"{"code":"abc"}"#)).await, unavailable("5"));

    let body = r#"{"error":"server_error","message":"This service is not set up correctly."}"#;
    let ours = [
        RefusalCode::InvalidRequest,
        RefusalCode::InvalidClient,
        RefusalCode::UnauthorizedClient,
        RefusalCode::InvalidRedirect,
        RefusalCode::UnsupportedGrantType,
        RefusalCode::UnsupportedTokenType,
        RefusalCode::UnsupportedResponseType,
        RefusalCode::InvalidScope,
        RefusalCode::ResourceNotFound,
        RefusalCode::InvalidParameter,
    ];
    let others = [AuthError::NoUserScope, AuthError::Config(ConfigError::NoTlsBackend)];
    for error in ours.map(failed).into_iter().chain(others) {
        local.provider.fail(error.clone());
        let answer = ask(&endpoints, sign_in(r#"{"code":"abc"}"#)).await;
        assert_eq!(answer, Answer::new(500, body), "{error}");
    }
}

#[tokio::test]
async fn tokens_that_this_service_would_refuse_are_not_handed_out() {
    let local = Local::start().await;
    let endpoints = local.builder(local.verifier()).with_id_token().build().unwrap();
    let access = |spec: TokenSpec| {
        let token = local.pool.token(&spec);
        Box::new(move |tokens: &mut Tokens| tokens.access_token = AccessToken::new(token.as_str()))
            as Box<dyn Fn(&mut Tokens) + Send>
    };
    let id = |spec: TokenSpec| {
        let token = local.pool.token(&spec);
        Box::new(move |tokens: &mut Tokens| tokens.id_token = Some(IdToken::new(token.as_str())))
            as Box<dyn Fn(&mut Tokens) + Send>
    };
    let changes = [
        ("access: a stranger's", access(TokenSpec::access("alice").signed_by_stranger())),
        ("access: another client's", access(TokenSpec::access("alice").client_id("other"))),
        ("access: an ID token", access(TokenSpec::id("alice"))),
        // `at_hash` of the ID token beside it is that of another access token.
        ("access: another one of alice", access(TokenSpec::access("alice"))),
        ("id: a stranger's", id(TokenSpec::id("alice").signed_by_stranger())),
        ("id: another client's", id(TokenSpec::id("alice").client_id("other"))),
        ("id: an access token", id(TokenSpec::access("alice"))),
        ("id: another user's", id(TokenSpec::id("mallory"))),
        ("id: another hash", id(TokenSpec::id("alice").claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"))),
    ];
    for (name, change) in changes {
        local.provider.change_tokens(change);
        assert_eq!(ask(&endpoints, sign_in(local.sign_in_body())).await, refused(), "{name}");
    }
    // One that is not handed out is not looked at.
    local.provider.change_tokens(id(TokenSpec::id("alice").signed_by_stranger()));
    let endpoints = local.endpoints();
    assert_eq!(ask(&endpoints, sign_in(local.sign_in_body())).await.status, 200);
}
