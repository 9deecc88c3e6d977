//! Names of this machine: `/metrics` is for them alone.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// Whether an address has a name that always means this machine.
pub(crate) fn is_of_this_machine(address: &str) -> bool {
    Url::parse(address).is_ok_and(|address| is_this_machine(&address))
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
