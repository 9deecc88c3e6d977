//! The settings of an [`AlbVerifier`].

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use url::Url;

use super::fetch::KeyEndpoint;
use super::signer_arn::{SignerArn, SignerService};
use super::signer_keys::SignerKeys;
use super::token::SignedByRules;
use super::{AlbVerification, AlbVerifier, OwnTime};
use crate::claims::AcceptedClients;
use crate::error::{
    ConfigError, RequiredSetting, SettingBound, SettingRange, ValueProblem, check_time_limit,
};
use crate::keys::require_backend;
use crate::pool::{UserPool, check_client_id, parse_address};
use crate::transport::Transport;

/// The tokens live for minutes.
const MAX_LEEWAY: Duration = Duration::from_secs(60);

const MAX_TIMEOUT: Duration = Duration::from_secs(60);

/// Builds an [`AlbVerifier`].
///
/// ```
/// use cognito_auth::alb::AlbVerifier;
///
/// // Users of another OpenID provider, behind one of two load balancers.
/// let verifier = AlbVerifier::builder(
///         "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/blue/50dc6c495c0c9188",
///     )
///     .signer("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/green/5e1c6a7d5c0c9188")
///     .issuer("https://idp.example.com")
///     .client_id("my-client")
///     .build()?;
/// assert_eq!(verifier.header_field(), "x-amzn-oidc-data");
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct AlbVerifierBuilder {
    signers: Vec<String>,
    issuers: Vec<String>,
    clients: Option<AcceptedClients>,
    leeway: Duration,
    clock: Option<OwnTime>,
    key_endpoint: Option<String>,
    timeout: Duration,
    transport: Transport,
}

impl AlbVerifierBuilder {
    pub(super) fn new(signer_arn: &str) -> Self {
        Self {
            signers: vec![signer_arn.to_owned()],
            issuers: Vec::new(),
            clients: None,
            leeway: Duration::ZERO,
            clock: None,
            key_endpoint: None,
            timeout: Duration::from_secs(5),
            transport: Transport::default(),
        }
    }

    /// Accepts another signer as well, of the same service and Region: a load balancer that takes the place of
    /// the first one, for example.
    pub fn signer(mut self, signer_arn: &str) -> Self {
        self.signers.push(signer_arn.to_owned());
        self
    }

    /// Accepts the users of this issuer: the text of `iss`, compared byte by byte. Can be called again:
    /// `sub` and `username` are unique within one issuer alone, so key users by issuer and `sub` then.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Accepts the users of this Cognito pool: all of its [issuers](UserPool::issuers). With more than one pool, or
    /// another [`issuer`](Self::issuer) beside it, key users by issuer and `sub`: `sub` and `username` are unique
    /// within one issuer alone.
    pub fn pool(mut self, pool: &UserPool) -> Self {
        self.issuers.extend_from_slice(pool.issuers());
        self
    }

