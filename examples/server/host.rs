//! The one name of this machine: a cookie of `localhost` does not come back at `127.0.0.1`, where
//! the redirect URI leads, and the sign-in would fail for want of it.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// Whether a request was sent to another name of this machine than `home` has, at the same port.
///
/// Only then is a redirect to `home` safe: behind a proxy, `Host` may be the proxy's choice, and a
/// redirect for every strange one would go round in circles.
pub(crate) fn is_another_name(headers: &HeaderMap, home: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let asked = host.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    let (Some(asked), Ok(home)) = (asked, Url::parse(home)) else { return false };
    asked.port_or_known_default() == home.port_or_known_default()
        && asked.host() != home.host()
        && is_this_machine(&asked)
        && is_this_machine(&home)
}

/// Whether browsers come here by a name that no other machine can be reached by.
pub(crate) fn is_of_this_machine(home: &str) -> bool {
    Url::parse(home).is_ok_and(|home| is_this_machine(&home))
}

/// Whether a request was sent to such a name. Another that leads here belongs to another site: DNS can be
/// changed after a page of that name was loaded, and its scripts then read what this machine answers.
pub(crate) fn is_asked_for_as_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let url = host.to_str().ok().and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    url.is_some_and(|url| is_this_machine(&url) && url.username().is_empty() && url.path() == "/")
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
