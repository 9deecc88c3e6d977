//! How requests leave the process: one way to set up an HTTP client, one way to read a body.

use std::net::SocketAddr;
use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use url::Url;

use crate::error::{ConfigError, Unreachable};

/// The time to connect, TLS included. Three seconds are one lost packet on a slow path.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// What is added to a client: for emulators, and for networks with one way out.
#[derive(Clone, Default)]
pub(crate) struct Transport {
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) addresses: Vec<(String, SocketAddr)>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) proxy: Option<Url>,
}

impl Transport {
    /// A client for these addresses. It follows no redirect (a secret sent along would reach a
    /// stranger), and takes no proxy from the environment: the library reads none. One that is set
    /// is used for every request.
    pub(crate) fn client<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a Url>,
    ) -> Result<reqwest::Client, ConfigError> {
        let tls = cfg!(any(feature = "rustls", feature = "native-tls"));
        if !tls && addresses.into_iter().any(|url| url.scheme() == "https") {
            return Err(ConfigError::NoTlsBackend);
        }
        let failed = |error: reqwest::Error| ConfigError::HttpClient { reason: error.to_string() };
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            .no_proxy()
            .referer(false)
            // The bound on a body is one on what is sent: were it inflated, a small one could be
            // anything. An application that turns these features of reqwest on has them here too.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .user_agent(concat!("cognito-auth/", env!("CARGO_PKG_VERSION")));
        #[cfg(feature = "rustls")]
        let builder = builder.tls_backend_rustls();
        #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
        let builder = builder.tls_backend_native();
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let builder = self.root_certificates.iter().try_fold(builder, |builder, pem| {
            Ok(builder.add_root_certificate(reqwest::Certificate::from_pem(pem).map_err(failed)?))
        })?;
        let builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy_of(proxy)?),
            None => builder,
        };
        let builder = self
            .addresses
            .iter()
            .fold(builder, |builder, (host, address)| builder.resolve(host, *address));
        builder.build().map_err(failed)
    }
}

fn proxy_of(address: &Url) -> Result<reqwest::Proxy, ConfigError> {
    let refused = |reason| ConfigError::Value { setting: "the proxy", reason };
    if !matches!(address.scheme(), "http" | "https") {
        return Err(refused("it is not an http or https address"));
    }
    // reqwest's own text would have the address in it, and with it a password.
    reqwest::Proxy::all(address.as_str())
        .map_err(|_| refused("the HTTP client takes no such proxy"))
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
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > limit => {
                body.extend_from_slice(&piece[..limit - body.len()]);
                return Err((BodyError::TooLarge, body));
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(error) => return Err((BodyError::Unreachable(unreachable(&error)), body)),
        }
    }
}

/// What came where JSON was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// A page for people: a proxy's, a firewall's, or that of another server.
    Html,
    /// A body that is compressed. Nothing here asks for it, and nothing inflates it.
    Compressed,
}

/// Looks at a body that could not be read.
pub(crate) fn foreign(headers: &HeaderMap, body: &[u8]) -> Option<Foreign> {
    const GZIP: &[u8] = b"\x1f\x8b";
    let any = |name, is: fn(&[u8]) -> bool| {
        let mut values = headers.get_all(name).iter();
        values.any(|value| is(&value.as_bytes().trim_ascii().to_ascii_lowercase()))
    };
    let encoded = any(CONTENT_ENCODING, |coding| !matches!(coding, b"" | b"identity"));
    if encoded || body.starts_with(GZIP) {
        return Some(Foreign::Compressed);
    }
    let text = body.trim_ascii_start();
    let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|b| b.eq_ignore_ascii_case(with));
    let is_page = begins(b"<!doctype html")
        || begins(b"<html")
        || any(CONTENT_TYPE, |media_type| media_type.starts_with(b"text/html"));
    is_page.then_some(Foreign::Html)
}

/// How a request got lost. reqwest's own text holds the address, which may hold a code: it goes
/// nowhere.
pub(crate) fn unreachable(error: &reqwest::Error) -> Unreachable {
    if error.is_timeout() {
        Unreachable::Timeout
    } else if error.is_connect() {
        Unreachable::Connect
    } else {
        Unreachable::CutOff
    }
}
