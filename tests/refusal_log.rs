//! What a program logs about refused requests at the level that most programs run at, `info` (N7).
//!
//! One test and one subscriber for the whole process: what was shown already is kept once a process.
#![allow(clippy::unwrap_used)]

#[path = "support/log.rs"]
mod log;

use std::time::Duration;

use axum::body::Body;
use axum::{Router, routing::get};
use cognito_auth::bearer::JwtBearer;
use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::web::AuthRejection;
use cognito_auth::{AccessClaims, IdClaims, JwtVerifier, VerifyError};
use http::Request;
use tower::ServiceExt as _;

use log::Log;

/// The rule of the guide's page on axum.
async fn admin(claims: AccessClaims) -> Result<&'static str, AuthRejection> {
    if !claims.in_group("admins") {
        return Err(VerifyError::GroupMissing.into());
    }
    Ok("welcome")
}

/// Name, app, path, `Authorization`; status, code, and a part of what to check.
type Row<'a> = (&'a str, &'a Router, &'a str, Option<&'a str>, u16, &'a str, &'a str);

async fn status(app: &Router, path: &str, authorization: Option<&str>) -> u16 {
    let mut request = Request::get(path);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_first_refusal_of_each_reason_is_shown_at_info_and_says_what_to_check() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(log.clone())
        .with_ansi(false)
        .init();
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23").group("clerks"));
    let other_pool = LocalUserPool::builder().pool_id("eu-west-1_OtherPool").start().await.unwrap();
    let app = |verifier: JwtVerifier| {
        Router::new()
            .route("/", get(async |_: AccessClaims| "hello"))
            .route("/id", get(async |_: IdClaims| "hello"))
            .route("/admin", get(admin))
            .with_state(JwtBearer::new(verifier))
    };
    let builder =
        || JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id()).clock(pool.clock());
    let plain = app(builder().build().unwrap());
    let own_check = app(builder()
        .check_access(|claims| if claims.in_group("admins") { Ok(()) } else { Err("no_admin") })
        .build()
        .unwrap());
    let scoped = app(builder().require_scope("orders/read").build().unwrap());

    let bearer = |token: &str| format!("Bearer {token}");
    let order = |spec: TokenSpec| bearer(&pool.token(&spec));
    let alice = || TokenSpec::access("alice");
    let good = bearer(pool.access_token("alice").expose());
    let id_token = bearer(pool.id_token("alice").expose());
    let of_other_pool = bearer(other_pool.access_token("alice").expose());
    let long = bearer(&"x".repeat(20_000));
    assert_eq!(status(&plain, "/", Some(&good)).await, 200);
    assert_eq!(log.take(), "", "a request that is let in is not logged");

    let without_scheme = good.strip_prefix("Bearer ").unwrap();
    let twice = format!("Bearer {good}");
    let (expired, strangers) = (order(alice().expired()), order(alice().signed_by_stranger()));
    let other_client = order(alice().client_id("other"));
    let rows: Vec<Row<'_>> = vec![
        (
            "ID token",
            &plain,
            "/",
            Some(&id_token),
            401,
            "token_use_mismatch",
            "token_use: an ID token was sent where an access token is expected",
        ),
        (
            "access token",
            &plain,
            "/id",
            Some(&good),
            401,
            "token_use_mismatch",
            "token_use: an access token was sent where an ID token is expected",
        ),
        (
            "wrong client",
            &plain,
            "/",
            Some(&other_client),
            401,
            "client_not_allowed",
            "client_id of an access token, aud of an ID token",
        ),
        ("wrong pool", &plain, "/", Some(&of_other_pool), 401, "issuer_not_allowed", "iss:"),
        ("expired", &plain, "/", Some(&expired), 401, "expired", "exp:"),
        ("forged", &plain, "/", Some(&strangers), 401, "signature_invalid", "signature:"),
        ("too long", &plain, "/", Some(&long), 401, "token_too_large", "size:"),
        (
            "not a JWT",
            &plain,
            "/",
            Some("Bearer rubbish"),
            401,
            "not_three_parts",
            "a refresh token has five;",
        ),
        ("the scheme twice", &plain, "/", Some(&twice), 400, "invalid_request", "Bearer twice"),
        ("nothing behind it", &plain, "/", Some("Bearer"), 400, "invalid_request", "no token"),
        (
            "two values",
            &plain,
            "/",
            Some("Bearer a, Bearer b"),
            400,
            "invalid_request",
            "a comma, a space, a quote",
        ),
        ("empty", &plain, "/", Some(""), 400, "invalid_request", "does not begin with a scheme"),
        (
            "no scheme",
            &plain,
            "/",
            Some(without_scheme),
            401,
            "missing_token",
            "a token without the word Bearer",
        ),
        (
            "another scheme",
            &plain,
            "/",
            Some("Basic YTpi"),
            401,
            "missing_token",
            "another scheme than Bearer",
        ),
        ("no header", &plain, "/", None, 401, "missing_token", "there is no Authorization header"),
        ("the handler's rule", &plain, "/admin", Some(&good), 403, "group_missing", "groups"),
        ("a scope", &scoped, "/", Some(&good), 403, "scope_missing", "scope:"),
        ("an own check", &own_check, "/", Some(&good), 401, "custom_check", "check_access"),
    ];
    let mut shown = String::new();
    for (name, app, path, authorization, expected, code, check) in &rows {
        assert_eq!(status(app, path, *authorization).await, *expected, "{name}");
        let text = log.take();
        assert_eq!(text.lines().count(), 1, "{name}:\n{text}");
        assert!(text.contains(" INFO cognito_auth::verify: a request was refused"), "{text}");
        assert!(text.contains(&format!(r#" code="{code}""#)), "{name}:\n{text}");
        assert!(text.contains(check), "{name}:\n{text}");
        shown.push_str(&text);
    }
    assert!(shown.contains("refused by the application's own check: no_admin"), "{shown}");

    // Again: nothing, however often, and however many different tokens it is.
    for (name, app, path, authorization, expected, ..) in &rows {
        assert_eq!(status(app, path, *authorization).await, *expected, "{name}");
    }
    for number in 0..2_000 {
        let authorization = format!("Bearer {number}.{number}.{number}");
        assert_eq!(status(&plain, "/", Some(&authorization)).await, 401);
    }
    let flood = log.take();
    assert!(flood.lines().count() <= 2, "other codes than before:\n{flood}");

    // Nothing of any token, and nothing as if it were this service's own fault.
    shown.push_str(&flood);
    for level in ["WARN", "ERROR"] {
        assert!(!shown.contains(level), "{shown}");
    }
    for token in [&good, &id_token, &of_other_pool, &expired, &strangers, &other_client] {
        for part in token.strip_prefix("Bearer ").unwrap().split('.') {
            assert!(!shown.contains(part), "{shown}");
        }
    }
    for unverified in ["rubbish", "YTpi", "eu-west-1_OtherPool", "alice"] {
        assert!(!shown.contains(unverified), "{unverified} is in:\n{shown}");
    }
    // The pool's clock is not this one: an hour of the tokens is none of the log.
    pool.advance(Duration::from_secs(60));
    assert_eq!(status(&plain, "/", Some(&expired)).await, 401);
    assert_eq!(log.take(), "");
}

/// Where a developer looks whose request is refused.
#[test]
fn the_pages_about_protecting_a_route_say_how_to_see_every_refusal() {
    for page in [
        include_str!("../README.md"),
        include_str!("../src/guide/protect_with_axum.md"),
        include_str!("../src/guide/protect_with_actix_web.md"),
    ] {
        assert!(page.contains("RUST_LOG=cognito_auth=debug"));
    }
}
