//! Addresses: absolute, `https` (or loopback), nothing in them that does not belong.

use url::{Host, Url};

use crate::error::ConfigError;

/// Reads a base address. A path is kept; credentials, query and fragment are refused.
pub(super) fn parse(setting: &'static str, text: &str) -> Result<Url, ConfigError> {
    let refused = |reason| ConfigError::Url { setting, reason };
    if text.len() > 1024 {
        return Err(refused("it is longer than 1024 characters"));
    }
    let url = Url::parse(text)
        .map_err(|_| refused("it is not an absolute URL, such as https://auth.example.com"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it contains a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("it contains a query or a fragment"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(ConfigError::InsecureUrl { setting }),
        _ => Err(refused("its scheme is not https")),
    }
}

/// This machine and no other: what never crosses a network may go without TLS
/// ([RFC 8252 §8.3](https://www.rfc-editor.org/rfc/rfc8252#section-8.3)).
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// `path` below `base`, whatever slash `base` ends with.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let joined = format!("{}{path}", base.path().trim_end_matches('/'));
    url.set_path(&joined);
    url
}
