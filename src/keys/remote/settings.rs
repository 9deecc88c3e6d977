//! How a [`RemoteKeySet`] behaves: defaults with their reason.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use url::Url;

use super::{RemoteKeySet, Shared, fetch};
use crate::error::ConfigError;
use crate::keys::algorithm::Algorithm;
use crate::keys::verifying::require_backend;
use crate::pool::UserPool;
use crate::transport::Transport;

/// The wait between two attempts while there are no keys at all, and the shortest that can be set.
pub(super) const COLD_COOL_DOWN: Duration = Duration::from_secs(1);

/// Seven days: an outage that began on a Friday evening is over.
const LONGEST_STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const MAX_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) refresh_after: Duration,
    pub(super) max_stale: Duration,
    pub(super) cool_down: Duration,
    pub(super) timeout: Duration,
}

impl Default for Settings {
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
pub struct RemoteKeySetBuilder {
    pool: UserPool,
    algorithm: Algorithm,
    settings: Settings,
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
            settings: Settings::default(),
            transport: Transport::default(),
        }
    }
}

impl RemoteKeySetBuilder {
    /// The algorithm of the keys that are kept; a verifier asks for
    /// [the same](crate::JwtVerifierBuilder::algorithm). Default RS256: Cognito has no others. Keys
    /// for another algorithm are as good as absent.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The age from which keys are fetched anew in the background. Default 15 minutes: that is how
    /// long a key that Cognito withdrew goes on working here, at four small requests an hour. At
    /// least as long as `cool_down`, at most as long as `max_stale`.
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.settings.refresh_after = age;
        self
    }

    /// The age up to which keys answer while no newer ones can be had. Default 24 hours, the
    /// longest that a token of Cognito lives: an outage of the key server shorter than that is not
    /// noticed. At most 7 days: whoever can keep this service from its key server keeps a withdrawn
    /// key good for as long.
    pub fn max_stale(mut self, age: Duration) -> Self {
        self.settings.max_stale = age;
        self
    }

    /// The wait between two attempts, counted from the earlier one. Default 10 seconds, which is
    /// also how long a token signed with a brand-new key may be refused at worst. While there are
    /// no keys at all the wait is one second.
    ///
    /// From 1 second, as made-up key ids cause one request for each such wait, up to `refresh_after`,
    /// which would come too late otherwise.
    pub fn cool_down(mut self, wait: Duration) -> Self {
        self.settings.cool_down = wait;
        self
    }

    /// The time for a whole fetch. Default 5 seconds: the document is about 1 KiB, and requests
    /// wait for it on a cold start. More than zero, up to one minute.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Trusts a root certificate beside the system's, in PEM: for emulators that speak TLS, and for
    /// networks whose firewall opens it.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.transport.root_certificates.push(pem.to_vec());
        self
    }

    /// Sends requests for a host to this address, whatever DNS says: for emulators that answer
    /// under Cognito's own host names.
    pub fn resolve(mut self, host: &str, address: SocketAddr) -> Self {
        self.transport.addresses.push((host.to_owned(), address));
        self
    }

    /// Sends every request through this proxy (`http` or `https`; a user and a password may stand in
    /// the address). Default none: the environment is not read, so that nobody who can set a
    /// variable sees where tokens go. What it sees of `https` are the host's name and bytes under TLS.
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.transport.proxy = Some(proxy);
        self
    }

    /// The key set. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ConfigError::OutOfRange`] when a setting is outside the range it names;
    /// [`ConfigError::Value`] for a certificate or a proxy that is none, and where a proxy or an
    /// address of [`resolve`](Self::resolve) would lead plain `http` to another machine;
    /// [`ConfigError::NoCryptoBackend`], [`ConfigError::NoTlsBackend`], [`ConfigError::HttpClient`].
    /// Without root certificates on this machine there is a key set, and a warning in the log; each
    /// fetch over `https` then fails with [`KeysUnavailable::NoRootCertificates`](crate::KeysUnavailable::NoRootCertificates).
    pub fn build(self) -> Result<RemoteKeySet, ConfigError> {
        require_backend()?;
        let Settings { refresh_after, max_stale, cool_down, timeout } = self.settings;
        for (setting, holds, range) in [
            (
                "cool_down",
                (COLD_COOL_DOWN..=refresh_after).contains(&cool_down),
                "at least 1 second, at most as long as refresh_after",
            ),
            (
                "max_stale",
                (refresh_after..=LONGEST_STALE).contains(&max_stale),
                "at least as long as refresh_after, at most 7 days",
            ),
            (
                "timeout",
                !timeout.is_zero() && timeout <= MAX_TIMEOUT,
                "more than zero, up to one minute",
            ),
        ] {
            if !holds {
                return Err(ConfigError::OutOfRange { setting, range });
            }
        }
        let source = fetch::Source::new(&self.pool, self.algorithm, &self.transport)?;
        Ok(RemoteKeySet(Arc::new(Shared {
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
