//! What makes a verdict impossible: keys or revocation stores that are not to be had.

use std::fmt;

/// Why the keys of an issuer are not at hand.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysUnavailable {
    /// None were ever fetched, and this form of the call does not wait: `prefetch` first.
    #[error("not fetched yet")]
    NotFetched,
    /// The last fetch is too recent to try again, and there are no keys to go on with.
    #[error("the last fetch failed, and the next is not due yet")]
    CoolingDown,
    /// No connection to the key server: refused, or no way there.
    #[error("no connection")]
    Connect,
    /// The key server's host has no address: a typing error in it, or no DNS.
    #[error("no such host")]
    HostNotFound,
    /// No connection through the proxy: it cannot be reached, or it refused.
    #[error("no connection through the proxy")]
    Proxy,
    /// The proxy asks for a user name and a password (407), or for others.
    #[error("the proxy asks for a user name and a password (status 407)")]
    ProxyAuthentication,
    /// The TLS handshake failed, for another reason than the certificate.
    #[error("the TLS handshake failed")]
    Tls,
    /// The key server's certificate is from an issuer that is not trusted here, is for another host,
    /// or its time is over.
    #[error(
        "the server's certificate is not trusted: install the package ca-certificates, or add its issuer with add_root_certificate_pem"
    )]
    Certificate,
    /// There is not one root certificate on this machine to check the key server's with. They are
    /// read when a key set is built.
    #[error(
        "this machine has no root certificates: install the package ca-certificates, or add one with add_root_certificate_pem"
    )]
    NoRootCertificates,
    /// The key server gave no whole answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection to the key server ended before the answer did.
    #[error("the answer was cut off")]
    CutOff,
    /// The key server answered with another status than 200, a redirect included. Cognito has 400
    /// and 404 for a pool that it does not know.
    #[error("status {0}{hint}", hint = hint(*.0))]
    Status(u16),
    /// The answer is larger than the bound.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is not a JWKS.
    #[error("the answer is not a JWKS")]
    NotJwks,
    /// A page of HTML where the JWKS should be: a proxy's, or that of another server.
    #[error("the answer is a page of HTML, not a JWKS")]
    Html,
    /// A compressed answer, which was not asked for and is not inflated.
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
    /// A JWKS without a single key that can verify a token: no token can be verified until there is
    /// one, with the keys of before neither.
    #[error("the JWKS has no usable key")]
    NoUsableKey,
    /// There is no tokio runtime here to fetch with.
    #[error("no tokio runtime")]
    NoRuntime,
    /// The fetch ended without a result: the runtime is shutting down.
    #[error("the fetch was abandoned")]
    Abandoned,
}

debug_in_words!(KeysUnavailable);

impl KeysUnavailable {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFetched => "not_fetched",
            Self::CoolingDown => "cooling_down",
            Self::Connect => "connect",
            Self::HostNotFound => "host_not_found",
            Self::Proxy => "proxy",
            Self::ProxyAuthentication => "proxy_authentication",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::NoRootCertificates => "no_root_certificates",
            Self::Timeout => "timeout",
            Self::CutOff => "cut_off",
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::NotJwks => "not_jwks",
            Self::Html => "html",
            Self::Compressed => "compressed",
            Self::NoUsableKey => "no_usable_key",
            Self::NoRuntime => "no_runtime",
            Self::Abandoned => "abandoned",
        }
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        400 | 404 => ": there may be no such user pool; check its id and the Region in it",
        _ => "",
    }
}

/// A revocation store that cannot answer, or cannot take an entry.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the revocation store is not available: {reason}")]
#[non_exhaustive]
pub struct RevocationError {
    /// What is wrong, without token data.
    pub reason: &'static str,
}

impl fmt::Debug for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::in_words(self, f)
    }
}

impl RevocationError {
    /// An error with this reason.
    pub fn new(reason: &'static str) -> Self {
        Self { reason }
    }
}
