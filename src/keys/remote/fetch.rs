//! One request for a JWKS document, bounded in time and size.

use std::time::Duration;

use http::{HeaderValue, header};
use url::Url;

use crate::error::{ConfigError, KeysUnavailable, Unreachable};
use crate::keys::{Algorithm, jwks};
use crate::pool::UserPool;
use crate::transport::{BodyError, Delivery, Foreign, HttpClient, Transport, foreign, read_body};

/// Where the document is. The address is configuration: nothing of a token is ever part of it.
pub(super) struct JwksSource {
    client: HttpClient,
    uri: Url,
    algorithm: Algorithm,
}

impl JwksSource {
    pub(super) fn new(
        pool: &UserPool,
        algorithm: Algorithm,
        transport: &Transport,
    ) -> Result<Self, ConfigError> {
        let uri = pool.jwks_uri().clone();
        Ok(Self { client: transport.client([&uri])?, uri, algorithm })
    }

    /// For one attempt.
    pub(super) fn span(&self) -> tracing::Span {
        let uri = self.uri.as_str();
        tracing::debug_span!(target: "cognito_auth::keys", "fetch_keys", jwks_uri = uri)
    }

    /// One attempt. Redirects are not followed: they are a status other than 200.
    pub(super) async fn fetch(&self, timeout: Duration) -> Result<jwks::Jwks, KeysUnavailable> {
        let mut request = self.client.get(self.uri.clone());
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        let whole = async {
            let response = self.client.send(request, timeout, Delivery::Idempotent).await;
            let mut response = response.map_err(KeysUnavailable::Unreachable)?;
            let status = response.status().as_u16();
            if status != 200 {
                return Err(KeysUnavailable::Status(status));
            }
            let headers = std::mem::take(response.headers_mut());
            let body =
                read_body(response, jwks::MAX_BYTES).await.map_err(|(error, _)| match error {
                    BodyError::TooLarge => KeysUnavailable::TooLarge,
                    BodyError::Unreachable(unreachable) => {
                        KeysUnavailable::Unreachable(unreachable)
                    }
                })?;
            jwks::read(&body, self.algorithm).map_err(|error| match foreign(&headers, &body) {
                Some(Foreign::Html) => KeysUnavailable::Html,
                Some(Foreign::Compressed) => KeysUnavailable::Compressed,
                None => error,
            })
        };
        tokio::time::timeout(timeout, whole).await.unwrap_or(Err(Unreachable::Timeout.into()))
    }
}
