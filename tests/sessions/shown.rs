//! What `Debug` shows, and what a wrong setting says.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::sessions::{
    BrowserSessions, BrowserSessionsBuilder, CurrentUser, MemorySessions, RedisSessions,
    SessionStore as _,
};
use cognito_auth::{CognitoClient, UserPool};

use super::app::{App, CALLBACK, CLIENT};
use super::outages::Flaky;

#[tokio::test]
async fn debug_shows_the_redirect_uri_and_no_secret() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let user = app.current(&browser).await.unwrap().unwrap();
    let (sessions, builder) = (format!("{:?}", app.sessions), format!("{:?}", app.builder()));
    for (shown, name) in [(&sessions, "BrowserSessions"), (&builder, "BrowserSessionsBuilder")] {
        assert!(shown.starts_with(&format!("{name} {{ redirect_uri: ")), "{shown}");
        assert!(shown.contains(CALLBACK) && shown.contains("store: MemorySessions"), "{shown}");
    }
    let shown = format!("{user:?}");
    assert!(shown.starts_with("SignedIn { record: Record { expires_at: "), "{shown}");
    assert!(!shown.contains("alice") && !shown.contains("eyJ"), "{shown}");
    let (request, ()) = browser.visit("/a-secret-path").body(()).unwrap().into_parts();
    let found = CurrentUser::of(&app.sessions, &request).await.unwrap();
    assert_eq!(format!("{found:?}"), format!("CurrentUser({shown})"));
}

#[test]
fn a_store_that_has_no_name_is_a_custom_one() {
    assert_eq!((Flaky::default().name(), MemorySessions::new().name()), ("custom", "memory"));
}

/// The provider's own reason, and not that it begins no sign-in.
#[test]
fn a_pool_without_a_domain_is_named() {
    let app = App::new();
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let provider = Arc::new(CognitoClient::new(&pool, CLIENT).unwrap());
    let (verifier, store) = (Arc::new(app.verifier.clone()), Arc::new(MemorySessions::new()));
    let builder = BrowserSessions::builder(&pool, provider, verifier, store);
    let error = builder.redirect_uri(CALLBACK).build().unwrap_err();
    assert!(error.to_string().contains("domain"), "{error}");
}

#[test]
fn redis_shows_its_address_and_no_password() {
    let builder = RedisSessions::builder("redis://app:secret@127.0.0.1:6390/2");
    assert_eq!(format!("{builder:?}"), "RedisSessionsBuilder { timeout: 1s, .. }");
    let store = builder.build().unwrap();
    assert_eq!(format!("{store:?}"), "RedisSessions { address: 127.0.0.1:6390 }");
    assert_eq!((store.name(), store.is_shared()), ("redis", true));
    let store = Arc::new(store);
    assert_eq!((store.name(), store.is_shared()), ("redis", true));
}

/// Sessions in memory end with the process, and so may their keys.
#[test]
fn a_store_in_memory_needs_no_keys_and_a_shared_one_does() {
    let app = App::new();
    let (pool, verifier) = (app.provider.pool.user_pool(), Arc::new(app.verifier.clone()));
    let memory = Arc::new(MemorySessions::new());
    let builder = BrowserSessions::builder(&pool, app.provider.clone(), verifier.clone(), memory);
    assert!(builder.redirect_uri(CALLBACK).build().is_ok());
    let redis = Arc::new(RedisSessions::new("redis://127.0.0.1:6390").unwrap());
    let builder = BrowserSessions::builder(&pool, app.provider.clone(), verifier, redis);
    let error = builder.redirect_uri(CALLBACK).build().unwrap_err();
    assert!(error.to_string().contains("keys"), "{error}");
}

#[test]
fn a_setting_out_of_range_is_named() {
    type Builder = BrowserSessionsBuilder;
    const DAY: u64 = 86_400;
    let app = App::new();
    let (second, just) = (Duration::from_secs(1), Duration::from_millis(1));
    let minute = 60 * second;
    for (setting, set, least, most) in [
        ("idle_timeout", Builder::idle_timeout as fn(_, _) -> _, minute, 30 * DAY),
        ("absolute_timeout", Builder::absolute_timeout, minute, 400 * DAY),
        ("refresh_ahead", Builder::refresh_ahead, Duration::ZERO, 3600),
        ("store_timeout", Builder::store_timeout, 10 * just, 60),
    ] {
        let most = Duration::from_secs(most);
        for good in [least, most] {
            assert!(set(app.builder(), good).build().is_ok(), "{setting} {good:?}");
        }
        for bad in [least.checked_sub(just), Some(most + just)].into_iter().flatten() {
            let error = set(app.builder(), bad).build().unwrap_err();
            assert_eq!(error.code(), "out_of_range", "{setting} {bad:?}");
            assert!(error.to_string().contains(setting), "{error}");
        }
    }
    let error = app.builder().most_sessions_per_user(0).build().unwrap_err();
    assert!(error.to_string().contains("most_sessions_per_user"), "{error}");
    assert!(app.builder().most_sessions_per_user(1).build().is_ok());
}
