//! Several pools with equal key ids: which key judges depends on the issuer alone.
#![allow(clippy::unwrap_used)]

#[path = "pool_set/at_once.rs"]
mod at_once;
#[path = "pool_set/by_id.rs"]
mod by_id;
#[path = "pool_set/by_trait.rs"]
mod by_trait;
#[path = "pool_set/many.rs"]
mod many;
#[path = "pool_set/one_store.rs"]
mod one_store;
#[path = "pool_set/replace.rs"]
mod replace;
#[path = "pool_set/sign_out.rs"]
mod sign_out;
mod support;

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::StaticKeySet;
use cognito_auth::{
    IdTokenChecks, IssuerKind, JwtVerifier, JwtVerifierBuilder, PoolSet, TokenVerifier, UserPool,
    VerifyError,
};
use support::{CLIENT_ID, NOW, Signer, access_payload, id_payload, jwks, with};

const STAFF: &str = "eu-west-1_Staff1234";
const CUSTOMERS: &str = "us-east-1_Customers";

struct Pool {
    pool: UserPool,
    signer: Signer,
    verifier: JwtVerifier,
}

fn builder(pool: &UserPool, signer: &Signer) -> JwtVerifierBuilder {
    JwtVerifier::builder(pool)
        .client_id(CLIENT_ID)
        .keys(StaticKeySet::from_jwks_json(&jwks(&[signer])).unwrap())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
}

impl Pool {
    /// Every pool's key has the same id.
    fn new(id: &str) -> Self {
        Self::with_pool(UserPool::new(id).unwrap())
    }

    fn with_pool(pool: UserPool) -> Self {
        let signer = Signer::new("the-same-id");
        let verifier = builder(&pool, &signer).build().unwrap();
        Self { pool, signer, verifier }
    }

    fn issuer(&self) -> &str {
        &self.pool.issuers()[0]
    }

    fn access_token(&self, issuer: &str) -> String {
        self.signer.sign(&with(access_payload(), "iss", Some(issuer.into())))
    }

    fn id_token(&self, issuer: &str) -> String {
        self.signer.sign(&with(id_payload(), "iss", Some(issuer.into())))
    }
}

async fn codes(pools: &PoolSet, access: &str, id: &str) -> Vec<&'static str> {
    let (dynamic, none): (&dyn TokenVerifier, _) = (pools, IdTokenChecks::new());
    fn code<C>(verdict: Result<C, VerifyError>) -> &'static str {
        verdict.map_or_else(|error| error.code(), |_| "accepted")
    }
    vec![
        code(pools.verify_access(access).await),
        code(pools.verify_access_now(access)),
        code(dynamic.verify_access(access).await),
        code(pools.verify_id(id, none).await),
        code(pools.verify_id_now(id, none)),
        code(dynamic.verify_id(id, none).await),
    ]
}

async fn assert_all(pools: &PoolSet, signer: &Pool, issuer: &str, expected: &str) {
    let (access, id) = (signer.access_token(issuer), signer.id_token(issuer));
    assert_eq!(codes(pools, &access, &id).await, [expected; 6], "under {issuer}");
}

#[tokio::test]
async fn each_pool_judges_its_own_tokens_in_whatever_order_they_come() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    for order in [[&staff, &customers], [&customers, &staff]] {
        let pools = PoolSet::new();
        for pool in order {
            pools.add(pool.verifier.clone()).unwrap();
        }
        for first in order {
            let second = if std::ptr::eq(first, order[0]) { order[1] } else { order[0] };
            assert_all(&pools, first, first.issuer(), "accepted").await;
            assert_all(&pools, first, second.issuer(), "signature_invalid").await;
            assert_all(&pools, second, second.issuer(), "accepted").await;
            assert_all(&pools, second, first.issuer(), "signature_invalid").await;
            // Asked again after the others: no verdict and no key was mixed up.
            assert_all(&pools, first, first.issuer(), "accepted").await;
        }
    }
}

#[tokio::test]
async fn the_other_pools_clients_and_rules_do_not_help() {
    let staff = Pool::new(STAFF);
    let customers = Pool::new(CUSTOMERS);
    let strict = JwtVerifier::builder(&customers.pool)
        .client_id("2example23456789abcdefghij")
        .require_group("owners")
        .keys(StaticKeySet::from_jwks_json(&jwks(&[&customers.signer])).unwrap())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap();
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    pools.add(strict).unwrap();
    assert_all(&pools, &staff, staff.issuer(), "accepted").await;
    assert_all(&pools, &customers, customers.issuer(), "client_not_allowed").await;
    let payload = with(access_payload(), "iss", Some(customers.issuer().into()));
    let payload = with(payload, "client_id", Some("2example23456789abcdefghij".into()));
    let token = customers.signer.sign(&payload);
    assert_eq!(pools.verify_access(&token).await, Err(VerifyError::GroupMissing));
}

