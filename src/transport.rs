//! How requests leave the process: one way to set up an HTTP client, one way to send, one way to
//! read a body.

mod client;
mod foreign;
mod lost;
mod opened;
#[cfg(feature = "rustls")]
mod tls;

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use url::Url;

use crate::error::{ConfigError, Unreachable, ValueProblem};
use crate::loopback::{is_loopback_address, is_loopback_url};
pub(crate) use client::{Delivery, HttpClient, SentTwice};
pub(crate) use foreign::{Foreign, foreign};

/// The time to connect, TLS included. Three seconds are one lost packet on a slow path.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long an idle connection is kept. Load balancers, NAT gateways and firewalls end idle
/// connections after 20 seconds and more, some of them without telling this side.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// What is added to a client: for emulators, and for networks with one way out.
#[derive(Clone, Default)]
pub(crate) struct Transport {
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) addresses: Vec<(String, SocketAddr)>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) proxy: Option<Url>,
}

/// Which root certificates a server's certificate is checked with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Roots {
    /// The system's, and those that were added.
    System,
    /// Those that were added. TLS is not set up: nothing is read from the disk, and a machine
    /// without root certificates is as good as any other.
    Added,
}

impl Transport {
    /// A client for these addresses. It follows no redirect (a secret sent along would reach a
    /// stranger), and takes no proxy from the environment: the library reads none. One that is set
    /// is used for every request.
    ///
    /// TLS is set up where an address is `https`, or the proxy's is. Where the machine has no root
    /// certificates the client is built all the same, and each `https` request fails with
    /// [`Unreachable::NoRootCertificates`]: a verifier with `StaticKeySet`s beside it, and every test
    /// that sends nothing, works on such a machine.
    pub(crate) fn client<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a Url>,
    ) -> Result<HttpClient, ConfigError> {
        let addresses: Vec<&Url> = addresses.into_iter().collect();
        self.check(&addresses)?;
        let uses_tls = addresses.iter().copied().chain(&self.proxy).any(is_https);
        if !uses_tls {
            return self.with_roots(Roots::Added);
        }
        if cfg!(not(any(feature = "rustls", feature = "native-tls"))) {
            return Err(ConfigError::NoTlsBackend);
        }
        let error = match self.with_roots(Roots::System) {
            Err(error) if self.root_certificates.is_empty() => error,
            built => return built,
        };
        // The one difference between the two is the system's root certificates.
        let Ok(mut client) = self.with_roots(Roots::Added) else { return Err(error) };
        client.lacks_roots = true;
        tracing::warn!(
            target: "cognito_auth::transport",
            code = "no_root_certificates",
            %error,
            "no root certificates: install ca-certificates, or add one"
        );
        Ok(client)
    }

    fn with_roots(&self, roots: Roots) -> Result<HttpClient, ConfigError> {
        Ok(HttpClient {
            pooled: self.set_up(roots, true)?,
            unpooled: OnceLock::new(),
            transport: self.clone(),
            roots,
            lacks_roots: false,
        })
    }

    /// With `pooled`, idle connections are kept for the next request.
    fn set_up(&self, roots: Roots, pooled: bool) -> Result<reqwest::Client, ConfigError> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // A request is sent again by `HttpClient::send`, or not at all.
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(if pooled { usize::MAX } else { 0 })
            .connector_layer(opened::NoteOpened)
            .no_proxy()
            .referer(false)
            // The bound on a body is one on what is sent: were it inflated, a small one could be
            // anything. An application that turns these features of reqwest on has them here too,
            // and HTTP/2 with its own rules of what is sent again.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .http1_only()
            .user_agent(concat!("cognito-auth/", env!("CARGO_PKG_VERSION")));
        let builder = self.with_tls(builder, roots)?;
        let builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy_of(proxy)?),
            None => builder,
        };
        let builder = self
            .addresses
            .iter()
            .fold(builder, |builder, (host, address)| builder.resolve(host, *address));
        builder.build().map_err(|error| not_set_up(&error))
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn with_tls(
        &self,
        builder: reqwest::ClientBuilder,
        roots: Roots,
    ) -> Result<reqwest::ClientBuilder, ConfigError> {
        #[cfg(feature = "rustls")]
        if roots == Roots::System && self.root_certificates.is_empty() {
            let config = tls::with_system_roots().map_err(|error| not_set_up(&error))?;
            return Ok(builder.tls_backend_preconfigured(config));
        }
        #[cfg(feature = "rustls")]
        let builder = builder.tls_backend_rustls();
        #[cfg(not(feature = "rustls"))]
        let builder = builder.tls_backend_native();
        let builder = builder.tls_version_min(reqwest::tls::Version::TLS_1_2);
        let read = |pem: &Vec<u8>| reqwest::Certificate::from_pem(pem);
        let added: Result<Vec<_>, _> = self.root_certificates.iter().map(read).collect();
        let added = added.map_err(|error| not_set_up(&error))?;
        Ok(match roots {
            Roots::System => builder.tls_certs_merge(added),
            Roots::Added => builder.tls_certs_only(added),
        })
    }

    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    fn with_tls(
        &self,
        builder: reqwest::ClientBuilder,
        _: Roots,
    ) -> Result<reqwest::ClientBuilder, ConfigError> {
        Ok(builder)
    }

    fn check(&self, addresses: &[&Url]) -> Result<(), ConfigError> {
        for pem in &self.root_certificates {
            // What does not begin a line is passed over in silence later.
            let mut lines = pem.split(|byte| matches!(byte, b'\n' | b'\r'));
            if !lines.any(|line| line.starts_with(b"-----BEGIN CERTIFICATE-----")) {
                let reason = ValueProblem::NoCertificate;
                return Err(ConfigError::Value { setting: "the root certificate", reason });
            }
        }
        if let Some(proxy) = &self.proxy {
            proxy_of(proxy)?;
        }
        if addresses.iter().all(|url| is_https(url)) {
            return Ok(());
        }
        // Plain http is for this machine, and tokens go with it: see `UserPool`.
        if let Some(proxy) = &self.proxy
            && !self.stays_here(proxy)
        {
            let reason = ValueProblem::UnencryptedProxy;
            return Err(ConfigError::Value { setting: "the proxy", reason });
        }
        if !addresses.iter().all(|url| is_https(url) || self.stays_here(url)) {
            let reason = ValueProblem::UnencryptedHost;
            return Err(ConfigError::Value { setting: "resolve", reason });
        }
        Ok(())
    }

    /// Whether a connection to this host ends on this machine.
    fn stays_here(&self, url: &Url) -> bool {
        let set = |(host, _): &&(String, SocketAddr)| {
            url.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host))
        };
        // Of two for one host the client takes the later one.
        match self.addresses.iter().rev().find(set) {
            Some((_, address)) => is_loopback_address(address.ip()),
            None => is_loopback_url(url),
        }
    }
}

