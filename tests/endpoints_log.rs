//! What the endpoints log, and what they never do.
//!
//! Alone in its file: a subscriber of one thread misses lines when other threads of the process
//! meet the same callsites first.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "endpoints/local.rs"]
mod local;
#[path = "support/local_pool.rs"]
mod local_pool;
#[path = "support/log.rs"]
mod log;
#[allow(dead_code)]
#[path = "endpoints/support.rs"]
mod support;

use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
use serde_json::Value;

use local::{CODE_VERIFIER, Local};
use log::Log;
use support::{REDIRECT_URI, ask, sign_in, with_token};

#[tokio::test]
async fn the_reason_is_logged_and_no_secret_is() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let local = Local::start().await;
    let endpoints =
        local.builder(local.verifier()).with_id_token().with_refresh_token().build().unwrap();
    let code = local.code(REDIRECT_URI);
    let body = format!(r#"{{"code":"{code}","code_verifier":"{CODE_VERIFIER}"}}"#);
    let answer = ask(&endpoints, sign_in(body.as_str())).await;
    assert_eq!(answer.status, 200);
    let mut secrets = vec![code, CODE_VERIFIER.to_owned()];
    let tokens: Value = serde_json::from_str(&answer.body).unwrap();
    for name in ["access_token", "id_token", "refresh_token"] {
        let token = tokens[name].as_str().unwrap();
        // The signature alone would be enough to rebuild the token.
        secrets.extend([token.to_owned(), token.rsplit('.').next().unwrap().to_owned()]);
    }
    assert_eq!(ask(&endpoints, sign_in(body)).await.status, 401);
    // A caller that names another of the listed addresses: nothing that an operator has to mend.
    let code = local.code(REDIRECT_URI);
    let another = format!(
        r#"{{"code":"{code}","code_verifier":"{CODE_VERIFIER}","redirect_uri":"http://localhost:5173/cb"}}"#
    );
    assert_eq!(ask(&endpoints, sign_in(another)).await.status, 401);
    secrets.push(code);
    let expired = local.pool.token(&TokenSpec::access("alice").expired());
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &expired)).await.status, 403);
    secrets.push(expired);
    let token = tokens["access_token"].as_str().unwrap();
    local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(500));
    assert_eq!(ask(&endpoints, with_token("POST", "/auth/logout", token)).await.status, 503);

    let text = log.text();
    for line in [
        r#"DEBUG cognito_auth::endpoints: refused operation="sign_in" code="invalid_grant""#,
        r#"DEBUG cognito_auth::endpoints: refused operation="sign_in" code="invalid_redirect""#,
        r#"DEBUG cognito_auth::verify: a token was refused code="expired""#,
        r#"WARN cognito_auth::endpoints: no answer operation="logout" code="server_error""#,
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    for secret in secrets {
        assert!(!text.contains(&secret), "a secret of {} bytes is in:\n{text}", secret.len());
    }
}
