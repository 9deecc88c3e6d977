//! What `Debug` shows, and what a wrong setting says.

use std::sync::Arc;

use cognito_auth::sessions::{BrowserSessions, MemorySessions, RedisSessions, SessionStore as _};
use cognito_auth::{CognitoClient, UserPool};

use super::app::{App, CALLBACK, CLIENT};

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
}
