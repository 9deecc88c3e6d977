//! Signing out without verified claims: by a token that is kept, by `origin_jti`, by `sub` (N5).

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::{PoolSet, RevocationError, SignOut, TokenVerifier, VerifyError};
use serde_json::{Value, json};

use super::support::{NOW, Signer, access_payload, id_payload, with};
use super::{CUSTOMERS, Pool, STAFF, builder};

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

const NO_POOL: RevocationError = RevocationError::UnknownIssuer;
const NO_ID: RevocationError = RevocationError::EmptyId;

/// A token of a session of its own.
fn token(pool: &Pool, session: &str, claims: &[(&str, Value)]) -> String {
    let mut payload = with(access_payload(), "iss", Some(pool.issuer().into()));
    payload = with(payload, "origin_jti", Some(session.into()));
    payload = with(payload, "jti", Some(format!("jti of {session}").into()));
    for (name, value) in claims {
        payload = with(payload, name, Some(value.clone()));
    }
    pool.signer.sign(&payload)
}

type Way = (&'static str, Arc<dyn TokenVerifier>, Arc<MemoryRevocations>);

/// Both ways in: the verifier itself, and a set that has it.
fn ways() -> (Pool, Vec<Way>) {
    let staff = Pool::new(STAFF);
    let mut ways: Vec<Way> = Vec::new();
    for name in ["a verifier", "a set"] {
        let store = Arc::new(MemoryRevocations::new());
        let one = builder(&staff.pool, &staff.signer).require_scope("invoices/write");
        let one = one.revocations(store.clone()).build().unwrap();
        let verifier: Arc<dyn TokenVerifier> = if name == "a set" {
            let pools = PoolSet::new();
            pools.add(Pool::new(CUSTOMERS).verifier).unwrap();
            pools.add(one).unwrap();
            Arc::new(pools)
        } else {
            Arc::new(one)
        };
        ways.push((name, verifier, store));
    }
    (staff, ways)
}

#[tokio::test]
async fn a_token_that_is_kept_need_not_be_good_any_more() {
    let old = [("iat", json!(NOW - 90_000)), ("exp", json!(NOW - 3600)), ("auth_time", json!(1))];
    let (staff, ways) = ways();
    for (name, verifier, _) in ways {
        let other = token(&staff, "other", &[("iat", json!(NOW - 60)), ("auth_time", json!(7))]);
        let expired = token(&staff, "kept", &old);
        let scopeless = |verdict| assert_eq!(verdict, Err(VerifyError::ScopeMissing), "{name}");
        scopeless(verifier.verify_access(&other).await.map(drop));

        assert_eq!(verifier.sign_out_with_token(&expired).await, Ok(SignOut::Done), "{name}");
        let claims = verifier.claims_to_sign_out(&other).await.unwrap();
        assert_eq!(
            verifier.sign_out(&claims).await,
            Ok(SignOut::Repeated),
            "{name}: the user is out"
        );
        // Revoked since, by that sign-out: the same again.
        assert_eq!(verifier.sign_out_with_token(&expired).await, Ok(SignOut::Repeated), "{name}");
        // The record that Cognito has ended the sessions is one of its own.
        assert!(!verifier.is_global_sign_out_recorded(&claims).await, "{name}");
        verifier.record_global_sign_out(&claims).await.unwrap();
        assert!(verifier.is_global_sign_out_recorded(&claims).await, "{name}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_genuine_signs_no_user_out() {
    let (staff, ways) = ways();
    let stranger = Pool { signer: Signer::new("the-same-id"), ..Pool::new(STAFF) };
    let id_token = with(id_payload(), "iss", Some(staff.issuer().into()));
    for (name, verifier, store) in ways {
        for (what, token, expected) in [
            ("a stranger's", token(&stranger, "s", &[]), VerifyError::SignatureInvalid),
            (
                "another client's",
                token(&staff, "s", &[("client_id", json!("3example"))]),
                VerifyError::ClientNotAllowed,
            ),
            (
                "another issuer's",
                token(&staff, "s", &[("iss", json!("https://issuer.example"))]),
                VerifyError::IssuerNotAllowed,
            ),
        ] {
            let verdict = verifier.sign_out_with_token(&token).await;
            assert_eq!(verdict, Err(expected), "{name}: {what}");
        }
        let verdict = verifier.sign_out_with_token(&staff.signer.sign(&id_token)).await;
        assert_eq!(verdict.unwrap_err().code(), "token_use_mismatch", "{name}");
        verifier.sign_out_with_token("no token").await.unwrap_err();
        assert!(store.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn by_origin_jti_one_session_ends_and_by_sub_all() {
    let staff = Pool::new(STAFF);
    let pools = PoolSet::new();
    pools.add(staff.verifier.clone()).unwrap();
    let verdict = async |token: &str| pools.verify_access(token).await.map(drop);
    let (one, two) = (token(&staff, "one", &[]), token(&staff, "two", &[]));
    let (three, sub) = (token(&staff, "three", &[]), access_payload()["sub"].clone());

    staff.verifier.sign_out_origin_jti("one").await.unwrap();
    assert_eq!(verdict(&one).await, Err(VerifyError::Revoked));
    assert_eq!(verdict(&two).await, Ok(()));
    pools.sign_out_origin_jti(staff.issuer(), "two").await.unwrap();
    assert_eq!(verdict(&two).await, Err(VerifyError::Revoked));
    assert_eq!(verdict(&three).await, Ok(()));

    let sign_out = async |way: usize, sub: &str| match way {
        0 => staff.verifier.sign_out_user(sub).await,
        1 => pools.sign_out_user(staff.issuer(), sub).await,
        _ => pools.sign_out_user_at(staff.issuer(), sub, now()).await,
    };
    for way in 0..3 {
        assert_eq!(sign_out(way, "").await, Err(NO_ID));
        sign_out(way, "another-user").await.unwrap();
        assert_eq!(verdict(&three).await, Ok(()), "{way}");
    }
    assert_eq!(staff.verifier.sign_out_origin_jti("").await, Err(NO_ID));
    pools.sign_out_user(staff.issuer(), sub.as_str().unwrap()).await.unwrap();
    assert_eq!(verdict(&three).await, Err(VerifyError::Revoked));
}

#[tokio::test]
async fn of_an_issuer_that_is_not_in_the_set_it_fails() {
    let staff = Pool::new(STAFF);
    let claims = staff.verifier.verify_access(&staff.access_token(staff.issuer())).await.unwrap();
    let (pools, issuer) = (PoolSet::new(), staff.issuer());
    let failed = Err(NO_POOL);
    assert_eq!(pools.sign_out_token_only(&claims).await, failed);
    assert_eq!(pools.sign_out_session(&claims).await, failed);
    assert_eq!(pools.sign_out_session(&claims).await, failed);
    assert_eq!(pools.sign_out_origin_jti(issuer, "o").await, failed);
    assert_eq!(pools.sign_out_user_at(issuer, "s", now()).await, failed);
    assert_eq!(pools.sign_out_user(issuer, "s").await, failed);
    assert_eq!(pools.record_global_sign_out_of(issuer, "s").await, failed);
}