fn is_https(url: &Url) -> bool {
    url.scheme() == "https"
}

fn not_set_up(error: &(dyn std::error::Error + 'static)) -> ConfigError {
    ConfigError::HttpClient { reason: lost::with_causes(error) }
}

fn proxy_of(address: &Url) -> Result<reqwest::Proxy, ConfigError> {
    let refused = |reason| ConfigError::Value { setting: "the proxy", reason };
    if !matches!(address.scheme(), "http" | "https") {
        return Err(refused(ValueProblem::ProxyScheme));
    }
    // reqwest's own text would have the address in it, and with it a password.
    reqwest::Proxy::all(address.as_str()).map_err(|_| refused(ValueProblem::NotAProxy))
}

pub(crate) enum BodyError {
    TooLarge,
    Unreachable(Unreachable),
}

/// Reads a body in pieces, and stops where the bound is passed, whatever length was announced. With
/// the error comes what was read until then.
pub(crate) async fn read_body(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Vec<u8>, (BodyError, Vec<u8>)> {
    // What was announced fits without growing, which would leave copies of its beginning.
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(limit));
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > limit => {
                body.extend_from_slice(&piece[..limit - body.len()]);
                return Err((BodyError::TooLarge, body));
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(error) => {
                return Err((BodyError::Unreachable(lost::in_the_body(&error)), body));
            }
        }
    }
}

#[cfg(test)]
mod tests;
