//! Whatever cannot be told: a 503, and the browser keeps its cookie.

use std::sync::Arc;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use cognito_auth::sessions::BrowserSessions;
use cognito_auth::{JwtVerifier, RevocationError};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::app::{App, CLIENT};
use super::browser::{Browser, SESSION};
use super::everywhere::NoKeys;

/// A revocation store that says so of everything, and takes no entry.
#[derive(Debug)]
struct Down(RevocationStatus);

#[async_trait::async_trait]
impl RevocationStore for Down {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        self.0
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Err(RevocationError::new("down"))
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Err(RevocationError::new("down"))
    }
}

fn with_revocations(app: &App, status: RevocationStatus) -> BrowserSessions {
    let pool = &app.provider.pool;
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(CLIENT)
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .revocations(Arc::new(Down(status)))
        .clock(pool.clock())
        .build()
        .unwrap();
    app.builder_with(&verifier).build().unwrap()
}

#[tokio::test]
async fn neither_keys_nor_revocations_that_cannot_be_had_sign_a_user_out() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let keys = JwtVerifier::builder(&app.provider.pool.user_pool())
        .client_id(CLIENT)
        .keys(NoKeys)
        .clock(app.provider.pool.clock())
        .build()
        .unwrap();
    for (sessions, code) in [
        (app.builder_with(&keys).build().unwrap(), "keys_unavailable"),
        (with_revocations(&app, RevocationStatus::Unknown), "revocation_unavailable"),
    ] {
        for path in ["/orders", "/session"] {
            let request = browser.request("GET", path).body(Vec::new()).unwrap();
            let answer = match path {
                "/session" => sessions.handle(request).await,
                _ => *sessions.require(&request.into_parts().0).await.unwrap_err(),
            };
            assert_eq!(answer.status(), 503, "{code} {path}");
            assert!(answer.body().contains(code), "{code} {path}: {}", answer.body());
            assert_eq!(answer.headers()["retry-after"], "5", "{code} {path}");
            assert!(answer.headers().get("set-cookie").is_none(), "{code} {path}");
        }
        // Who has no cookie is a visitor all the same.
        assert!(super::app::current(&sessions, &Browser::default()).await.unwrap().is_none());
        assert!(app.is_signed_in(&browser).await, "{code}");
    }
}

/// The user can try again: the session goes on until its tokens are refused everywhere.
#[tokio::test]
async fn a_sign_out_that_cannot_be_written_is_none() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let sessions = with_revocations(&app, RevocationStatus::Live);
    for path in ["/logout", "/logout?everywhere=true"] {
        let answer = browser.send(&sessions, browser.submit(path)).await;
        assert_eq!(answer.status(), 503, "{path}");
        assert!(answer.body().contains("revocation_unavailable"), "{path}");
        for field in ["set-cookie", "clear-site-data", "location"] {
            assert!(answer.headers().get(field).is_none(), "{path}: {field}");
        }
        assert!(app.is_signed_in(&browser).await, "{path}");
        assert_eq!(app.provider.revocations(), 0, "{path}");
    }
}

/// A forgery, or the record of another secret: as without a session, and counted.
#[tokio::test]
async fn a_record_that_does_not_open_is_no_session_and_is_counted() {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let _counting = metrics::set_default_local_recorder(recorder);
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let mut forged = browser.clone();
    let value = forged.cookies.get_mut(SESSION).unwrap();
    let other = if &value[60..61] == "A" { "B" } else { "A" };
    value.replace_range(60..61, other);
    let (request, ()) = forged.visit("/orders").body(()).unwrap().into_parts();
    let answer = app.sessions.require(&request).await.unwrap_err();
    assert_eq!(answer.status(), 303);
    assert!(answer.headers().get("set-cookie").is_none());
    let text = recorder.handle().render();
    let line = r#"cognito_auth_session_events_total{event="not_opened",reason=""} 1"#;
    assert!(text.contains(line), "{text}");
    assert!(app.is_signed_in(&browser).await);
}

/// A request whose access token has expired waits, and is counted.
#[tokio::test(start_paused = true)]
async fn requests_that_wait_for_new_tokens_are_counted() {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let _counting = metrics::set_default_local_recorder(recorder);
    let longer = std::time::Duration::from_secs(36_000);
    let app = App::of(super::app::pool(), |builder| builder.idle_timeout(longer));
    let browser = app.sign_in("alice").await;
    app.advance(3601).await;
    assert!(app.is_signed_in(&browser).await && app.is_signed_in(&browser).await);
    let text = recorder.handle().render();
    let line = r#"cognito_auth_session_events_total{event="refresh_waited",reason=""} 1"#;
    assert!(text.contains(line), "{text}");
}
