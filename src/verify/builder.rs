//! The settings of a [`JwtVerifier`].

mod ranges;
mod rules;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::JwtVerifier;
use super::checklist::Verifier;
use super::clock::{OwnClock, VerifierClock};
use super::remembered::{DEFAULT_ENTRIES, VerifiedTokens};
use super::token_kind::OwnChecks;
use crate::claims::{AcceptedClients, AccessClaims, IdClaims, Rules};
use crate::error::{ConfigError, RequiredSetting};
use crate::jwt::DEFAULT_MAX_TOKEN_BYTES;
use crate::keys::{Algorithm, KeySet, RemoteKeySet};
use crate::metrics::Verifications;
use crate::pool::{UserPool, check_client_id};
use crate::revocation::{MemoryRevocations, RevocationStore};

/// Builds a [`JwtVerifier`].
///
/// ```
/// use std::time::Duration;
/// use cognito_auth::{JwtVerifier, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let verifier = JwtVerifier::builder(&pool)
///     .client_id("1example23456789abcdefghij")
///     .require_scope("orders/read")
///     .require_any_group(["admins", "clerks"])
///     .max_age(Duration::from_secs(12 * 60 * 60))
///     .build()?;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct JwtVerifierBuilder {
    pool: UserPool,
    clients: Option<AcceptedClients>,
    algorithm: Algorithm,
    rules: Rules,
    leeway: Duration,
    keys: Option<Arc<dyn KeySet>>,
    revocations: Vec<Arc<dyn RevocationStore>>,
    own_checks: OwnChecks,
    clock: Option<OwnClock>,
    max_token_bytes: usize,
    cache_size: Option<usize>,
}

impl JwtVerifierBuilder {
    pub(super) fn new(pool: &UserPool) -> Self {
        Self {
            pool: pool.clone(),
            clients: None,
            algorithm: Algorithm::Rs256,
            rules: Rules::default(),
            leeway: Duration::ZERO,
            keys: None,
            revocations: Vec::new(),
            own_checks: OwnChecks::default(),
            clock: None,
            max_token_bytes: DEFAULT_MAX_TOKEN_BYTES,
            cache_size: Some(DEFAULT_ENTRIES),
        }
    }

    /// How far this machine's clock may differ from the issuer's, in the checks of `exp`, `nbf`, `iat` and
    /// `max_age`. Default zero, at most 10 minutes, in whole seconds. A token is accepted until the leeway
    /// after its `exp`, so keep it short. An `iat` or `auth_time` may in addition be up to a minute in the
    /// future, whatever the leeway is, since that does not extend the lifetime of a token.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The one algorithm that tokens are signed with. Default RS256, the only one that Cognito uses.
    /// [`Algorithm::Es256`] is for an issuer of your own that writes the same claims as Cognito; set the
    /// issuer with [`UserPool::with_issuers`] and [`UserPool::with_jwks_uri`].
    ///
    /// A token with another algorithm is refused, and a key for another algorithm is never used
    /// ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)). A key set that is passed to
    /// [`keys`](Self::keys) has to be for this algorithm:
    /// [`RemoteKeySetBuilder::algorithm`](crate::keys::RemoteKeySetBuilder::algorithm),
    /// [`StaticKeySet::from_jwks_json_for`](crate::keys::StaticKeySet::from_jwks_json_for).
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Where the keys come from. Default: a [`RemoteKeySet`] of the pool, for the
    /// [algorithm](Self::algorithm) of this verifier. A key set is a handle that shares its cache itself
    /// ([`RemoteKeySet`] is cheap to clone), so it is taken by value.
    pub fn keys(mut self, keys: impl KeySet + 'static) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Adds a revocation store. Default: one [`MemoryRevocations`] that only this verifier and its clones
    /// use. A store is often shared, for example with other verifiers, so it is taken in an [`Arc`]. Call
    /// this again for several stores: a token is refused when one of them has it revoked, those with a
    /// cached answer are asked first, and a sign-out is written to all of them.
    pub fn revocations(mut self, revocations: Arc<dyn RevocationStore>) -> Self {
        self.revocations.push(revocations);
        self
    }

    /// A check of the caller's own for access tokens. It runs last, for tokens that passed every
    /// other check, and refuses with a word for the log.
    pub fn check_access(
        mut self,
        check: impl Fn(&AccessClaims) -> Result<(), &'static str> + Send + Sync + 'static,
    ) -> Self {
        self.own_checks.access = Some(Arc::new(check));
        self
    }

    /// A check of the caller's own for ID tokens: see [`check_access`](Self::check_access).
    pub fn check_id(
        mut self,
        check: impl Fn(&IdClaims) -> Result<(), &'static str> + Send + Sync + 'static,
    ) -> Self {
        self.own_checks.id = Some(Arc::new(check));
        self
    }

    /// The clock that `exp`, `nbf`, `iat` and `auth_time` are compared with, read for every request. For
    /// tests that move the time.
    ///
    /// Default: the system's, read ten times a second at most; a monotonic clock advances it in between. So
    /// after the system's clock was set, or the machine slept, a token is accepted for up to a tenth of a
    /// second after its `exp`.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The longest token that is accepted, in bytes. Default 16 KiB: servers and proxies accept header
    /// fields up to 8 or 16 KiB, and any client can send a token that takes time in proportion to its size
    /// before it is refused. The range is 2 KiB, which the token of a user with some groups needs, to
    /// 64 KiB, for users in very many groups behind a server that accepts header fields of this length.
    ///
    /// [`JwtBearer`](crate::bearer::JwtBearer) reads tokens up to the limit of its verifier.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.max_token_bytes = bytes;
        self
    }

