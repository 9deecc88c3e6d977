//! A set whose pools change while a verification waits: the pool that has the issuer when the wait is
//! over decides.

use std::sync::Arc;

use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::{
    IssuerKind, JwtVerifier, PoolSet, RevocationError, TokenVerifier as _, UserPool, VerifyError,
};

use super::support::{
    CLIENT_ID, ISSUER, POOL_ID, Signer, access_payload, static_keys, verifier_builder,
};
use super::world::{SlowStore, revoke_user, start};

/// A set with one pool, and a token of it that waits for this store.
struct Waiting {
    signer: Signer,
    pools: PoolSet,
    verifier: JwtVerifier,
    slow: Arc<SlowStore>,
    asking: super::world::Asking,
}

impl Waiting {
    async fn new() -> Self {
        let (signer, slow, pools) = (Signer::new("k1"), SlowStore::new(), PoolSet::new());
        let verifier =
            verifier_builder(static_keys(&signer)).revocations(slow.clone()).build().unwrap();
        pools.add(verifier.clone()).unwrap();
        let asking = start(&pools, signer.sign(&access_payload()));
        slow.asked(1).await;
        Self { signer, pools, verifier, slow, asking }
    }

    async fn go_on(self) -> Result<(), VerifyError> {
        self.slow.go_on(false);
        self.asking.await.unwrap()
    }
}

#[tokio::test]
async fn a_pool_that_is_removed_during_the_wait_lets_nothing_in() {
    let waiting = Waiting::new().await;
    assert!(waiting.pools.remove(ISSUER));
    assert_eq!(waiting.go_on().await, Err(VerifyError::IssuerNotAllowed));
}

#[tokio::test]
async fn the_rules_of_the_verifier_that_replaces_another_hold_after_the_wait() {
    let waiting = Waiting::new().await;
    let stricter =
        verifier_builder(static_keys(&waiting.signer)).require_group("owners").build().unwrap();
    waiting.pools.replace(stricter).unwrap();
    assert_eq!(waiting.go_on().await, Err(VerifyError::GroupMissing));

    let waiting = Waiting::new().await;
    let memory = Arc::new(MemoryRevocations::new());
    let another =
        verifier_builder(static_keys(&waiting.signer)).revocations(memory.clone()).build().unwrap();
    revoke_user(&*memory).await;
    waiting.pools.replace(another).unwrap();
    assert_eq!(waiting.go_on().await, Err(VerifyError::Revoked));

    // One that lets the token in does so, after a refusal by the one that left.
    let waiting = Waiting::new().await;
    waiting.pools.replace(verifier_builder(static_keys(&waiting.signer)).build().unwrap()).unwrap();
    waiting.slow.go_on(true);
    assert_eq!(waiting.asking.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_pool_that_was_removed_and_is_back_is_in_the_set() {
    let waiting = Waiting::new().await;
    assert!(waiting.pools.remove(ISSUER));
    waiting.pools.add(waiting.verifier.clone()).unwrap();
    assert_eq!(waiting.go_on().await, Ok(()));
}

/// The token waits once: another pool is none of its business.
#[tokio::test]
async fn another_pool_that_comes_or_goes_changes_nothing() {
    let waiting = Waiting::new().await;
    let pool = UserPool::new("us-east-1_Customers").unwrap();
    let other = JwtVerifier::builder(&pool)
        .client_id(CLIENT_ID)
        .keys(static_keys(&waiting.signer))
        .build()
        .unwrap();
    waiting.pools.add(other).unwrap();
    let slow = waiting.slow.clone();
    assert_eq!(waiting.go_on().await, Ok(()));
    assert_eq!(slow.questions(), 1);
}

/// Added in its place, and with one kind of issuer alone.
#[tokio::test]
async fn a_pool_that_no_longer_has_the_issuer_lets_nothing_in() {
    let waiting = Waiting::new().await;
    let pool = UserPool::new(POOL_ID).unwrap().with_issuer_kind(IssuerKind::Updated);
    let updated = JwtVerifier::builder(&pool)
        .client_id(CLIENT_ID)
        .keys(static_keys(&waiting.signer))
        .build()
        .unwrap();
    assert!(waiting.pools.remove(ISSUER));
    waiting.pools.add(updated).unwrap();
    assert_eq!(waiting.go_on().await, Err(VerifyError::IssuerNotAllowed));
}

/// ID tokens take the same way.
#[tokio::test]
async fn an_id_token_is_refused_as_well() {
    let (signer, slow, pools) = (Signer::new("k1"), SlowStore::new(), PoolSet::new());
    let verifier =
        verifier_builder(static_keys(&signer)).revocations(slow.clone()).build().unwrap();
    pools.add(verifier).unwrap();
    let token = signer.sign(&super::support::id_payload());
    let asked = pools.clone();
    let asking = tokio::spawn(async move {
        let checks = cognito_auth::IdTokenChecks::new();
        asked.verify_id(&token, checks).await.map(|_| ())
    });
    slow.asked(1).await;
    assert!(pools.remove(ISSUER));
    slow.go_on(false);
    assert_eq!(asking.await.unwrap(), Err(VerifyError::IssuerNotAllowed));
}

/// A token that the pool has cached gets no answer of those that cannot wait.
#[tokio::test]
async fn a_token_that_was_accepted_before_waits_for_the_store_again() {
    let waiting = Waiting::new().await;
    let (pools, slow) = (waiting.pools.clone(), waiting.slow.clone());
    let token = waiting.signer.sign(&access_payload());
    waiting.go_on().await.unwrap();
    for (revoked, verdict) in [(false, Ok(())), (true, Err(VerifyError::Revoked))] {
        assert_eq!(pools.verify_access_if_cached(token.as_bytes()), None);
        let asking = start(&pools, token.clone());
        slow.asked(1).await;
        slow.go_on(revoked);
        assert_eq!(asking.await.unwrap(), verdict);
    }
    let unknown = VerifyError::RevocationUnavailable(RevocationError::NotCached);
    assert_eq!(pools.verify_access_now(&token), Err(unknown));
    assert_eq!(slow.questions(), 3);
}