    /// Accepts the users that the load balancer has signed in with this app client. Can be called again.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        match &mut self.clients {
            Some(AcceptedClients::Only(clients)) => clients.push(client_id.into()),
            _ => self.clients = Some(AcceptedClients::Only(vec![client_id.into()])),
        }
        self
    }

    /// Accepts the users of every app client of the issuers. Only where every listener rule of the load
    /// balancer may lead to this service.
    pub fn accept_every_client(mut self) -> Self {
        self.clients = Some(AcceptedClients::Any);
        self
    }

    /// How far this machine's clock may differ from the signer's, in the checks of `exp` and `nbf`. Default
    /// zero, at most one minute, in whole seconds: the tokens live for minutes.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The clock that `exp` and `nbf` are compared with, read for every request. For tests that move the time.
    /// Default: the system's.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The address that a slash and the key id are appended to. Default: the one of AWS for the signer's service
    /// and Region, in AWS GovCloud (US) included. AWS documents none for China and for the European Sovereign
    /// Cloud: it has to be set there. Also for a server of your own that passes the keys on to a network
    /// without a way out. `https`, or `http` to loopback.
    pub fn key_endpoint(mut self, address: impl Into<String>) -> Self {
        self.key_endpoint = Some(address.into());
        self
    }

    /// The time limit for the fetch of a key. Default 5 seconds: a key has 200 bytes, and requests wait for it
    /// after a start. More than zero, at most one minute.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Trusts a root certificate in addition to the system's, in PEM.
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.transport.root_certificates.push(pem.to_vec());
        self
    }

    /// Sends requests for a host to this address, without DNS.
    pub fn resolve(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        self.transport.addresses.push((host.into(), address));
        self
    }

    /// Sends every request through this proxy: an `http` or `https` URL, which may contain a user name and a
    /// password. Default none; the environment is not read.
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.transport.proxy = Some(proxy);
        self
    }

    /// Builds the verifier. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when a signer is no ARN of an Application Load Balancer or Verified Access
    /// instance, or of another service or Region than the first; for an issuer that no token can name; for an app
    /// client with Verified Access, whose tokens name none. [`ConfigError::Missing`] without an issuer, without
    /// [`client_id`](Self::client_id) or [`accept_every_client`](Self::accept_every_client) for a load balancer,
    /// and without [`key_endpoint`](Self::key_endpoint) where AWS documents none. [`ConfigError::ClientId`],
    /// [`ConfigError::Url`], [`ConfigError::InsecureUrl`]; [`ConfigError::OutOfRange`] for leeway and timeout;
    /// those of the HTTP client, as for [`RemoteKeySet`](crate::keys::RemoteKeySet).
    pub fn build(self) -> Result<AlbVerifier, ConfigError> {
        require_backend()?;
        let refused = |setting, reason| ConfigError::Value { setting, reason };
        let mut arns = self.signers.iter().map(|arn| SignerArn::parse(arn));
        let first = arns.next().unwrap_or_else(|| SignerArn::parse(""))?;
        for other in arns {
            if !other?.is_beside(&first) {
                return Err(refused("the signer", ValueProblem::SignerElsewhere));
            }
        }
        if self.issuers.is_empty() {
            return Err(ConfigError::Missing { setting: RequiredSetting::Issuers });
        }
        let can_be_named = |issuer: &String| {
            (1..=1024).contains(&issuer.len()) && issuer.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !self.issuers.iter().all(can_be_named) {
            return Err(refused("the issuer", ValueProblem::NotAnIssuer));
        }
        match (first.service, &self.clients) {
            (SignerService::LoadBalancer, None) => {
                return Err(ConfigError::Missing { setting: RequiredSetting::ClientId });
            }
            (SignerService::VerifiedAccess, Some(_)) => {
                return Err(refused("client_id", ValueProblem::NoClientInTokens));
            }
            (_, Some(AcceptedClients::Only(clients))) => {
                clients.iter().try_for_each(|client_id| check_client_id(client_id))?;
            }
            (_, Some(AcceptedClients::Any) | None) => {}
        }
        if self.leeway > MAX_LEEWAY {
            let range = SettingRange::at_most(SettingBound::Duration(MAX_LEEWAY));
            return Err(ConfigError::OutOfRange { setting: "leeway", range });
        }
        check_time_limit("timeout", self.timeout, MAX_TIMEOUT)?;
        let address = self.key_endpoint.or_else(|| first.key_endpoint());
        let address =
            address.ok_or(ConfigError::Missing { setting: RequiredSetting::KeyEndpoint })?;
        let address = parse_address("key_endpoint", &address)?;
        let curve = first.service.curve();
        let endpoint = KeyEndpoint::new(address, curve, self.timeout, &self.transport)?;
        Ok(AlbVerifier(Arc::new(AlbVerification {
            rules: SignedByRules {
                service: first.service,
                signers: self.signers,
                issuers: self.issuers,
                clients: self.clients,
                leeway: self.leeway.as_secs(),
            },
            keys: Arc::new(SignerKeys::new(endpoint)),
            clock: self.clock,
        })))
    }
}

impl fmt::Debug for AlbVerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlbVerifierBuilder")
            .field("signers", &self.signers)
            .field("issuers", &self.issuers)
            .field("clients", &self.clients)
            .finish_non_exhaustive()
    }
}
