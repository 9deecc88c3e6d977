//! `POST /auth/sign-in`: what neither the front end nor the user can mend, and what is left out.

use std::time::UNIX_EPOCH;

use cognito_auth::Tokens;
use cognito_auth::testing::{Endpoint, TokenSpec};

use super::local::{CODE_VERIFIER, Local};
use super::sign_in::incomplete;
use super::support::{Answer, REDIRECT_URI, ask, sign_in};

/// R3, R5: issued a moment ago, so that it is this machine's clock, or a bound of this service.
#[tokio::test]
async fn times_and_sizes_of_fresh_tokens_are_not_the_users() {
    let local = Local::start().await;
    let endpoints = local.builder(local.verifier()).with_id_token().build().unwrap();
    let access = |spec: TokenSpec| {
        let token = local.pool.token(&spec);
        Box::new(move |tokens: &mut Tokens| tokens.access_token = token.as_str().into())
            as Box<dyn Fn(&mut Tokens) + Send>
    };
    let id = |spec: TokenSpec| {
        let token = local.pool.token(&spec);
        Box::new(move |tokens: &mut Tokens| tokens.id_token = Some(token.as_str().into()))
            as Box<dyn Fn(&mut Tokens) + Send>
    };
    let now = (local.pool.clock())().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let later = TokenSpec::access("alice").claim("iat", now + 99).claim("exp", now + 3600);
    let server_error =
        r#"{"error":"server_error","message":"This service is not set up correctly."}"#;
    let large = "a".repeat(20_000);
    for (name, change, expected) in [
        ("access: expired", access(TokenSpec::access("alice").expired()), incomplete()),
        ("access: issued later", access(later), incomplete()),
        (
            "access: not yet valid",
            access(TokenSpec::access("alice").claim("nbf", now + 99)),
            incomplete(),
        ),
        ("id: expired", id(TokenSpec::id("alice").expired()), incomplete()),
        (
            "access: large",
            access(TokenSpec::access("alice").claim("x", &large)),
            Answer::new(500, server_error),
        ),
        (
            "id: large",
            id(TokenSpec::id("alice").claim("x", &large)),
            Answer::new(500, server_error),
        ),
    ] {
        local.provider.change_tokens(change);
        let revoked = local.pool.requests(Endpoint::Revoke);
        assert_eq!(ask(&endpoints, sign_in(local.sign_in_body())).await, expected, "{name}");
        assert_eq!(local.pool.requests(Endpoint::Revoke), revoked + 1, "{name}");
    }
}

/// R11: front ends write what they do not have as `null`.
#[tokio::test]
async fn null_is_left_out() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let code = local.code(REDIRECT_URI);
    for (body, status) in [
        (
            format!(r#"{{"code":"{code}","code_verifier":"{CODE_VERIFIER}","redirect_uri":null}}"#),
            200,
        ),
        (r#"{"code":"abc","code_verifier":null,"redirect_uri":null}"#.to_owned(), 401),
        (r#"{"code":null}"#.to_owned(), 400),
        (r#"{"code":"abc","redirect_uri":false}"#.to_owned(), 400),
        (r#"{"code":"abc","redirect_uri":"null"}"#.to_owned(), 400),
    ] {
        assert_eq!(ask(&endpoints, sign_in(body.as_str())).await.status, status, "{body}");
    }
}
