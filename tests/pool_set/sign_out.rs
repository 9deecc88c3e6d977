//! A sign-out that nothing could be written for is an error (T2).

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore as _};
use cognito_auth::{AccessClaims, PoolSet, RevocationError, SignOut, TokenVerifier, VerifyError};

use super::support::{NOW, access_payload, with};
use super::{CUSTOMERS, Pool, STAFF, builder};

const NO_POOL: (RevocationError, &str) =
    (RevocationError::UnknownIssuer, "no pool of the set has this issuer: nothing was written");
const OTHER_POOL: (RevocationError, &str) = (
    RevocationError::OtherPool,
    "the token is of another pool than the verifier: nothing was written",
);

async fn claims(pool: &Pool) -> AccessClaims {
    pool.verifier.verify_access(&pool.access_token(pool.issuer())).await.unwrap()
}

fn failed<T>((error, text): (RevocationError, &str)) -> Result<T, RevocationError> {
    assert_eq!(error.to_string(), text);
    Err(error)
}

#[tokio::test]
async fn of_a_pool_that_was_removed_it_fails() {
    let staff = Pool::new(STAFF);
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    let claims = claims(&staff).await;
    assert!(pools.remove(staff.issuer()));

    assert_eq!(pools.sign_out(&claims).await, failed(NO_POOL));
    assert_eq!(pools.repeat_sign_out(&claims).await, failed(NO_POOL));
    assert_eq!(pools.record_global_sign_out(&claims).await, failed(NO_POOL));

    // It comes back, and nothing was said of the user.
    pools.add(staff.verifier.clone()).unwrap();
    assert_eq!(pools.sign_out(&claims).await, Ok(SignOut::Done));
    let token = staff.access_token(staff.issuer());
    assert_eq!(pools.verify_access(&token).await, Err(VerifyError::Revoked));
}

#[tokio::test]
async fn with_claims_of_another_pool_it_fails() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    let store = Arc::new(MemoryRevocations::new());
    let verifier =
        builder(&customers.pool, &customers.signer).revocations(store.clone()).build().unwrap();
    let claims = claims(&staff).await;
    assert_eq!(verifier.sign_out(&claims).await, failed(OTHER_POOL));
    assert_eq!(verifier.repeat_sign_out(&claims).await, failed(OTHER_POOL));
    assert_eq!(verifier.record_global_sign_out(&claims).await, failed(OTHER_POOL));
    assert_eq!(verifier.sign_out_token_only(&claims).await, failed(OTHER_POOL));
    assert_eq!(verifier.sign_out_session(&claims).await, failed(OTHER_POOL));
    assert!(store.is_empty());
}

/// What an entry of that moment could hit is gone, and so is the entry, as soon as it is written.
#[tokio::test]
async fn of_a_user_up_to_a_moment_that_no_store_keeps_it_fails() {
    let staff = Pool::new(STAFF);
    let store = Arc::new(MemoryRevocations::new());
    let verifier = builder(&staff.pool, &staff.signer).revocations(store.clone()).build().unwrap();
    const KEPT: u64 = 24 * 3600 + 25 * 60;
    let text = "the moment is more than 24 hours and 25 minutes ago: nothing was written";
    let too_long_ago = || failed((RevocationError::TooLongAgo, text));
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let before_1970 = UNIX_EPOCH - Duration::from_secs(1);
    for moment in [before_1970, at(0), at(NOW - KEPT - 1), at(NOW - KEPT)] {
        assert_eq!(verifier.sign_out_user_at("sub", moment).await, too_long_ago(), "{moment:?}");
    }
    assert!(store.is_empty());
    verifier.sign_out_user_at("sub", at(NOW - KEPT + 1)).await.unwrap();
    assert_eq!(store.len(), 1);
}

/// Token revocation is off at the app client: only the user and the time are left to name a token by.
#[tokio::test]
async fn of_a_token_without_ids_it_hits_the_token() {
    let staff = Pool::new(STAFF);
    let issued_at = access_payload()["iat"].as_u64().unwrap();
    for auth_time in [None, Some(issued_at - 1), Some(issued_at)] {
        let mut payload = with(access_payload(), "iss", Some(staff.issuer().into()));
        for id in ["jti", "origin_jti"] {
            payload = with(payload, id, None);
        }
        let payload = with(payload, "auth_time", auth_time.map(Into::into));
        let token = staff.signer.sign(&payload);
        for of_session in [false, true] {
            let verifier = builder(&staff.pool, &staff.signer).build().unwrap();
            let claims = verifier.verify_access(&token).await.unwrap();
            if of_session {
                verifier.sign_out_session(&claims).await.unwrap();
            } else {
                verifier.sign_out_token_only(&claims).await.unwrap();
            }
            let verdict = verifier.verify_access(&token).await;
            assert_eq!(verdict, Err(VerifyError::Revoked), "{auth_time:?} {of_session}");
        }
    }
}

/// What one store has is written to the other: a session where the entry is a session's, and no more than
/// the token where it is the token's.
#[tokio::test]
async fn of_a_token_that_one_of_two_stores_has_revoked_the_other_learns_as_much() {
    let staff = Pool::new(STAFF);
    let claims = claims(&staff).await;
    let (pool, jti) = (staff.verifier.pool(), claims.jti().unwrap());
    let session = Revocation::session(pool, claims.origin_jti().unwrap(), NOW);
    for (entry, entries) in [(session, 2), (Revocation::token(pool, jti, NOW), 1)] {
        let [first, second] = [(); 2].map(|()| Arc::new(MemoryRevocations::new()));
        first.revoke(&entry).await.unwrap();
        let both = builder(&staff.pool, &staff.signer)
            .revocations(first.clone())
            .revocations(second.clone());
        let signed_out = both.build().unwrap().sign_out(&claims).await;
        assert_eq!((signed_out, second.len()), (Ok(SignOut::TokenOnly), entries));
    }
}
