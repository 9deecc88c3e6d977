//! Verifying tokens: the order of checks, for one pool.

mod builder;
mod kind;
mod pool_set;
mod revoke;
mod verify_token;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::claims::{AccessClaims, IdClaims, IdTokenChecks, Rules};
use crate::error::{ConfigError, KeysUnavailable, Part, RevocationError, VerifyError};
use crate::json::Members;
use crate::jws;
use crate::keys::{Algorithm, CachedKey, KeySet, VerifyingKey};
use crate::pool::UserPool;
use crate::revocation::{RevocationStatus, RevocationStore, TokenIdentity};
use crate::unverified::{Parts, decode, members};
pub use builder::JwtVerifierBuilder;
use kind::Kind;
pub use pool_set::PoolSet;
pub use verify_token::VerifyToken;
use waiting::{Waiting, at_once};

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
/// RS256, no extension, no key of its own, a key id); payload; issuer; key; signature; `token_use`;
/// client; `exp`, `nbf`, `iat`; audience; that there is a user; what the
/// [builder](JwtVerifier::builder) was asked for; revocation; the caller's own check.
#[derive(Clone)]
pub struct JwtVerifier(Arc<Verifier>);

struct Verifier {
    issuers: Vec<String>,
    algorithm: Algorithm,
    keys: Arc<dyn KeySet>,
    rules: Rules,
    revocations: Vec<Arc<dyn RevocationStore>>,
    check_access: Option<Check<AccessClaims>>,
    check_id: Option<Check<IdClaims>>,
    clock: Clock,
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
        self.0.verify(token, (), Waiting::Allowed).await
    }

    /// Verifies an access token with what is at hand, without waiting. Keys that are missing are
    /// fetched in the background where there is a tokio runtime; [`prefetch`](Self::prefetch)
    /// before the first call.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access); also
    /// [`KeysUnavailable`](VerifyError::KeysUnavailable) where that would have waited.
    pub fn verify_access_now(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        at_once(self.0.verify(token, (), Waiting::Never))
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
        self.0.verify(token, checks, Waiting::Allowed).await
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
        at_once(self.0.verify(token, checks, Waiting::Never))
    }

    /// The issuers whose tokens are accepted.
    pub fn issuers(&self) -> &[String] {
        &self.0.issuers
    }
}

impl Verifier {
    /// The order of checks. Cheap ones first; a stranger's token causes no fetch; no claim is
    /// reported before the signature held; the caller's own check sees only what passed all others.
    async fn verify<C: Kind>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
        waiting: Waiting,
    ) -> Result<C, VerifyError> {
        let parts = Parts::split(token)?;
        let key_id = jws::read_key_id(parts.header, self.algorithm)?;
        let payload = decode(parts.payload, Part::Payload)?;
        let unverified_claims = members(&payload, Part::Payload)?;
        let signature = decode(parts.signature, Part::Signature)?;

        self.check_issuer(&unverified_claims)?;
        let key = self.key(&key_id, waiting).await?;
        key.verify(parts.signing_input.as_bytes(), &signature)?;

        let payload = std::str::from_utf8(&payload)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Payload })?;
        let claims = C::read(&unverified_claims, payload)?;
        claims.check(&self.rules, checks, self.now())?;
        self.check_revocation(claims.identity(token), waiting).await?;
        if let Some(check) = C::own_check(self) {
            check(&claims).map_err(|code| VerifyError::CustomCheck { code })?;
        }
        Ok(claims)
    }

    /// `iss` is a string and exactly one of ours
    /// ([RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)).
    fn check_issuer(&self, unverified_claims: &Members<'_>) -> Result<(), VerifyError> {
        match unverified_claims.text("iss") {
            Ok(Some(issuer)) if self.issuers.iter().any(|known| *known == *issuer) => Ok(()),
            _ => Err(VerifyError::IssuerNotAllowed),
        }
    }

    async fn key(&self, key_id: &str, waiting: Waiting) -> Result<VerifyingKey, VerifyError> {
        let key = match self.keys.cached(key_id) {
            CachedKey::Found(key) => key,
            CachedKey::Absent => return Err(VerifyError::UnknownKey),
            CachedKey::NeedsFetch(reason) if waiting == Waiting::Never => {
                return Err(VerifyError::KeysUnavailable(reason));
            }
            CachedKey::NeedsFetch(_) => self
                .keys
                .fetch(key_id)
                .await
                .map_err(VerifyError::KeysUnavailable)?
                .ok_or(VerifyError::UnknownKey)?,
        };
        // RFC 8725 §3.1: each key is used with exactly one algorithm.
        if key.algorithm() == self.algorithm { Ok(key) } else { Err(VerifyError::KeyMismatch) }
    }

    /// Every store that has its answer at hand first, then those that have to be asked, in order.
    async fn check_revocation(
        &self,
        token: TokenIdentity<'_>,
        waiting: Waiting,
    ) -> Result<(), VerifyError> {
        let mut unknown = false;
        for store in &self.revocations {
            match store.peek(&token) {
                RevocationStatus::Live => {}
                RevocationStatus::Revoked => return Err(VerifyError::Revoked),
                RevocationStatus::Unknown => unknown = true,
            }
        }
        if !unknown {
            return Ok(());
        }
        if waiting == Waiting::Never {
            let error = RevocationError::new("the answer is not at hand");
            return Err(VerifyError::RevocationUnavailable(error));
        }
        for store in &self.revocations {
            if store.peek(&token) == RevocationStatus::Live {
                continue;
            }
            if store.is_revoked(&token).await.map_err(VerifyError::RevocationUnavailable)? {
                return Err(VerifyError::Revoked);
            }
        }
        Ok(())
    }

    /// A clock before 1970 reads as 1970: every token is then from the future.
    fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifier")
            .field("issuers", &self.0.issuers)
            .field("keys", &self.0.keys)
            .field("rules", &self.0.rules)
            .finish_non_exhaustive()
    }
}
