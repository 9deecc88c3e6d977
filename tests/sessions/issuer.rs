//! A user pool that changes its issuer: it is named by two meanwhile.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::JwtVerifier;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::sessions::BrowserSessions;
use cognito_auth::testing::TokenSpec;

use super::app::{App, CALLBACK, CLIENT, current, pool};
use super::browser::location;
use super::provider::Act;

#[tokio::test(start_paused = true)]
async fn sessions_go_on_under_the_pools_other_issuer() {
    let longer = Duration::from_secs(36_000);
    let app = App::of(pool(), |builder| builder.idle_timeout(longer));
    let known = app.provider.pool.user_pool();
    let other = "https://issuer.example.com/eu-west-1_AbCdEf123";
    let both = known.clone().with_issuers([known.issuers()[0].as_str(), other]).unwrap();
    let verifier = JwtVerifier::builder(&both)
        .client_id(CLIENT)
        .keys(StaticKeySet::from_jwks_json(&app.provider.pool.jwks()).unwrap())
        .revocations(Arc::new(MemoryRevocations::new()))
        .clock(app.provider.pool.clock())
        .build()
        .unwrap();
    let sessions =
        BrowserSessions::builder(&both, app.provider.clone(), verifier, app.store.clone())
            .redirect_uri(CALLBACK)
            .keys(app.keys.clone())
            .clock(app.provider.pool.clock())
            .idle_timeout(longer)
            .build()
            .unwrap();
    let (mut one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    app.advance(3601).await;
    let spec = TokenSpec::access("alice").issuer(other);
    app.provider.next(Act::Access(app.provider.pool.token(&spec)));
    let signed_in = current(&sessions, &one).await.unwrap().unwrap();
    assert_eq!(signed_in.claims().issuer(), other);
    assert_eq!(sessions.sessions_of(&signed_in).await.unwrap().len(), 2);
    assert_eq!(app.provider.revocations(), 0);
    // All of them are one user's.
    let answer = one.send(&sessions, one.submit("/logout?everywhere=true")).await;
    assert!(location(&answer).contains("/logout"));
    assert!(current(&sessions, &two).await.unwrap().is_none());
}
