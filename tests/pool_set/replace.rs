//! A verifier takes another's place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::{IssuerKind, JwtVerifier, PoolSet, TokenVerifier as _, UserPool, VerifyError};

use super::{CUSTOMERS, Pool, STAFF, assert_all, builder};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_it_does_no_good_token_is_refused() {
    let staff = Arc::new(Pool::new(STAFF));
    let customers = Pool::new(CUSTOMERS);
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    pools.add(customers.verifier.clone()).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let accepted = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (pools, over, accepted) = (pools.clone(), Arc::clone(&over), Arc::clone(&accepted));
        let staff = Arc::clone(&staff);
        tasks.push(tokio::spawn(async move {
            let issuers = staff.pool.issuers();
            let tokens: Vec<_> = issuers.iter().map(|iss| staff.access_token(iss)).collect();
            while !over.load(Ordering::SeqCst) {
                for token in &tokens {
                    pools.verify_access(token).await.unwrap();
                    pools.verify_access_now(token).unwrap();
                }
                accepted.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }));
    }
    let another = builder(&staff.pool, &staff.signer).build().unwrap();
    for round in 1..=100 {
        let next = if round % 2 == 0 { &staff.verifier } else { &another };
        pools.replace(next.clone()).unwrap();
        // Until requests have run that needed it.
        let before = accepted.load(Ordering::SeqCst);
        while accepted.load(Ordering::SeqCst) < before + 4 {
            tokio::task::yield_now().await;
        }
    }
    over.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(pools.len(), 2);
    assert_all(&pools, &customers, customers.issuer(), "accepted").await;
}

#[tokio::test]
async fn it_rules_from_then_on_and_remembers_what_its_store_does() {
    let staff = Pool::new(STAFF);
    let store = Arc::new(MemoryRevocations::new());
    let verifier = || builder(&staff.pool, &staff.signer).revocations(store.clone());
    let pools = PoolSet::new();
    pools.add(verifier().build().unwrap()).unwrap();
    let token = staff.access_token(staff.issuer());
    let claims = pools.verify_access(&token).await.unwrap();

    pools.replace(verifier().require_group("owners").build().unwrap()).unwrap();
    assert_eq!(pools.verify_access(&token).await, Err(VerifyError::GroupMissing));
    pools.sign_out(&claims).await.unwrap();
    pools.replace(verifier().build().unwrap()).unwrap();
    assert_eq!(pools.verify_access(&token).await, Err(VerifyError::Revoked));
    // As the documentation warns.
    pools.replace(staff.verifier.clone()).unwrap();
    assert!(pools.verify_access(&token).await.is_ok());
}

#[tokio::test]
async fn only_the_same_issuers_can_be_replaced() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    let of_kind = |kind| UserPool::new(STAFF).unwrap().with_issuer_kind(kind);
    let part = Pool::with_pool(of_kind(IssuerKind::Updated));
    let pools = PoolSet::new();
    let refused = |pools: &PoolSet, verifier: &JwtVerifier| {
        assert_eq!(
            pools.replace(verifier.clone()).unwrap_err().to_string(),
            "the verifier cannot be used: no pool with the same issuers is in the set: add it"
        );
    };
    refused(&pools, &staff.verifier);
    assert!(pools.is_empty());
    pools.add(staff.verifier.clone()).unwrap();
    refused(&pools, &customers.verifier);
    refused(&pools, &part.verifier);
    assert!(pools.remove(staff.issuer()));
    pools.add(part.verifier.clone()).unwrap();
    refused(&pools, &staff.verifier);
    assert_all(&pools, &part, part.issuer(), "accepted").await;
    assert_eq!(pools.len(), 1);
}
