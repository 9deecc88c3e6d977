//! A verifier that has only what the trait demands: what the other methods do then.

use std::sync::Arc;

use async_trait::async_trait;
use cognito_auth::revocation::Target;
use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;
use cognito_auth::{
    AccessClaims, IdClaims, IdTokenChecks, JwtVerifier, RevocationError, SignOut, TokenVerifier,
    VerifyError,
};

use crate::support::{ISSUER, Signer, access_payload, static_keys, verifier_builder};

#[derive(Debug)]
struct Least(JwtVerifier);

#[async_trait]
impl TokenVerifier for Least {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access(token).await
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_id(token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.0.sign_out(claims).await
    }
}

#[tokio::test]
async fn what_a_verifier_leaves_out_fails_or_is_done_by_the_rest() {
    let signer = Signer::new("k1");
    let verifier = Least(verifier_builder(static_keys(&signer)).build().unwrap());
    let verifier: Arc<dyn TokenVerifier> = Arc::new(verifier);
    let token = signer.sign(&access_payload());
    let claims = verifier.verify_access(&token).await.unwrap();
    assert!(verifier.verify_access_if_cached(token.as_bytes()).is_none());
    assert_eq!(verifier.max_token_bytes(), DEFAULT_MAX_TOKEN_BYTES);

    let operation = "sign_out_session";
    let unsupported = Err(RevocationError::Unsupported { operation });
    assert_eq!(verifier.sign_out_session(&claims).await, unsupported);
    let by_ids = Err(RevocationError::new("this verifier revokes by tokens alone"));
    let user = Target::User(claims.sub());
    assert_eq!(verifier.sign_out_target(ISSUER, user).await, by_ids);
    assert!(verifier.claims_to_sign_out(&token).await.is_ok());

    verifier.record_global_sign_out(&claims).await.unwrap();
    assert_eq!(verifier.verify_access(&token).await, Err(VerifyError::Revoked));
    assert_eq!(verifier.repeat_sign_out(&claims).await, Ok(SignOut::Repeated));
}
