//! Keeps browsers at one name of this machine: a browser does not send a cookie of `localhost` to
//! `127.0.0.1`, the host of the redirect URI, and the sign-in would fail without it.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// Whether a request was sent to another name of this machine than `home` has, at the same port.
///
/// Only then is a redirect to `home` safe: behind a proxy `Host` may be chosen by the proxy, and a redirect
/// for every other name could loop.
pub(crate) fn is_another_name(headers: &HeaderMap, home: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let asked = host.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    let (Some(asked), Ok(home)) = (asked, Url::parse(home)) else { return false };
    asked.port_or_known_default() == home.port_or_known_default()
        && asked.host() != home.host()
        && is_this_machine(&asked)
        && is_this_machine(&home)
}

/// Whether `home` has a name that always means this machine.
pub(crate) fn is_of_this_machine(home: &str) -> bool {
    Url::parse(home).is_ok_and(|home| is_this_machine(&home))
}

/// Whether a request was sent to such a name. Any other name may belong to another site, which can point it to
/// this machine after its page was loaded (DNS rebinding), and its scripts could then read the answer.
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
