//! Verification of tokens: the order of checks, for one pool ([`JwtVerifier`]) and for several
//! ([`PoolSet`]).

mod builder;
mod characters;
mod checklist;
mod clock;
mod not_verified;
mod pool_set;
mod remembered;
mod shared;
mod sign_out;
mod token_kind;
mod token_verifier;
mod until_refused;
mod wait;

use std::fmt;
use std::sync::Arc;

use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{ConfigError, KeysUnavailable, VerifyError};
use crate::keys::Algorithm;
use crate::pool::{PoolName, UserPool};
pub use builder::JwtVerifierBuilder;
use checklist::Verifier;
pub use pool_set::PoolSet;
pub use sign_out::SignOut;
pub use token_verifier::TokenVerifier;
pub(crate) use until_refused::until_refused;

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
/// the [configured one](JwtVerifierBuilder::algorithm), RS256 by default; no extension, no embedded
/// key; a key id); payload; issuer; key; signature; `token_use`; client; `exp`, the lifetime (`exp` at
/// most 24 hours after `iat`), `nbf`, `iat`; audience; that the token was issued to a user; the rules
/// of the [builder](JwtVerifier::builder); revocation; the caller's own check.
///
/// A token that was accepted is [cached](JwtVerifierBuilder::cache_size), and what cannot change is
/// not checked again: its form, its signature, its claims against the rules. The key, the times,
/// revocation and the caller's own check are evaluated for every request.
///
/// A verification may wait for keys or for a revocation store. After each wait the keys, the times and
/// the cached revocations are checked again: a token that was signed out meanwhile, has expired, or
/// whose key was withdrawn is refused.
#[derive(Clone)]
pub struct JwtVerifier(Arc<Verifier>);

impl JwtVerifier {
    /// A verifier for one pool and one app client, with the defaults.
    ///
    /// # Errors
    /// See [`JwtVerifierBuilder::build`].
    pub fn new(pool: &UserPool, client_id: impl Into<String>) -> Result<Self, ConfigError> {
        Self::builder(pool).client_id(client_id).build()
    }

    /// Builds a verifier for one pool, with rules and settings.
    pub fn builder(pool: &UserPool) -> JwtVerifierBuilder {
        JwtVerifierBuilder::new(pool)
    }

    /// Fetches the keys before the first token arrives.
    ///
    /// # Errors
    /// When the keys cannot be fetched now. The verifier tries again when tokens arrive.
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
    /// [`VerifyError`]: the token is refused, or could not be checked
    /// ([`is_unavailable`](VerifyError::is_unavailable)).
    pub async fn verify_access(&self, token: impl AsRef<str>) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access(token.as_ref()).await
    }

    /// Verifies an access token with cached keys and cached revocations, without waiting. Keys that are
    /// missing are fetched in the background where there is a tokio runtime; call
    /// [`prefetch`](Self::prefetch) before the first token arrives.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access); also
    /// [`KeysUnavailable`](VerifyError::KeysUnavailable) or
    /// [`RevocationUnavailable`](VerifyError::RevocationUnavailable) where `verify_access` would have
    /// waited.
    pub fn verify_access_now(&self, token: impl AsRef<str>) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access_now(token.as_ref())
    }

    /// Verifies an ID token: a text, or an [`IdToken`](crate::IdToken). `checks` has the nonce, the
    /// access token and the user that the ID token has to match; [`IdTokenChecks::new`] has none.
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

    /// The name of the pool in revocation entries.
    pub fn pool(&self) -> &PoolName {
        &self.0.pool
    }

    /// The longest token that is accepted, in bytes.
    pub fn max_token_bytes(&self) -> usize {
        self.0.max_token_bytes
    }

    /// The issuers whose tokens are accepted.
    pub fn issuers(&self) -> &[String] {
        &self.0.issuers
    }
}

impl JwtVerifier {
    /// Whether `other` is this verifier, or a clone of it.
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
