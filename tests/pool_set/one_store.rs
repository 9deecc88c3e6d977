//! T15: one revocation store, shared by the verifiers of several pools.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::{
    AccessClaims, IssuerKind, JwtVerifier, PoolSet, RevocationError, TokenVerifier as _, UserPool,
    VerifyError,
};

use super::{CUSTOMERS, Pool, STAFF, assert_all, builder};

fn sharing(pool: UserPool, store: &Arc<MemoryRevocations>) -> Pool {
    let mut pool = Pool::with_pool(pool);
    let builder = builder(&pool.pool, &pool.signer).revocations(store.clone());
    pool.verifier = builder.build().unwrap();
    pool
}

fn set(pools: &[&Pool]) -> PoolSet {
    let set = PoolSet::new();
    pools.iter().for_each(|pool| set.add(pool.verifier.clone()).unwrap());
    set
}

/// The tokens of all pools here have one `jti`, `origin_jti` and `sub`: a tenant who issues tokens
/// chooses them.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(super::NOW)
}

#[tokio::test]
async fn no_user_is_signed_out_by_another_pools_token() {
    type SignOut = for<'a> fn(
        &'a JwtVerifier,
        &'a AccessClaims,
    )
        -> Pin<Box<dyn Future<Output = Result<(), RevocationError>> + 'a>>;
    let ways: [(&str, SignOut); 4] = [
        ("sign_out", |at, claims| Box::pin(async { at.sign_out(claims).await.map(drop) })),
        ("sign_out_token_only", |at, claims| Box::pin(at.sign_out_token_only(claims))),
        ("sign_out_session", |at, claims| Box::pin(at.sign_out_session(claims))),
        ("sign_out_user_at", |at, claims| Box::pin(at.sign_out_user_at(claims.sub(), now()))),
    ];
    for (name, sign_out) in ways {
        let store = Arc::new(MemoryRevocations::new());
        let staff = sharing(UserPool::new(STAFF).unwrap(), &store);
        let tenant = UserPool::new(STAFF).unwrap();
        let tenant = sharing(tenant.with_issuers(["https://tenant.example"]).unwrap(), &store);
        let customers = sharing(UserPool::new(CUSTOMERS).unwrap(), &store);
        let pools = set(&[&staff, &tenant, &customers]);
        for (hostile, others) in
            [(&tenant, [&staff, &customers].as_slice()), (&customers, &[&staff])]
        {
            let token = hostile.access_token(hostile.issuer());
            let claims = hostile.verifier.verify_access(&token).await.unwrap();
            sign_out(&hostile.verifier, &claims).await.unwrap();
            assert_eq!(pools.verify_access(&token).await, Err(VerifyError::Revoked), "{name}");
            for other in others {
                assert_all(&pools, other, other.issuer(), "accepted").await;
            }
        }
        assert!(!store.is_empty(), "{name}");
    }
}

/// Both kinds of issuer circulate while a pool is switched from one to the other.
#[tokio::test]
async fn a_sign_out_hits_the_tokens_of_both_kinds_of_issuer() {
    for signed_out in [0, 1] {
        let store = Arc::new(MemoryRevocations::new());
        let staff = sharing(UserPool::new(STAFF).unwrap(), &store);
        let pools = set(&[&staff]);
        let issuers = staff.pool.issuers();
        let token = staff.access_token(&issuers[signed_out]);
        let claims = pools.verify_access(&token).await.unwrap();
        pools.sign_out(&claims).await.unwrap();
        for issuer in issuers {
            assert_all(&pools, &staff, issuer, "revoked").await;
        }
    }
}

/// Two verifiers, each with one kind; and a verifier that was restarted with the other kind.
#[tokio::test]
async fn the_two_kinds_are_one_pool_for_verifiers_of_one_kind_each() {
    let store = Arc::new(MemoryRevocations::new());
    let of_kind = |kind| sharing(UserPool::new(STAFF).unwrap().with_issuer_kind(kind), &store);
    let (original, updated) = (of_kind(IssuerKind::Original), of_kind(IssuerKind::Updated));
    let pools = set(&[&original, &updated]);
    assert_all(&pools, &updated, updated.issuer(), "accepted").await;
    let token = original.access_token(original.issuer());
    let claims = pools.verify_access(&token).await.unwrap();
    pools.sign_out(&claims).await.unwrap();
    assert_all(&pools, &updated, updated.issuer(), "revoked").await;
}
