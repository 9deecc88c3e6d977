//! What a verifier is told to demand.

mod ranges;
mod rules;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::remembered::{DEFAULT_ENTRIES, VerifiedTokens};
use super::{Check, Clock, JwtVerifier, Verifier};
use crate::claims::{AccessClaims, Clients, IdClaims, Rules};
use crate::error::ConfigError;
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
    clients: Option<Clients>,
    algorithm: Algorithm,
    rules: Rules,
    leeway: Duration,
    keys: Option<Arc<dyn KeySet>>,
    revocations: Vec<Arc<dyn RevocationStore>>,
    check_access: Option<Check<AccessClaims>>,
    check_id: Option<Check<IdClaims>>,
    clock: Option<Clock>,
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
            check_access: None,
            check_id: None,
            clock: None,
            max_token_bytes: DEFAULT_MAX_TOKEN_BYTES,
            cache_size: Some(DEFAULT_ENTRIES),
        }
    }

    /// How far this machine's clock may differ from the issuer's, at `exp`, `nbf`, `iat` and `max_age`.
    /// Default zero, at most 10 minutes, in whole seconds. An expired token is accepted for as long as
    /// the leeway: keep it short. An `iat` or `auth_time` up to a minute ahead is accepted without any
    /// leeway, and up to a minute and the leeway with one: that lengthens no token's life.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The one algorithm that tokens are signed with. Default RS256: Cognito signs with nothing
    /// else. [`Algorithm::Es256`] is for an issuer of your own that writes the claims that Cognito
    /// writes; name it with [`UserPool::with_issuers`] and [`UserPool::with_jwks_uri`].
    ///
    /// A token of another algorithm is refused, whatever keys there are, and a key for another one
    /// is never used ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)). Where
    /// [`keys`](Self::keys) are given, they have to be for this algorithm:
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

    /// Where revocations are kept. Default: [`MemoryRevocations`] of this verifier's own. A store is
    /// shared with what writes to it, other verifiers say, so it is taken in an [`Arc`]. Call it again
    /// for several: a token is refused when one of them has it revoked, those with a cached answer are
    /// looked at first, and a sign-out is written to all of them.
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
        self.check_access = Some(Arc::new(check));
        self
    }

    /// A check of the caller's own for ID tokens: see [`check_access`](Self::check_access).
    pub fn check_id(
        mut self,
        check: impl Fn(&IdClaims) -> Result<(), &'static str> + Send + Sync + 'static,
    ) -> Self {
        self.check_id = Some(Arc::new(check));
        self
    }

    /// The clock to go by. Default: the system's. For tests that move the time.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The longest token that is looked at, in bytes. Default [`DEFAULT_MAX_TOKEN_BYTES`], 16 KiB: servers and
    /// proxies take header fields up to 8 or 16 KiB, and a stranger's token costs time for its bytes
    /// before it is refused. From 2 KiB, which the tokens of a user with some groups need, up to 64 KiB:
    /// for users in very many groups, behind a server that takes fields as long.
    ///
    /// [`JwtBearer`](crate::bearer::JwtBearer) reads tokens up to the bound of its verifier.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.max_token_bytes = bytes;
        self
    }

    /// How many accepted tokens are remembered, so that their signatures are not checked again.
    /// Default 10,000, at least 32. Each counts 2 KiB, which is a little more than a token of
    /// Cognito takes with its claims, and more if it is larger: 20 MB at most by default, none of it
    /// before it is used.
    ///
    /// A remembered token gets the verdict that it would get without: times, revocation and the
    /// caller's own check are evaluated every time, and it is evicted when its key leaves the issuer's keys.
    /// A full cache evicts tokens that were not used again. Until then an unused token stays in memory after
    /// its `exp`, and is refused.
    pub fn cache_size(mut self, entries: usize) -> Self {
        self.cache_size = Some(entries);
        self
    }

    /// Remembers no token: every signature is checked every time. For processes whose memory must
    /// hold no credential longer than a request takes.
    pub fn without_cache(mut self) -> Self {
        self.cache_size = None;
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] when neither [`client_id`](Self::client_id) nor
    /// [`accept_every_client`](Self::accept_every_client) was called, or when a list of which one
    /// is demanded is empty; [`ConfigError::ClientId`];
    /// [`ConfigError::OutOfRange`] when the leeway is longer than 10 minutes, the cache smaller
    /// than 32, or `max_token_bytes` outside its range; and what [`RemoteKeySet::new`] says.
    pub fn build(self) -> Result<JwtVerifier, ConfigError> {
        let clients = self.clients.clone().ok_or(ConfigError::Missing {
            setting: "client_id",
            hint: "name the app client whose tokens are accepted",
        })?;
        if let Clients::Only(clients) = &clients {
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
        let counts = Verifications::new(revocations.iter().map(|store| store.name()));
        Ok(JwtVerifier(Arc::new(Verifier {
            pool: self.pool.name(),
            issuers: self.pool.issuers().to_vec(),
            algorithm: self.algorithm,
            keys,
            rules: Rules { clients, leeway: self.leeway.as_secs(), ..self.rules },
            revocations,
            check_access: self.check_access,
            check_id: self.check_id,
            goes_by_system_clock: self.clock.is_none(),
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemTime::now)),
            max_token_bytes: self.max_token_bytes,
            headers: Default::default(),
            tokens: self.cache_size.map(VerifiedTokens::new),
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
