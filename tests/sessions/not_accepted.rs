//! Tokens that are not accepted for a reason that is not the user's: keys, settings, clocks.

use std::time::Duration;

use cognito_auth::JwtVerifier;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::sessions::{BrowserSessions, BrowserSessionsBuilder};
use cognito_auth::testing::TokenSpec;

use super::app::{App, CLIENT, current, pool, settle};
use super::browser::Browser;
use super::provider::Act;

fn longer(builder: BrowserSessionsBuilder) -> BrowserSessionsBuilder {
    builder.idle_timeout(Duration::from_secs(36_000))
}

/// A machine with the same store, and a verifier of its own.
fn machine(app: &App, verifier: JwtVerifier) -> BrowserSessions {
    longer(app.builder_with(&verifier)).build().unwrap()
}

fn verifier(app: &App, client: &str, keys: &str) -> JwtVerifier {
    JwtVerifier::builder(&app.provider.pool.user_pool())
        .client_id(client)
        .keys(StaticKeySet::from_jwks_json(keys).unwrap())
        .clock(app.provider.pool.clock())
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_is_set_up_wrongly_ends_no_session() {
    for (what, status) in [("another client", 500), ("without the new key", 503)] {
        let app = App::of(pool().rotation(Duration::ZERO), longer);
        let browser = app.sign_in("alice").await;
        let jwks = app.provider.pool.jwks();
        let wrong = match what {
            "another client" => machine(&app, verifier(&app, "another", &jwks)),
            _ => machine(&app, verifier(&app, CLIENT, &stranger(&app))),
        };
        for (past, at) in [(0, "as it is"), (3570, "ahead of the expiry"), (40, "expired")] {
            app.advance(past).await;
            let error = current(&wrong, &browser).await.unwrap_err();
            assert_eq!(error.status().as_u16(), status, "{what}, {at}: {error}");
            settle().await;
            app.advance(31).await;
            assert!(app.is_signed_in(&browser).await, "{what}, {at}");
        }
        assert_eq!(app.provider.revocations(), 0, "{what}");
        let mut other = Browser::default();
        let answer = other.send(&wrong, other.visit("/login")).await;
        let callback = app.at_login_page(&super::browser::location(&answer), "bob");
        let answer = other.send(&wrong, other.visit(&callback)).await;
        assert_eq!(answer.status().as_u16(), status, "{what}: {}", answer.body());
    }
}

fn stranger(app: &App) -> String {
    format!(r#"{{"keys":[{}]}}"#, app.provider.pool.stranger_jwk("stranger"))
}

#[tokio::test(start_paused = true)]
async fn refreshed_tokens_end_a_session_only_where_they_are_wrong_by_themselves() {
    let spec = || TokenSpec::access("alice");
    for (what, spec, status) in [
        ("a key that is not known yet", spec().kid("new"), Some(503)),
        ("another client", spec().client_id("another"), Some(500)),
        ("another algorithm", spec().algorithm_text("none"), Some(500)),
        ("another issuer's name", spec().claim("token_use", "id"), Some(500)),
        ("too long a life", spec().expires_in(1_000_000), Some(500)),
        ("from the future", spec().claim("iat", 32_503_680_000_u64), Some(503)),
        ("a signature that does not hold", spec().with_broken_signature(), None),
    ] {
        let app = App::of(pool().rotation(Duration::ZERO), longer);
        let browser = app.sign_in("alice").await;
        app.advance(3601).await;
        app.provider.next(Act::Access(app.provider.pool.token(&spec)));
        match (app.current(&browser).await, status) {
            (Ok(found), None) => {
                assert!(found.is_none(), "{what}");
                assert_eq!(app.provider.revocations(), 1, "{what}");
                assert!(!app.is_signed_in(&browser).await, "{what}");
            }
            (Err(error), Some(status)) => {
                assert_eq!(error.status().as_u16(), status, "{what}: {error}");
                assert_eq!(app.provider.revocations(), 0, "{what}");
                let key = super::lost_answers::key(&browser);
                assert!(app.store.load(&key).await.unwrap().is_some(), "{what}");
            }
            (found, _) => panic!("{what}: {found:?}"),
        }
    }
}

/// The new refresh token is kept all the same: with rotation the old one is dead.
#[tokio::test(start_paused = true)]
async fn tokens_that_do_not_fit_into_a_record_are_not_asked_for_at_every_request() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let browser = app.sign_in("alice").await;
    let verifier = JwtVerifier::builder(&app.provider.pool.user_pool())
        .client_id(CLIENT)
        .keys(StaticKeySet::from_jwks_json(&app.provider.pool.jwks()).unwrap())
        .max_token_bytes(64 * 1024)
        .clock(app.provider.pool.clock())
        .build()
        .unwrap();
    let sessions = machine(&app, verifier);
    app.advance(3601).await;
    let spec = TokenSpec::access("alice").claim("x", "x".repeat(40_000));
    let access_token = app.provider.pool.token(&spec);
    app.provider.next(Act::Tokens(access_token, "r".repeat(130_000)));
    for _ in 0..5 {
        let error = current(&sessions, &browser).await.unwrap_err();
        assert_eq!((error.status().as_u16(), error.code()), (500, "record_too_large"));
    }
    assert_eq!((app.provider.refreshes(), app.provider.revocations()), (1, 0));
}
