//! TLS to Redis, by the backend that is compiled in: version 1.2 or later. The certificate is always
//! checked, and against the same roots as Cognito's: the system's.

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
use native_backend as backend;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
use no_backend as backend;
#[cfg(feature = "rustls")]
use rustls_backend as backend;

pub(crate) use backend::Tls;

#[cfg(feature = "rustls")]
mod rustls_backend {
    use std::sync::Arc;

    use rustls_platform_verifier::Verifier;
    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::crypto;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, Error};

    use crate::error::ConfigError;
    use crate::revocation::redis::wire::fault::RedisFault;

    /// Nothing where there is not one root certificate: connecting says so.
    #[derive(Clone)]
    pub(crate) struct Tls(Option<TlsConnector>);

    impl Tls {
        /// With the program's own choice of cryptography where it made one. A machine without root
        /// certificates is no error here, as it is none for the HTTP client: what is never connected
        /// needs none.
        pub(crate) fn new(roots: &[Vec<u8>]) -> Result<Self, ConfigError> {
            let provider = crypto::CryptoProvider::get_default()
                .cloned()
                .unwrap_or_else(|| Arc::new(crypto::aws_lc_rs::default_provider()));
            let mut extra: Vec<CertificateDer<'static>> = Vec::new();
            for pem in roots {
                let before = extra.len();
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    extra.push(certificate.map_err(|_| super::BAD_ROOT)?);
                }
                // What is in no section of that name was passed over.
                if extra.len() == before {
                    return Err(super::BAD_ROOT);
                }
            }
            let none_added = extra.is_empty();
            let config = || -> Result<ClientConfig, Error> {
                let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider))?;
                Ok(ClientConfig::builder_with_provider(provider)
                    .with_safe_default_protocol_versions()?
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(verifier))
                    .with_no_client_auth())
            };
            match config() {
                Ok(config) => Ok(Self(Some(TlsConnector::from(Arc::new(config))))),
                // The system's are all that can be missing then.
                Err(error) if none_added => {
                    tracing::warn!(
                        target: "cognito_auth::revocation",
                        code = "no_root_certificates",
                        %error,
                        "no root certificates for Redis: install ca-certificates, or add one"
                    );
                    Ok(Self(None))
                }
                Err(_) => Err(super::NO_SETUP),
            }
        }

        pub(crate) async fn connect(
            &self,
            host: &str,
            stream: TcpStream,
        ) -> Result<TlsStream<TcpStream>, RedisFault> {
            let connector = self.0.as_ref().ok_or(RedisFault::NoRootCertificates)?;
            let name = ServerName::try_from(host.to_owned()).map_err(|_| RedisFault::Tls)?;
            connector.connect(name, stream).await.map_err(|_| RedisFault::Tls)
        }
    }
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
mod native_backend {
    use tokio::net::TcpStream;
    use tokio_native_tls::{TlsConnector, TlsStream};

    use crate::error::ConfigError;
    use crate::revocation::redis::wire::fault::RedisFault;

    #[derive(Clone)]
    pub(crate) struct Tls(TlsConnector);

    impl Tls {
        pub(crate) fn new(roots: &[Vec<u8>]) -> Result<Self, ConfigError> {
            let mut builder = native_tls::TlsConnector::builder();
            builder.min_protocol_version(Some(native_tls::Protocol::Tlsv12));
            for pem in roots {
                let certificate = native_tls::Certificate::from_pem(pem);
                builder.add_root_certificate(certificate.map_err(|_| super::BAD_ROOT)?);
            }
            Ok(Self(TlsConnector::from(builder.build().map_err(|_| super::NO_SETUP)?)))
        }

        pub(crate) async fn connect(
            &self,
            host: &str,
            stream: TcpStream,
        ) -> Result<TlsStream<TcpStream>, RedisFault> {
            self.0.connect(host, stream).await.map_err(|_| RedisFault::Tls)
        }
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod no_backend {
    use tokio::net::TcpStream;

    use crate::error::ConfigError;
    use crate::revocation::redis::wire::fault::RedisFault;

    /// There is no backend, so no value of this type.
    #[derive(Clone)]
    pub(crate) enum Tls {}

    impl Tls {
        pub(crate) fn new(_: &[Vec<u8>]) -> Result<Self, ConfigError> {
            Err(ConfigError::NoTlsBackend)
        }

        pub(crate) async fn connect(&self, _: &str, _: TcpStream) -> Result<TcpStream, RedisFault> {
            match *self {}
        }
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
const BAD_ROOT: crate::error::ConfigError = crate::error::ConfigError::Value {
    setting: "the root certificate",
    reason: crate::error::ValueProblem::NotACertificate,
};

#[cfg(any(feature = "rustls", feature = "native-tls"))]
const NO_SETUP: crate::error::ConfigError = crate::error::ConfigError::Value {
    setting: "TLS to Redis",
    reason: crate::error::ValueProblem::TlsSetup,
};
