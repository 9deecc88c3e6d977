//! The settings of a [`CognitoClient`].

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;
use url::Url;

use super::secret_source::{SecretSource, check_secret};
use super::unused_tokens::MOST_RETRIES;
use super::{Clock, CognitoClient, Inner, Sender};
use crate::error::{ConfigError, SettingBound, SettingRange, check_time_limit};
use crate::idp::UserInfoSource;
use crate::idp::client_secret::ClientSecretProvider;
use crate::idp::id_token::LEEWAY;
use crate::pool::{UserPool, check_client_id};
use crate::secret::ClientSecret;
use crate::transport::Transport;

/// Ten seconds: Cognito gives a Lambda trigger five to answer, and a token request can wait for
/// one, so anything shorter would give up on answers that are on their way.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time that can be set: a sign-in handler must not hang on for good.
const MAX_TIMEOUT: Duration = Duration::from_secs(120);

/// The longest leeway, the same as a verifier's: more hides a clock that is wrong.
const MAX_LEEWAY: Duration = Duration::from_secs(10 * 60);

/// Builds a [`CognitoClient`]; from [`CognitoClient::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use cognito_auth::{CognitoClient, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let client = CognitoClient::builder(&pool, "1example23456789abcdefghij")
///     .timeout(Duration::from_secs(5))
///     .build()?;
/// # let _ = client;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct CognitoClientBuilder {
    pool: UserPool,
    client_id: String,
    client_secret: Option<ClientSecret>,
    secret_provider: Option<Arc<dyn ClientSecretProvider>>,
    user_info_source: Option<UserInfoSource>,
    timeout: Duration,
    leeway: Duration,
    clock: Clock,
    transport: Transport,
}

impl CognitoClientBuilder {
    pub(super) fn new(pool: UserPool, client_id: String) -> Self {
        Self {
            pool,
            client_id,
            client_secret: None,
            secret_provider: None,
            user_info_source: None,
            timeout: TIMEOUT,
            leeway: LEEWAY,
            clock: Arc::new(SystemTime::now),
            transport: Transport::default(),
        }
    }

    /// The secret of a confidential app client, exactly as the console shows it: `build` refuses quotes,
    /// white space and JSON around it. It is sent as `Authorization: Basic` to the pool's domain, and in the
    /// body to the JSON API.
    pub fn client_secret(mut self, secret: impl Into<ClientSecret>) -> Self {
        self.client_secret = Some(secret.into());
        self.secret_provider = None;
        self
    }

    /// Takes the secret from this provider, in place of [`client_secret`](Self::client_secret): a file, or a
    /// secret store that [replaces it](crate::guide::what_rotates) from time to time.
    ///
    /// The provider is asked before the first call that needs the secret, and what it returns is kept. When
    /// Cognito refuses the secret (`invalid_client`), the provider is asked again, once for all callers and at
    /// most every ten seconds; if it has another secret, the call is sent once more with that one. It has ten
    /// seconds to answer. If it fails, calls fail with
    /// [`AuthError::ClientSecretUnavailable`](crate::AuthError::ClientSecretUnavailable), and it is asked
    /// again after a second. Needs a tokio runtime with its timer enabled.
    pub fn client_secret_from(mut self, provider: impl ClientSecretProvider + 'static) -> Self {
        self.secret_provider = Some(Arc::new(provider));
        self.client_secret = None;
        self
    }

    /// Where to look up the user of a token, whatever its scopes are. By default the scopes decide: GetUser
    /// if the token has `aws.cognito.signin.user.admin`, else userInfo.
    pub fn user_info_source(mut self, source: UserInfoSource) -> Self {
        self.user_info_source = Some(source);
        self
    }

    /// The time limit for a call, from connecting to the last byte of the response. Where a
    /// [provider](Self::client_secret_from) has to be asked for the client secret first, that is included,
    /// and so is a second request with the next secret. Default 10 seconds: a Lambda trigger of the pool
    /// may take 5 of them. More than zero, at most 2 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time limit for connecting, including the TLS handshake, within [`timeout`](Self::timeout).
    /// Default 3 seconds, enough for one lost packet on a slow network.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.transport.connect_timeout = Some(timeout);
        self
    }

    /// How far this machine's clock and Cognito's may differ, where the times of an ID token that
    /// was just issued are compared: `iat` ahead of this clock, `exp` behind it, and `auth_time`
    /// older than a sign-in's [`max_age`](crate::SignInRequest::max_age). Default one minute, more than a
    /// clock that is synchronised over the network differs; at most 10 minutes. If a time differs by more,
    /// the error is [`AuthError::Clock`](crate::AuthError::Clock), and a warning is logged. A verifier has
    /// [a setting of its own](crate::JwtVerifierBuilder::leeway).
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The clock that the times of ID tokens are compared with. Default: the system's. For tests
    /// that move the time.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Trusts a root certificate in addition to the system's, in PEM: for emulators with TLS, and for
    /// networks whose firewall decrypts it. The key fetches of a verifier have
    /// [a setting of their own](crate::keys::RemoteKeySetBuilder::add_root_certificate_pem).
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.transport.root_certificates.push(pem.to_owned());
        self
    }

    /// Sends requests for a host to this address, without DNS: for emulators that serve Cognito's own host
    /// names. The certificate still has to be for the host.
    pub fn resolve(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        self.transport.addresses.push((host.into(), address));
        self
    }

    /// Sends every request through this proxy: an `http` or `https` URL, which may contain a user name
    /// and a password. Default none. The environment is not read, so that an environment variable cannot
    /// redirect tokens. Of a request over `https` the proxy sees the host's name and encrypted bytes.
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.transport.proxy = Some(proxy);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// See [`CognitoClient::new`]; also [`ConfigError::OutOfRange`] when a setting is outside the range that
    /// its method states; [`ConfigError::Value`] for an invalid secret, certificate or proxy, and when a
    /// proxy or an address of [`resolve`](Self::resolve) would send plain `http` to another machine.
    pub fn build(self) -> Result<CognitoClient, ConfigError> {
        check_client_id(&self.client_id)?;
        if let Some(secret) = &self.client_secret {
            check_secret(secret)?;
        }
        if self.leeway > MAX_LEEWAY {
            let range = SettingRange::at_most(SettingBound::Duration(MAX_LEEWAY));
            return Err(ConfigError::OutOfRange { setting: "leeway", range });
        }
        check_time_limit("timeout", self.timeout, MAX_TIMEOUT)?;
        if let Some(timeout) = self.transport.connect_timeout {
            check_time_limit("connect_timeout", timeout, MAX_TIMEOUT)?;
        }
        let addresses = [Some(self.pool.idp_endpoint()), self.pool.domain()];
        let http = self.transport.client(addresses.into_iter().flatten())?;
        let secret = match self.secret_provider {
            Some(provider) => SecretSource::provider(provider),
            None => SecretSource::Fixed(self.client_secret),
        };
        Ok(CognitoClient(Arc::new(Inner {
            pool: self.pool,
            client_id: self.client_id,
            secret,
            user_info_source: self.user_info_source,
            clock: self.clock,
            leeway: self.leeway,
            sender: Sender { http, timeout: self.timeout },
            retries: Arc::new(Semaphore::new(MOST_RETRIES)),
        })))
    }
}

impl fmt::Debug for CognitoClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_confidential = self.client_secret.is_some() || self.secret_provider.is_some();
        f.debug_struct("CognitoClientBuilder")
            .field("pool", &self.pool)
            .field("client_id", &self.client_id)
            .field("confidential", &is_confidential)
            .finish_non_exhaustive()
    }
}
