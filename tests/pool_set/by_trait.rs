//! Every method of `TokenVerifier`, at a verifier, at a set, and at an `Arc` of either.

use std::sync::Arc;

use cognito_auth::revocation::Target;
use cognito_auth::{IdTokenChecks, JwtVerifier, PoolSet, SignOut, TokenVerifier, VerifyError};

use super::{CUSTOMERS, Pool, STAFF, builder};

type Dynamic = Arc<dyn TokenVerifier>;

/// With a store of their own each.
fn verifiers(staff: &Pool, customers: &Pool) -> [(&'static str, Dynamic); 4] {
    let verifier = |pool: &Pool| -> JwtVerifier {
        builder(&pool.pool, &pool.signer).max_token_bytes(4000).build().unwrap()
    };
    let set = || {
        let set = PoolSet::new();
        set.add(verifier(staff)).unwrap();
        set.add(verifier(customers)).unwrap();
        set
    };
    [
        ("verifier", Arc::new(verifier(staff))),
        ("set", Arc::new(set())),
        ("Arc of a verifier", Arc::new(Arc::new(verifier(staff)))),
        ("Arc of a set", Arc::new(Arc::new(set()) as Dynamic)),
    ]
}

#[tokio::test]
async fn each_way_to_sign_out_refuses_the_token() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    let token = staff.access_token(staff.issuer());
    for way in 0..7 {
        for (name, at) in verifiers(&staff, &customers) {
            let claims = at.verify_access(&token).await.unwrap();
            let (sub, jti) = (claims.sub(), claims.jti().unwrap());
            match way {
                0 => assert_eq!(at.sign_out(&claims).await, Ok(SignOut::Done)),
                1 => assert_eq!(at.sign_out_with_token(&token).await, Ok(SignOut::Done)),
                2 => at.sign_out_session(&claims).await.unwrap(),
                3 => at.record_global_sign_out(&claims).await.unwrap(),
                4 => at.sign_out_target(staff.issuer(), Target::Token(jti)).await.unwrap(),
                5 => at.sign_out_target(staff.issuer(), Target::User(sub)).await.unwrap(),
                _ => {
                    // Of a token that was refused before, the token alone.
                    let repeated = at.repeat_sign_out(&claims).await;
                    assert_eq!(repeated, Ok(SignOut::TokenOnly), "{name}");
                }
            }
            let refused = Err(VerifyError::Revoked);
            assert_eq!(at.verify_access(&token).await, refused, "{way} at {name}");
            assert_eq!(
                at.verify_access_if_cached(token.as_bytes()),
                Some(refused),
                "{way} at {name}"
            );
            assert_eq!(at.until_refused(&token).await, VerifyError::Revoked, "{way} at {name}");
            // A genuine token all the same.
            let known = at.claims_to_sign_out(&token).await;
            assert_eq!(known.as_ref(), Ok(&claims), "{way} at {name}");
        }
    }
}

#[tokio::test]
async fn each_verifies_both_kinds_and_says_what_it_accepts() {
    let (staff, customers) = (Pool::new(STAFF), Pool::new(CUSTOMERS));
    let (access, id) = (staff.access_token(staff.issuer()), staff.id_token(staff.issuer()));
    let expected = staff.verifier.verify_id(&id, IdTokenChecks::new()).await.unwrap();
    for (name, at) in verifiers(&staff, &customers) {
        assert_eq!(at.max_token_bytes(), 4000, "{name}");
        assert_eq!(at.verify_access_if_cached(access.as_bytes()), None, "{name}");
        let claims = at.verify_access(&access).await.unwrap();
        assert_eq!(at.verify_access_if_cached(access.as_bytes()), Some(Ok(claims)), "{name}");
        assert_eq!(at.verify_id(&id, IdTokenChecks::new()).await.as_ref(), Ok(&expected), "{name}");
        assert_eq!(at.verify_access(&id).await, Err(VerifyError::TokenUseMismatch), "{name}");
    }
}
