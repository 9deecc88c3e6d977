//! Verification of tokens: the order of checks, for one pool ([`JwtVerifier`]) and for several
//! ([`PoolSet`]).

mod builder;
mod checklist;
mod pool_set;
mod remembered;
mod shared;
mod sign_out;
mod token_kind;
mod token_verifier;
mod until_refused;

use std::fmt;
use std::sync::Arc;

use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{ConfigError, KeysUnavailable, RevocationError, VerifyError};
use crate::keys::Algorithm;
use crate::metrics;
use crate::pool::{PoolName, UserPool};
use crate::revocation::TokenIdentity;
pub use builder::JwtVerifierBuilder;
use checklist::{NotVerified, Verifier, Waited};
pub use pool_set::PoolSet;
pub use sign_out::SignOut;
use token_kind::TokenClaims;
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
    /// Whether exactly this token is in the cache. That is no verdict: what may have changed since it was
    /// accepted is not checked here.
    fn remembers(&self, token: &str) -> bool {
        self.0.tokens.as_ref().is_some_and(|tokens| tokens.contains(token))
    }

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

/// Runs the checklist, and waits for the network where it stops.
impl Verifier {
    // One copy of the checklist for each kind of token, in this crate: the public methods, which take any
    // kind of text, are compiled where they are called.

    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.verify(token, ()).await
    }

    fn verify_access_now(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.verify_now(token, ())
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verify(token, checks).await
    }

    fn verify_id_now(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verify_now(token, checks)
    }

    /// The verdict, after as many waits as it takes.
    async fn verify<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let verdict = self.verdict(token, checks).await;
        self.count(&verdict);
        verdict
    }

    /// The checklist again after each wait, since what it looks at may have changed meanwhile: the
    /// revocations that are cached, the times, the keys. Each store is asked once, and before each
    /// question the key may be fetched once: so it comes to an end, whatever the keys and stores say.
    async fn verdict<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let (mut waited, mut may_fetch) = (Waited::new(), true);
        loop {
            match self.checklist::<C>(token, checks, &mut waited) {
                Err(NotVerified::KeyNeeded { key_id, .. }) if may_fetch => {
                    may_fetch = false;
                    let fetched = self.keys.fetch(&key_id).await;
                    let key = fetched.map_err(VerifyError::KeysUnavailable)?;
                    waited.fetched = Some(key.ok_or(VerifyError::UnknownKey)?);
                }
                Err(NotVerified::RevocationUnknown { signed, store }) => {
                    may_fetch = true;
                    self.ask(store, &signed.claims.identity(&self.pool, token)).await?;
                    waited.live.push(store);
                    waited.signed = Some(signed);
                }
                verdict => return without_waiting(verdict),
            }
            waited.is_over = true;
        }
    }

    /// The verdict with what is cached.
    fn verify_now<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let verdict = without_waiting(self.checklist(token, checks, &mut Waited::new()));
        self.count(&verdict);
        verdict
    }

    fn count<C: TokenClaims>(&self, verdict: &Result<C, VerifyError>) {
        self.counts.verified(C::TOKEN_USE, verdict.as_ref().err().map(VerifyError::code));
    }

    async fn ask(&self, store: usize, token: &TokenIdentity<'_>) -> Result<(), VerifyError> {
        let Some(store) = self.revocations.get(store) else { return Ok(()) };
        let revoked = store.is_revoked(token).await;
        metrics::revocation_asked(store.name(), revoked.as_ref().ok().copied());
        match revoked {
            Ok(false) => Ok(()),
            Ok(true) => Err(VerifyError::Revoked),
            Err(error) => Err(VerifyError::RevocationUnavailable(error)),
        }
    }
}

fn without_waiting<C>(verdict: Result<C, NotVerified<C>>) -> Result<C, VerifyError> {
    verdict.map_err(|pending| match pending {
        NotVerified::Refused(error) => error,
        NotVerified::KeyNeeded { reason, .. } => VerifyError::KeysUnavailable(reason),
        NotVerified::RevocationUnknown { .. } => {
            VerifyError::RevocationUnavailable(RevocationError::NotCached)
        }
    })
}
