//! [`Unreachable`]: why a request to the identity provider, or to its key server, got no answer.

use std::fmt;

/// Why a request to the identity provider, or to its key server, got no answer, or not all of it.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// No connection: it was refused, or there is no route to the host.
    #[error("no connection")]
    Connect,
    /// The host name has no address: the name is wrong, or DNS does not work.
    #[error("no such host")]
    HostNotFound,
    /// No connection through the proxy: the proxy cannot be reached, or refuses.
    #[error("no connection through the proxy")]
    Proxy,
    /// The proxy requires a user name and a password, or refuses those that were sent (407).
    #[error("the proxy asks for a user name and a password (status 407)")]
    ProxyAuthentication,
    /// The TLS handshake failed, for a reason other than the certificate.
    #[error("the TLS handshake failed")]
    Tls,
    /// The server's certificate is from an authority that this machine does not trust, is for another host,
    /// or is not valid at this time.
    #[error(
        "the server's certificate is not trusted: install the package ca-certificates, or add its issuer with add_root_certificate_pem"
    )]
    Certificate,
    /// This machine has no root certificate to check the server's certificate with. Nothing was sent. Root
    /// certificates are read when a client is built.
    #[error(
        "this machine has no root certificates: install the package ca-certificates, or add one with add_root_certificate_pem"
    )]
    NoRootCertificates,
    /// The time limit passed before the response was complete.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before the response was complete.
    #[error("the answer was cut off")]
    CutOff,
}

impl fmt::Debug for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::in_words(self, f)
    }
}

impl Unreachable {
    /// A stable word for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::HostNotFound => "host_not_found",
            Self::Proxy => "proxy",
            Self::ProxyAuthentication => "proxy_authentication",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::NoRootCertificates => "no_root_certificates",
            Self::Timeout => "timeout",
            Self::CutOff => "cut_off",
        }
    }

    /// Whether the provider has certainly not seen the request.
    pub(crate) fn is_unsent(self) -> bool {
        match self {
            Self::Connect
            | Self::HostNotFound
            | Self::Proxy
            | Self::ProxyAuthentication
            | Self::Tls
            | Self::Certificate
            | Self::NoRootCertificates => true,
            Self::Timeout | Self::CutOff => false,
        }
    }
}
