//! An `Arc` of a verifier is a verifier.

use std::sync::Arc;

use async_trait::async_trait;

use super::{SignOut, TokenVerifier};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};
use crate::revocation::Target;

/// Forwards every method, those with a default included: the default of one that is left out would hide
/// what the verifier does.
#[async_trait]
impl<V: TokenVerifier + ?Sized> TokenVerifier for Arc<V> {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        (**self).verify_access(token).await
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        (**self).verify_id(token, checks).await
    }

    fn verify_access_if_cached(
        &self,
        unverified_token: &[u8],
    ) -> Option<Result<AccessClaims, VerifyError>> {
        (**self).verify_access_if_cached(unverified_token)
    }

    fn max_token_bytes(&self) -> usize {
        (**self).max_token_bytes()
    }

    async fn until_refused(&self, token: &str) -> VerifyError {
        (**self).until_refused(token).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        (**self).sign_out(claims).await
    }

    async fn repeat_sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        (**self).repeat_sign_out(claims).await
    }

    async fn sign_out_with_token(&self, token: &str) -> Result<SignOut, VerifyError> {
        (**self).sign_out_with_token(token).await
    }

    async fn claims_to_sign_out(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        (**self).claims_to_sign_out(token).await
    }

    async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        (**self).sign_out_session(claims).await
    }

    async fn sign_out_target(
        &self,
        issuer: &str,
        target: Target<'_>,
    ) -> Result<(), RevocationError> {
        (**self).sign_out_target(issuer, target).await
    }

    async fn record_global_sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        (**self).record_global_sign_out(claims).await
    }

    async fn is_global_sign_out_recorded(&self, claims: &AccessClaims) -> bool {
        (**self).is_global_sign_out_recorded(claims).await
    }
}

#[cfg(test)]
mod tests {
    /// A method that is left out would have its default.
    #[test]
    fn every_method_is_forwarded() {
        let (declared, forwarded) = (include_str!("token_verifier.rs"), include_str!("shared.rs"));
        let (_, declared) = declared.split_once("pub trait TokenVerifier").unwrap();
        let (declared, _) = declared.split_once("\n}\n").unwrap();
        let (forwarded, _) = forwarded.split_once("mod tests").unwrap();
        let methods = |text: &str| -> Vec<String> {
            text.lines()
                .filter_map(|line| {
                    line.trim_start().trim_start_matches("async ").strip_prefix("fn ")
                })
                .map(|line| line.split('(').next().unwrap_or_default().to_owned())
                .collect()
        };
        assert!(methods(declared).len() >= 9, "{:?}", methods(declared));
        assert_eq!(methods(forwarded), methods(declared));
    }
}