    /// How many accepted tokens are cached, so that their signatures are not checked again. Default
    /// 10,000, at least 32. There is 1 KiB for each entry, more than the claims of an access token of Cognito
    /// take, and an entry with larger claims takes the room of others: of ID tokens with claims of 1 KB some
    /// 6,500 fit into the default cache, and claims of over 30 KB may not be cached at all. The token itself is
    /// not kept, only a keyed digest of it. So the default cache takes at most 10 MB, and none before it is used,
    /// apart from the key of digests, which has as many bytes as the longest token and is shared by the verifiers
    /// of a process. A fifth of the room is for copies: a thread that finds the same token again keeps one, token
    /// and claims, so that threads do not write to each other's memory (up to 62 for each of 16 threads in the
    /// default cache, 64 in a larger one; none in a cache of less than 640 entries).
    ///
    /// A cached token gets the same verdict as without the cache: times, revocation and the caller's own
    /// check are evaluated every time, and the token is evicted when its key is no longer among the
    /// issuer's keys. A full cache evicts tokens that were not used again. A token that is not used stays
    /// in memory after its `exp` until it is evicted; it is refused all the same.
    pub fn cache_size(mut self, entries: usize) -> Self {
        self.cache_size = Some(entries);
        self
    }

    /// Caches no token: the signature is checked for every request. For processes that must not keep a
    /// credential in memory for longer than a request takes.
    pub fn without_cache(mut self) -> Self {
        self.cache_size = None;
        self
    }

    /// Builds the verifier. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] when neither [`client_id`](Self::client_id) nor
    /// [`accept_every_client`](Self::accept_every_client) was called, or when
    /// [`require_any_scope`](Self::require_any_scope) or
    /// [`require_any_group`](Self::require_any_group) got an empty list; [`ConfigError::ClientId`] when a
    /// client id is malformed; [`ConfigError::OutOfRange`] when the leeway is longer than 10 minutes, the
    /// cache has fewer than 32 entries, or `max_token_bytes` is outside its range; [`ConfigError::Value`] when
    /// the operating system gives no random bytes for the cache. Without [`keys`](Self::keys) also the errors
    /// of [`RemoteKeySet::new`].
    pub fn build(self) -> Result<JwtVerifier, ConfigError> {
        let clients = self
            .clients
            .clone()
            .ok_or(ConfigError::Missing { setting: RequiredSetting::ClientId })?;
        if let AcceptedClients::Only(clients) = &clients {
            clients.iter().try_for_each(|client_id| check_client_id(client_id))?;
        }
        self.check_ranges()?;
        let keys = match self.keys {
            Some(keys) => keys,
            None => Arc::new(RemoteKeySet::builder(&self.pool).algorithm(self.algorithm).build()?),
        };
        let mut revocations = self.revocations;
        if revocations.is_empty() {
            revocations.push(Arc::new(MemoryRevocations::new()));
        }
        let tokens = match self.cache_size {
            Some(entries) => Some(VerifiedTokens::new(entries, self.max_token_bytes)?),
            None => None,
        };
        let counts = Verifications::new(revocations.iter().map(|store| store.name()));
        Ok(JwtVerifier(Arc::new(Verifier {
            pool: self.pool.name(),
            issuers: self.pool.issuers().to_vec(),
            algorithm: self.algorithm,
            keys,
            rules: Rules { clients, leeway: self.leeway.as_secs(), ..self.rules },
            revocations,
            own_checks: self.own_checks,
            clock: VerifierClock::new(self.clock),
            max_token_bytes: self.max_token_bytes,
            headers: Default::default(),
            tokens,
            counts,
        })))
    }
}

impl fmt::Debug for JwtVerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifierBuilder")
            .field("pool", &self.pool)
            .field("algorithm", &self.algorithm)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
