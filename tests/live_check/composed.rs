//! Together with other stores, and with sign-outs made here.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
use cognito_auth::testing::{Fault, TokenSpec};
use cognito_auth::{AuthEndpoints, TokenVerifier};

use super::{KEEP_FOR, REVOKED, SECOND, cannot_tell, setup, verifier};

#[tokio::test(start_paused = true)]
async fn what_the_memory_refuses_causes_no_question() {
    let s = setup(|live| live);
    let memory = Arc::new(MemoryRevocations::new());
    for memory_first in [true, false] {
        let builder = verifier(&s.pool);
        let builder = if memory_first {
            builder.revocations(memory.clone()).revocations(Arc::new(s.live.clone()))
        } else {
            builder.revocations(Arc::new(s.live.clone())).revocations(memory.clone())
        };
        let verifier = builder.build().unwrap();
        let (token, asked) = (s.token("alice"), s.asked());
        let claims = verifier.verify_access(&token).await.unwrap();
        assert_eq!(s.asked(), asked + 1);
        memory
            .revoke(&Revocation::session(&s.pool.user_pool(), claims.origin_jti().unwrap(), 0))
            .await
            .unwrap();
        s.advance(KEEP_FOR).await;
        assert_eq!(verifier.verify_access(&token).await.map(|_| ()), REVOKED);
        assert_eq!(s.asked(), asked + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn both_refuse_what_only_one_knows() {
    let s = setup(|live| live);
    let memory = Arc::new(MemoryRevocations::new());
    let verifier = verifier(&s.pool)
        .revocations(memory.clone())
        .revocations(Arc::new(s.live.clone()))
        .build()
        .unwrap();
    let token = s.token("alice");
    assert!(verifier.verify_access(&token).await.is_ok());
    s.pool.sign_out("alice");
    s.advance(KEEP_FOR).await;
    assert_eq!(verifier.verify_access(&token).await.map(|_| ()), REVOKED);
    assert!(memory.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_here_holds_at_once_whatever_cognito_says() {
    let s = setup(|live| live);
    let token = s.token("alice");
    let claims = s.verifier.verify_access(&token).await.unwrap();
    s.pool.fail_next(usize::MAX, Fault::Status(500));
    s.verifier.sign_out(&claims).await.unwrap();
    for _ in 0..3 {
        assert_eq!(s.verdict(&token).await, REVOKED);
        assert_eq!(s.verifier.verify_access_now(&token).map(|_| ()), REVOKED);
        s.advance(KEEP_FOR).await;
    }
    assert_eq!(s.asked(), 1);
    // Another user is still asked about.
    assert_eq!(s.verdict(&s.token("bob")).await, cannot_tell("Cognito failed"));
}

/// The endpoint too: that it cannot be told whether the token was revoked is no reason not to.
#[tokio::test(start_paused = true)]
async fn the_logout_endpoint_signs_out_here_while_cognito_is_down() {
    let s = setup(|live| live);
    let (provider, verifier) = (Arc::new(s.pool.clone()), Arc::new(s.verifier.clone()));
    let endpoints = AuthEndpoints::builder(provider, verifier)
        .redirect_uri("http://localhost:3000/auth/callback")
        .build()
        .unwrap();
    let token = s.token("alice");
    s.pool.fail_next(2, Fault::Status(500));
    let request = http::Request::post("/auth/logout")
        .header("authorization", format!("Bearer {token}"))
        .body(Vec::new())
        .unwrap();
    let response = endpoints.handle(request).await;
    assert_eq!(response.status(), 503);
    assert_eq!(
        response.body(),
        r#"{"error":"logout_incomplete","message":"Signed out here; the identity provider could not be told yet, and is told again."}"#
    );
    assert_eq!(s.verdict(&token).await, REVOKED);
    assert_eq!(s.asked(), 1);
    // A stranger's token signs no user out, whatever cannot be told.
    s.pool.fail_next(1, Fault::Status(500));
    let (genuine, forged) = (s.token("bob"), TokenSpec::access("bob").signed_by_stranger());
    let request = http::Request::post("/auth/logout")
        .header("authorization", format!("Bearer {}", s.pool.token(&forged)))
        .body(Vec::new())
        .unwrap();
    assert_eq!(endpoints.handle(request).await.status(), 401);
    assert_eq!(s.verdict(&genuine).await, cannot_tell("Cognito failed"));
    assert_eq!(s.verdict(&genuine).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_here_beats_an_answer_that_is_under_way() {
    for fault in [Fault::Slow(SECOND), Fault::Slow(3600 * SECOND)] {
        let s = setup(|live| live);
        let token = s.token("alice");
        let claims = s.verifier.verify_access(&token).await.unwrap();
        s.advance(KEEP_FOR).await;
        s.pool.fail_next(1, fault);
        let verifier = s.verifier.clone();
        let asking = tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) });
        while s.asked() < 2 {
            tokio::task::yield_now().await;
        }
        s.verifier.sign_out(&claims).await.unwrap();
        assert_eq!(asking.await.unwrap(), REVOKED, "{fault:?}");
    }
}

/// T7: the answer comes after 2 seconds, and the store in memory heard of the sign-out before.
#[tokio::test(start_paused = true)]
async fn what_another_store_learns_while_cognito_is_asked_counts() {
    let s = setup(|live| live);
    let memory = Arc::new(MemoryRevocations::new());
    let builder = verifier(&s.pool).revocations(memory.clone());
    let verifier = builder.revocations(Arc::new(s.live.clone())).build().unwrap();
    let token = s.token("alice");
    let claims = verifier.verify_access(&token).await.unwrap();
    s.advance(KEEP_FOR).await;
    s.pool.fail_next(1, Fault::Slow(2 * SECOND));
    let asking = tokio::spawn(async move { verifier.verify_access(&token).await.map(|_| ()) });
    while s.asked() < 2 {
        tokio::task::yield_now().await;
    }
    let issued_at = claims.issued_at().duration_since(UNIX_EPOCH).unwrap().as_secs();
    memory
        .revoke(&Revocation::user(&s.pool.user_pool(), claims.sub(), issued_at + 1))
        .await
        .unwrap();
    assert_eq!(asking.await.unwrap(), REVOKED);
}
