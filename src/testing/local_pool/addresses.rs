//! Addresses: those that a client registers, and the pool's own.

use std::net::SocketAddr;

use url::Url;

use crate::error::{ConfigError, UrlProblem};
use crate::loopback::is_loopback_url;
use crate::pool::{IssuerKind, UserPool};

/// An absolute URL of at most 1024 characters without a fragment: `https`, `http` to this machine,
/// or a scheme of the app's own (Developer Guide, "Authorize endpoint").
pub(crate) fn check_uri(setting: &'static str, uri: &str) -> Result<(), ConfigError> {
    let refused = |reason| Err(ConfigError::Url { setting, reason });
    if uri.len() > 1024 || !uri.bytes().all(|b| b.is_ascii_graphic()) {
        return refused(UrlProblem::TooLongOrNotAscii);
    }
    let Ok(url) = Url::parse(uri) else { return refused(UrlProblem::NotAbsolute) };
    if url.fragment().is_some() {
        return refused(UrlProblem::Fragment);
    }
    match url.scheme() {
        "http" if !is_loopback_url(&url) => Err(ConfigError::InsecureUrl { setting }),
        "javascript" | "data" => refused(UrlProblem::NotAnApplication),
        _ => Ok(()),
    }
}

/// The pool as a client sees it: everything at the server's address, or at names that cannot exist
/// ([RFC 2606 §2](https://www.rfc-editor.org/rfc/rfc2606#section-2)).
pub(crate) fn user_pool(id: &str, address: Option<SocketAddr>) -> Result<UserPool, ConfigError> {
    let pool = UserPool::new(id)?;
    let Some(address) = address else {
        let domain = "https://local-user-pool.invalid";
        return pool
            .with_issuer_kind(IssuerKind::Original)
            .with_domain(domain)?
            .with_idp_endpoint(domain)?
            .with_jwks_uri(&format!("{domain}/{id}/.well-known/jwks.json"));
    };
    let base = format!("http://{address}");
    pool.with_issuers([format!("{base}/{id}")])?
        .with_domain(&base)?
        .with_idp_endpoint(&base)?
        .with_jwks_uri(&format!("{base}/{id}/.well-known/jwks.json"))
}
