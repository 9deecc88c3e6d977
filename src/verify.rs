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
use std::time::{SystemTime, UNIX_EPOCH};

use crate::claims::{AccessClaims, IdClaims, IdTokenChecks, Rules};
use crate::error::{ConfigError, KeysUnavailable, VerifyError};
use crate::keys::{Algorithm, KeySet};
use crate::metrics::Verifications;
use crate::pool::{PoolName, UserPool};
use crate::revocation::RevocationStore;
pub use builder::JwtVerifierBuilder;
pub use pool_set::PoolSet;
use remembered::{KnownHeaders, VerifiedTokens};
pub use sign_out::SignOut;
pub use token_verifier::TokenVerifier;

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

struct Verifier {
    pool: PoolName,
    issuers: Vec<String>,
    algorithm: Algorithm,
    keys: Arc<dyn KeySet>,
    rules: Rules,
    revocations: Vec<Arc<dyn RevocationStore>>,
    check_access: Option<Check<AccessClaims>>,
    check_id: Option<Check<IdClaims>>,
    clock: Clock,
    goes_by_system_clock: bool,
    max_token_bytes: usize,
    headers: KnownHeaders,
    tokens: Option<VerifiedTokens>,
    counts: Verifications,
}

type Check<C> = Arc<dyn Fn(&C) -> Result<(), &'static str> + Send + Sync>;
type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl JwtVerifier {
    /// A verifier for one pool and one app client, with every default.
    ///
    /// # Errors
    /// See [`JwtVerifierBuilder::build`].
    pub fn new(pool: &UserPool, client_id: &str) -> Result<Self, ConfigError> {
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

    /// Verifies an access token.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is refused, or
    /// ([`is_unavailable`](VerifyError::is_unavailable)) nobody can tell.
    pub async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.0.verify(token, ()).await
    }

    /// Verifies an access token with what is at hand, without waiting. Keys that are missing are
    /// fetched in the background where there is a tokio runtime; [`prefetch`](Self::prefetch)
    /// before the first call.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access); also
    /// [`KeysUnavailable`](VerifyError::KeysUnavailable) where that would have waited.
    pub fn verify_access_now(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.0.verify_now(token, ())
    }

    /// Verifies an ID token.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    pub async fn verify_id(&self, token: &str) -> Result<IdClaims, VerifyError> {
        self.verify_id_with(token, IdTokenChecks::new()).await
    }

    /// Verifies an ID token that has to agree with a sign-in.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    pub async fn verify_id_with(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify(token, checks).await
    }

    /// Verifies an ID token with what is at hand, without waiting: see
    /// [`verify_access_now`](Self::verify_access_now).
    ///
    /// # Errors
    /// As [`verify_access_now`](Self::verify_access_now).
    pub fn verify_id_now(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_now(token, checks)
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

impl Verifier {
    /// A clock before 1970 reads as 1970: every token is then from the future.
    fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
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
