//! A client that leaves before it has its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use cognito_auth::revocation::{
    MemoryRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity,
};
use cognito_auth::testing::{Endpoint, LocalUserPool};
use cognito_auth::{AuthEndpoints, JwtVerifier, RevocationError, TokenVerifier as _};
use http::Request;
use tokio::sync::Semaphore;

use super::local_pool::verifier_builder;
use super::support::{CLIENT, REDIRECT_URI, pool, sign_in, with_token};

/// A store that takes entries when it is let, and not before.
#[derive(Debug)]
struct Slow {
    lets: Semaphore,
    asked: AtomicUsize,
    inner: MemoryRevocations,
}

#[async_trait]
impl RevocationStore for Slow {
    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        self.inner.status_now(token)
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        self.inner.is_revoked(token).await
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let _permit = self.lets.acquire().await;
        self.inner.revoke(revocation).await
    }
}

/// Polls until it is so; there is nothing to wait for but tasks.
async fn until(so: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never was");
}

fn endpoints(pool: &LocalUserPool, verifier: &JwtVerifier) -> AuthEndpoints {
    AuthEndpoints::builder(Arc::new(pool.clone()), Arc::new(verifier.clone()))
        .redirect_uri(REDIRECT_URI)
        .build()
        .unwrap()
}

fn slow() -> Arc<Slow> {
    let (lets, asked) = (Semaphore::new(0), AtomicUsize::default());
    Arc::new(Slow { lets, asked, inner: MemoryRevocations::new() })
}

/// Leaves as soon as it is so.
async fn leave_when(endpoints: AuthEndpoints, request: Request<Vec<u8>>, so: impl Fn() -> bool) {
    let client = tokio::spawn(async move { endpoints.handle(request).await });
    until(so).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_client_that_leaves_is_signed_out_here_and_there() {
    let (pool, slow, memory) = (pool(), slow(), Arc::new(MemoryRevocations::new()));
    let verifier = verifier_builder(&pool).revocations(slow.clone()).revocations(memory.clone());
    let endpoints = endpoints(&pool, &verifier.build().unwrap());
    let request = with_token("POST", "/auth/logout", pool.access_token("alice").expose());
    // All entries are under way at once, and the store that is quick has them.
    leave_when(endpoints, request, || slow.asked.load(Ordering::SeqCst) == 3).await;
    assert_eq!((memory.len(), slow.inner.len()), (3, 0));
    assert_eq!(pool.requests(Endpoint::GlobalSignOut), 0);

    slow.lets.add_permits(1);
    until(|| pool.requests(Endpoint::GlobalSignOut) == 1).await;
    until(|| slow.asked.load(Ordering::SeqCst) == 7).await;
    // The token, its session, its user, and that Cognito was told.
    assert_eq!((memory.len(), slow.inner.len()), (4, 4));
}

#[tokio::test]
async fn a_caller_of_the_verifier_who_leaves_has_signed_out() {
    let (pool, slow) = (pool(), slow());
    let verifier = verifier_builder(&pool).revocations(slow.clone()).build().unwrap();
    let claims = verifier.verify_access(pool.access_token("alice").expose()).await.unwrap();
    let caller = tokio::spawn(async move { verifier.sign_out(&claims).await });
    until(|| slow.asked.load(Ordering::SeqCst) == 3).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    slow.lets.add_permits(1);
    until(|| slow.inner.len() == 3).await;
}

/// A store that cannot tell, and takes its time to say so.
#[derive(Debug)]
struct Silent {
    lets: Semaphore,
    asked: AtomicUsize,
}

#[async_trait]
impl RevocationStore for Silent {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let _permit = self.lets.acquire().await;
        Err(RevocationError::new("down"))
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Err(RevocationError::new("down"))
    }
}

/// A request with a code that a user just got.
fn with_code(pool: &LocalUserPool) -> Request<Vec<u8>> {
    let mut url = pool.user_pool().authorize_endpoint().unwrap();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", CLIENT)
        .append_pair("redirect_uri", REDIRECT_URI)
        .append_pair("scope", "openid");
    let back = pool.authorize(&url, "alice", "Passw0rd!").unwrap();
    let (_, code) = back.query_pairs().find(|(name, _)| name == "code").unwrap();
    sign_in(format!(r#"{{"code":"{code}"}}"#))
}

#[tokio::test]
async fn tokens_that_no_client_gets_are_revoked_even_if_no_request_waits() {
    let pool = pool();
    let silent = Arc::new(Silent { lets: Semaphore::new(0), asked: AtomicUsize::default() });
    let verifier = verifier_builder(&pool).revocations(silent.clone()).build().unwrap();
    let request = with_code(&pool);
    let asked = || silent.asked.load(Ordering::SeqCst) == 1;
    leave_when(endpoints(&pool, &verifier), request, asked).await;
    assert_eq!(pool.requests(Endpoint::Revoke), 0);

    silent.lets.add_permits(1);
    until(|| pool.requests(Endpoint::Revoke) == 1).await;
}

/// A store that knows every token to be live, and takes its time to say so.
#[derive(Debug)]
struct Late {
    lets: Semaphore,
    asked: AtomicUsize,
}

#[async_trait]
impl RevocationStore for Late {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let _permit = self.lets.acquire().await;
        Ok(false)
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}

/// The exchange and the verification succeed, and the client has left in the meantime.
#[tokio::test]
async fn tokens_of_a_sign_in_that_succeeds_are_revoked_where_its_client_has_left() {
    for is_left in [true, false] {
        let pool = pool();
        let late = Arc::new(Late { lets: Semaphore::new(0), asked: AtomicUsize::default() });
        let verifier = verifier_builder(&pool).revocations(late.clone()).build().unwrap();
        let (endpoints, request) = (endpoints(&pool, &verifier), with_code(&pool));
        if is_left {
            leave_when(endpoints, request, || late.asked.load(Ordering::SeqCst) == 1).await;
            assert_eq!(pool.requests(Endpoint::Revoke), 0);
            late.lets.add_permits(1);
            until(|| pool.requests(Endpoint::Revoke) == 1).await;
        } else {
            late.lets.add_permits(1);
            assert_eq!(endpoints.handle(request).await.status(), 200);
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(pool.requests(Endpoint::Revoke), 0);
        }
    }
}

/// No client gets the tokens then.
#[tokio::test]
async fn tokens_are_revoked_where_the_applications_check_panics() {
    let pool = pool();
    let verifier = verifier_builder(&pool).check_access(|_| panic!("as a check may"));
    let (endpoints, request) = (endpoints(&pool, &verifier.build().unwrap()), with_code(&pool));
    let client = tokio::spawn(async move { endpoints.handle(request).await });
    assert!(client.await.unwrap_err().is_panic());
    until(|| pool.requests(Endpoint::Revoke) == 1).await;
}
