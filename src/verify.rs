//! Verifying tokens: the order of checks, for one pool.

mod builder;
mod checklist;
mod pool_set;
mod remembered;
mod shared;
mod sign_out;
mod token_kind;
mod token_verifier;
mod verifier;

use std::fmt;
use std::sync::Arc;

use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{ConfigError, KeysUnavailable, VerifyError};
use crate::keys::Algorithm;
use crate::pool::{PoolName, UserPool};
pub use builder::JwtVerifierBuilder;
pub use pool_set::PoolSet;
pub use sign_out::SignOut;
pub use token_verifier::TokenVerifier;
use verifier::{Check, Clock, Verifier};

/// Verifies the tokens of one user pool. Cheap to clone; clones share keys and revocations.
///
/// ```no_run
/// use cognito_auth::{JwtVerifier, UserPool};
///
/// # async fn example(token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let verifier = JwtVerifier::new(&pool, "1example23456789abcdefghij")?;
///
/// let claims = verifier.verify_access(token).await?;
/// println!("hello {}", claims.username().unwrap_or("machine"));
/// # Ok(())
/// # }
/// ```
///
/// What is checked, in this order: size; three parts of canonical base64url; header (`alg` is
/// the [configured one](JwtVerifierBuilder::algorithm), RS256 by default; no extension, no key of its
/// own; a key id); payload; issuer; key; signature; `token_use`; client; `exp`, the lifetime (`exp` at
/// most 24 hours after `iat`), `nbf`, `iat`; audience; that there is a user; the rules of the
/// [builder](JwtVerifier::builder); revocation; the caller's own check.
///
/// A token that was accepted is [remembered](JwtVerifierBuilder::cache_size), so that what cannot
/// change is not checked again: its form, its signature, its claims against the rules. The key, the
/// times, revocation and the caller's own check are asked about every request.
///
/// After each wait (for keys, for a revocation store) the keys, the times and the revocations that
/// are cached are looked at once more: a token that was signed out, expired or lost its key meanwhile
/// is refused.
#[derive(Clone)]
pub struct JwtVerifier(Arc<Verifier>);

impl JwtVerifier {
    /// A verifier for one pool and one app client, with every default.
    ///
    /// # Errors
    /// See [`JwtVerifierBuilder::build`].
    pub fn new(pool: &UserPool, client_id: impl Into<String>) -> Result<Self, ConfigError> {
        Self::builder(pool).client_id(client_id).build()
    }

    /// A verifier for one pool, with rules.
    pub fn builder(pool: &UserPool) -> JwtVerifierBuilder {
        JwtVerifierBuilder::new(pool)
    }

    /// Gets the keys before the first token comes.
    ///
    /// # Errors
    /// When they cannot be had now. The verifier goes on trying as tokens come.
    pub async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        self.0.keys.prefetch().await
    }

    /// Verifies an access token: a text, or an [`AccessToken`](crate::AccessToken).
    ///
    /// ```
    /// use cognito_auth::{AccessClaims, JwtVerifier, Tokens, VerifyError};
    ///
    /// async fn claims(verifier: &JwtVerifier, tokens: &Tokens) -> Result<AccessClaims, VerifyError> {
    ///     verifier.verify_access(&tokens.access_token).await
    /// }
    /// ```
    ///
    /// # Errors
    /// [`VerifyError`]: the token is refused, or it cannot be told whether it is good
    /// ([`is_unavailable`](VerifyError::is_unavailable)).
    pub async fn verify_access(&self, token: impl AsRef<str>) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access(token.as_ref()).await
    }

    /// Verifies an access token with cached keys and cached revocations, without waiting. Keys that are
    /// missing are fetched in the background where there is a tokio runtime; call
    /// [`prefetch`](Self::prefetch) before the first token comes.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access); also
    /// [`KeysUnavailable`](VerifyError::KeysUnavailable) or
    /// [`RevocationUnavailable`](VerifyError::RevocationUnavailable) where that would have waited.
    pub fn verify_access_now(&self, token: impl AsRef<str>) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access_now(token.as_ref())
    }

    /// Verifies an ID token: a text, or an [`IdToken`](crate::IdToken). It has to agree with the sign-in
    /// as far as `checks` says: [`IdTokenChecks::new`] for nothing beside the token itself.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    pub async fn verify_id(
        &self,
        token: impl AsRef<str>,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_id(token.as_ref(), checks).await
    }

    /// Verifies an ID token without waiting: see [`verify_access_now`](Self::verify_access_now).
    ///
    /// # Errors
    /// As [`verify_access_now`](Self::verify_access_now).
    pub fn verify_id_now(
        &self,
        token: impl AsRef<str>,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_id_now(token.as_ref(), checks)
    }

    /// The algorithm that tokens are signed with.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// The name that revocations know the pool by.
    pub fn pool(&self) -> &PoolName {
        &self.0.pool
    }

    /// The longest token that is looked at, in bytes.
    pub fn max_token_bytes(&self) -> usize {
        self.0.max_token_bytes
    }

    /// The issuers whose tokens are accepted.
    pub fn issuers(&self) -> &[String] {
        &self.0.issuers
    }
}

impl JwtVerifier {
    /// Whether this token was accepted here before, byte by byte the same. No verdict: what may have
    /// changed since is still to be asked.
    fn remembers(&self, token: &str) -> bool {
        self.0.tokens.as_ref().is_some_and(|tokens| tokens.contains(token))
    }
}

impl JwtVerifier {
    /// Whether this is the other one, or a clone of it.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifier")
            .field("issuers", &self.0.issuers)
            .field("algorithm", &self.0.algorithm)
            .field("keys", &self.0.keys)
            .field("rules", &self.0.rules)
            .field("cache", &self.0.tokens)
            .finish_non_exhaustive()
    }
}