#[tokio::test]
async fn a_sign_out_in_one_pool_is_none_in_the_other() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    pools.add(customers.verifier.clone()).unwrap();
    let claims = pools.verify_access(&staff.access_token(staff.issuer())).await.unwrap();
    pools.sign_out(&claims).await.unwrap();
    // The same `jti`, `origin_jti` and `sub` in both pools.
    assert_all(&pools, &staff, staff.issuer(), "revoked").await;
    assert_all(&pools, &customers, customers.issuer(), "accepted").await;
}

#[tokio::test]
async fn both_kinds_of_issuer_lead_to_one_pool() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    pools.add(customers.verifier.clone()).unwrap();
    assert_eq!(pools.len(), 2);
    for issuer in staff.pool.issuers() {
        assert_all(&pools, &staff, issuer, "accepted").await;
        assert_all(&pools, &customers, issuer, "signature_invalid").await;
    }
    assert!(pools.remove(&staff.pool.issuers()[1]));
    assert_eq!(pools.len(), 1);
    for issuer in staff.pool.issuers() {
        assert_all(&pools, &staff, issuer, "issuer_not_allowed").await;
        assert!(!pools.remove(issuer));
    }
    assert_all(&pools, &customers, customers.issuer(), "accepted").await;
}

#[tokio::test]
async fn issuers_are_chosen_exactly() {
    let staff = Pool::new(STAFF);
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    let issuer = staff.issuer();
    for other in [
        String::new(),
        format!("{issuer}/"),
        format!(" {issuer}"),
        issuer.to_uppercase(),
        issuer.replace("https", "http"),
        issuer[..issuer.len() - 1].to_owned(),
        "https://cognito-idp.eu-west-1.amazonaws.com".to_owned(),
    ] {
        assert_all(&pools, &staff, &other, "issuer_not_allowed").await;
    }
}

#[tokio::test]
async fn an_empty_set_refuses_everything() {
    let staff = Pool::new(STAFF);
    let pools = PoolSet::new();
    assert!(pools.is_empty());
    assert_all(&pools, &staff, staff.issuer(), "issuer_not_allowed").await;
    pools.add(staff.verifier.clone()).unwrap();
    assert!(!pools.is_empty());
    assert!(pools.remove(staff.issuer()));
    assert!(pools.is_empty());
    assert_all(&pools, &staff, staff.issuer(), "issuer_not_allowed").await;
}

#[tokio::test]
async fn an_issuer_cannot_have_two_pools() {
    let staff = Pool::new(STAFF);
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    // The same pool, a pool of the same id with another key, and one that shares one issuer only.
    let impostor = Pool::new(STAFF);
    let pool = UserPool::new(STAFF).unwrap().with_issuer_kind(IssuerKind::Updated);
    let overlapping = Pool::with_pool(pool);
    for verifier in [&staff.verifier, &impostor.verifier, &overlapping.verifier] {
        let error = pools.add(verifier.clone()).unwrap_err();
        assert_eq!(error.code(), "value");
        assert_eq!(
            error.to_string(),
            "the verifier cannot be used: a pool with this issuer is in the set already: \
             remove it first"
        );
    }
    assert_eq!(pools.len(), 1);
    assert_all(&pools, &staff, staff.issuer(), "accepted").await;
    assert_all(&pools, &impostor, staff.issuer(), "signature_invalid").await;
    assert_all(&pools, &overlapping, &staff.pool.issuers()[1], "signature_invalid").await;

    // Where the issuers differ, two verifiers of one pool id have room.
    let pools = PoolSet::new();
    let pool = UserPool::new(STAFF).unwrap().with_issuer_kind(IssuerKind::Original);
    let original = Pool::with_pool(pool);
    pools.add(original.verifier.clone()).unwrap();
    pools.add(overlapping.verifier.clone()).unwrap();
    assert_eq!(pools.len(), 2);
    assert_all(&pools, &original, original.issuer(), "accepted").await;
    assert_all(&pools, &original, overlapping.issuer(), "signature_invalid").await;
}

#[test]
fn debug_names_issuers_and_nothing_else() {
    let pool = UserPool::new(STAFF).unwrap().with_issuer_kind(IssuerKind::Original);
    let pools = PoolSet::new();
    pools.add(Pool::with_pool(pool).verifier).unwrap();
    assert_eq!(
        format!("{pools:?}"),
        r#"{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff1234"}"#
    );
}
