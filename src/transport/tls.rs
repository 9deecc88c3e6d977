//! The TLS configuration that the HTTP clients of this process share.

use std::sync::{Arc, Mutex, PoisonError};

use rustls_platform_verifier::Verifier;
use tokio_rustls::rustls::crypto::{self, CryptoProvider};
use tokio_rustls::rustls::{ClientConfig, Error};

/// A configuration, and the provider of cryptography that the program had chosen when it was made.
type Shared = Mutex<Option<(Option<Arc<CryptoProvider>>, ClientConfig)>>;

/// Checks certificates with the system's roots; TLS 1.2 or later, for HTTP/1.1.
///
/// The roots are read once in a process: that takes two milliseconds, and a service may have a client for
/// each of a thousand pools. They are read again where reading them failed, and where the program has chosen
/// another provider of cryptography since.
pub(super) fn with_system_roots() -> Result<ClientConfig, Error> {
    static SHARED: Shared = Mutex::new(None);
    shared(&SHARED, CryptoProvider::get_default().cloned(), configuration)
}

fn shared(
    shared: &Shared,
    chosen: Option<Arc<CryptoProvider>>,
    make: impl FnOnce(Arc<CryptoProvider>) -> Result<ClientConfig, Error>,
) -> Result<ClientConfig, Error> {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((made_for, config)) = &*shared
        && made_for.as_ref().map(Arc::as_ptr) == chosen.as_ref().map(Arc::as_ptr)
    {
        return Ok(config.clone());
    }
    let default = || Arc::new(crypto::aws_lc_rs::default_provider());
    let config = make(chosen.clone().unwrap_or_else(default))?;
    *shared = Some((chosen, config.clone()));
    Ok(config)
}

fn configuration(provider: Arc<CryptoProvider>) -> Result<ClientConfig, Error> {
    let verifier = Verifier::new(Arc::clone(&provider))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests;
