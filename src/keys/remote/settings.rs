//! Settings of a [`RemoteKeySet`], and their defaults.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use url::Url;

use super::{KeyCache, RemoteKeySet, fetch};
use crate::error::{ConfigError, SettingBound, SettingRange, check_time_limit};
use crate::keys::algorithm::Algorithm;
use crate::keys::verifying::require_backend;
use crate::pool::UserPool;
use crate::transport::Transport;

/// The wait between two attempts while there are no keys at all, and the shortest that can be set.
pub(super) const COLD_COOL_DOWN: Duration = Duration::from_secs(1);

/// Seven days: longer than a weekend, over which an outage may last.
const LONGEST_STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const MAX_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub(super) struct FetchSettings {
    pub(super) refresh_after: Duration,
    pub(super) max_stale: Duration,
    pub(super) cool_down: Duration,
    pub(super) timeout: Duration,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            refresh_after: Duration::from_secs(15 * 60),
            max_stale: Duration::from_secs(24 * 60 * 60),
            cool_down: Duration::from_secs(10),
            timeout: Duration::from_secs(5),
        }
    }
}

/// Builds a [`RemoteKeySet`].
///
/// ```
/// use std::time::Duration;
/// use cognito_auth::{UserPool, keys::RemoteKeySet};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let keys = RemoteKeySet::builder(&pool).refresh_after(Duration::from_secs(300)).build()?;
/// assert_eq!(keys.health().keys, 0); // nothing is fetched before it is needed
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct RemoteKeySetBuilder {
    pool: UserPool,
    algorithm: Algorithm,
    settings: FetchSettings,
    transport: Transport,
}

impl RemoteKeySet {
    /// The keys of a pool, with the defaults.
    ///
    /// # Errors
    /// See [`RemoteKeySetBuilder::build`].
    pub fn new(pool: &UserPool) -> Result<Self, ConfigError> {
        Self::builder(pool).build()
    }

    /// The keys of a pool, with settings.
    pub fn builder(pool: &UserPool) -> RemoteKeySetBuilder {
        RemoteKeySetBuilder {
            pool: pool.clone(),
            algorithm: Algorithm::Rs256,
            settings: FetchSettings::default(),
            transport: Transport::default(),
        }
    }
}

impl RemoteKeySetBuilder {
    /// The algorithm of the keys that are used; it must be
    /// [that of the verifier](crate::JwtVerifierBuilder::algorithm). Default RS256, the only one of
    /// Cognito. Keys for other algorithms are skipped.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The age from which keys are fetched again in the background. Default 15 minutes: a key that
    /// Cognito has withdrawn is used for so long at most, at the price of four small requests an hour.
    /// At least as long as `cool_down`, at most as long as `max_stale`.
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.settings.refresh_after = age;
        self
    }

    /// The age up to which cached keys are used while newer ones cannot be fetched. Default 24 hours,
    /// the longest lifetime of a token of Cognito: a shorter outage of the key server has no effect. At
    /// most 7 days: an attacker who can block the requests to the key server keeps a withdrawn key in
    /// use for as long.
    pub fn max_stale(mut self, age: Duration) -> Self {
        self.settings.max_stale = age;
        self
    }

    /// The time between two attempts, counted from the start of the earlier one. Default 10 seconds:
    /// a token that is signed with a new key may be refused for so long. While there are no keys at all
    /// it is one second.
    ///
    /// At least 1 second, as made-up key ids cause one request in each such time; at most
    /// `refresh_after`, which would be delayed otherwise.
    pub fn cool_down(mut self, wait: Duration) -> Self {
        self.settings.cool_down = wait;
        self
    }

    /// The time limit for a whole fetch. Default 5 seconds: the document has about 1 KiB, and requests
    /// wait for it after a start. More than zero, at most one minute.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Trusts a root certificate in addition to the system's, in PEM: for emulators with TLS, and for
    /// networks whose firewall decrypts it.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.transport.root_certificates.push(pem.to_vec());
        self
    }

    /// Sends requests for a host to this address, without DNS: for emulators that serve Cognito's own
    /// host names.
    pub fn resolve(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        self.transport.addresses.push((host.into(), address));
        self
    }

    /// Sends every request through this proxy: an `http` or `https` URL, which may contain a user name
    /// and a password. Default none. The environment is not read, so that an environment variable
    /// cannot redirect requests. Of a request over `https` the proxy sees the host's name and encrypted
    /// bytes.
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.transport.proxy = Some(proxy);
        self
    }

    /// Builds the key set. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ConfigError::OutOfRange`] when a setting is outside the range that its method states;
    /// [`ConfigError::Value`] for an invalid certificate or proxy, and where a proxy or an
    /// address of [`resolve`](Self::resolve) would send plain `http` to another machine;
    /// [`ConfigError::NoCryptoBackend`], [`ConfigError::NoTlsBackend`], [`ConfigError::HttpClient`].
    /// A machine without root certificates is no error here: a warning is logged, and each
    /// fetch over `https` fails with [`Unreachable::NoRootCertificates`](crate::Unreachable::NoRootCertificates).
    pub fn build(self) -> Result<RemoteKeySet, ConfigError> {
        require_backend()?;
        let FetchSettings { refresh_after, max_stale, cool_down, timeout } = self.settings;
        for (setting, holds, range) in [
            (
                "cool_down",
                (COLD_COOL_DOWN..=refresh_after).contains(&cool_down),
                SettingRange::between(
                    SettingBound::Duration(COLD_COOL_DOWN),
                    SettingBound::Setting("refresh_after"),
                ),
            ),
            (
                "max_stale",
                (refresh_after..=LONGEST_STALE).contains(&max_stale),
                SettingRange::between(
                    SettingBound::Setting("refresh_after"),
                    SettingBound::Duration(LONGEST_STALE),
                ),
            ),
        ] {
            if !holds {
                return Err(ConfigError::OutOfRange { setting, range });
            }
        }
        check_time_limit("timeout", timeout, MAX_TIMEOUT)?;
        let source = fetch::JwksSource::new(&self.pool, self.algorithm, &self.transport)?;
        Ok(RemoteKeySet(Arc::new(KeyCache {
            source,
            settings: self.settings,
            snapshot: ArcSwapOption::empty(),
            fetches: Default::default(),
        })))
    }
}

impl fmt::Debug for RemoteKeySetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySetBuilder")
            .field("pool", &self.pool)
            .field("algorithm", &self.algorithm)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
