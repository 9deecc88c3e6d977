//! How a request got lost. The HTTP client's own texts hold the address, which may hold a code: they
//! go nowhere.

use std::error::Error;
use std::io;
use std::iter::successors;

use crate::error::Unreachable;

/// Before an answer began.
pub(super) fn unreachable(error: &reqwest::Error, proxied: bool) -> Unreachable {
    if error.is_timeout() {
        return Unreachable::Timeout;
    }
    if !error.is_connect() {
        return Unreachable::CutOff;
    }
    // With a proxy nothing else is looked up or connected to.
    let without_a_cause = if proxied { Unreachable::Proxy } else { Unreachable::Connect };
    causes(error).find_map(|cause| of_connecting(cause, proxied)).unwrap_or(without_a_cause)
}

/// The types of hyper-util's errors are not public: their texts tell them apart.
fn of_connecting(cause: &(dyn Error + 'static), proxied: bool) -> Option<Unreachable> {
    if let Some(how) = of_tls(cause) {
        return Some(how);
    }
    // TCP has no word for it. The peer ended the connection in the middle of the handshake.
    if cause.downcast_ref().is_some_and(|io: &io::Error| io.kind() == io::ErrorKind::UnexpectedEof)
    {
        return Some(Unreachable::Tls);
    }
    match cause.to_string().as_str() {
        // The proxy's answer to CONNECT.
        "tunnel error: proxy authorization required" => Some(Unreachable::ProxyAuthentication),
        text if text.starts_with("tunnel error") => Some(Unreachable::Proxy),
        "dns error" if !proxied => Some(Unreachable::HostNotFound),
        _ => None,
    }
}

pub(super) fn in_the_body(error: &reqwest::Error) -> Unreachable {
    if error.is_timeout() { Unreachable::Timeout } else { Unreachable::CutOff }
}

/// An error's text and its causes', with colons between. For what is set up: no address is in it.
pub(super) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<_> =
        successors(Some(error), |error| cause(*error)).map(|error| error.to_string()).collect();
    texts.join(": ")
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    successors(error.source(), |error| cause(*error))
}

/// An I/O error passes over the error that it is made of.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

#[cfg(feature = "rustls")]
fn of_tls(cause: &(dyn Error + 'static)) -> Option<Unreachable> {
    use tokio_rustls::rustls::Error;

    Some(match cause.downcast_ref()? {
        Error::InvalidCertificate(_) => Unreachable::Certificate,
        _ => Unreachable::Tls,
    })
}

/// OpenSSL's words for a certificate; the other libraries have no word of their own for it.
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
fn of_tls(cause: &(dyn Error + 'static)) -> Option<Unreachable> {
    let error: &native_tls::Error = cause.downcast_ref()?;
    Some(match error.to_string().contains("certificate verify failed") {
        true => Unreachable::Certificate,
        false => Unreachable::Tls,
    })
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn of_tls(_: &(dyn Error + 'static)) -> Option<Unreachable> {
    None
}
