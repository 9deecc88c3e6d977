//! The one rule for what may go without TLS: an address of this machine, which crosses no network
//! ([RFC 8252 §8.3](https://www.rfc-editor.org/rfc/rfc8252#section-8.3)).

use std::net::IpAddr;

use url::{Host, Url};

/// Whether the URL's host is `localhost` or a loopback address.
pub(crate) fn is_loopback_url(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => is_loopback_address(address.into()),
        Some(Host::Ipv6(address)) => is_loopback_address(address.into()),
        None => false,
    }
}

/// Whether a host is `localhost` or a loopback address, which is written without brackets.
#[cfg(any(test, feature = "redis", feature = "testing"))]
pub(crate) fn is_loopback_host(host: &str) -> bool {
    is_localhost(host) || host.parse().is_ok_and(is_loopback_address)
}

/// Whether an address is a loopback address, also in the form that IPv6 has for those of IPv4.
pub(crate) fn is_loopback_address(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// No other name is one of this machine for certain: DNS may answer for `a.localhost`.
fn is_localhost(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests;
