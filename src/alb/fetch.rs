//! One request for one key, bounded in time and size.

use std::time::Duration;

use url::Url;

use crate::error::{ConfigError, KeysUnavailable, Unreachable};
use crate::keys::{Curve, EllipticKey};
use crate::transport::{BodyError, Delivery, Foreign, HttpClient, Transport, foreign, read_body};

/// The largest answer that is read, in bytes. A key on P-384 has 215 in PEM.
const MAX_BYTES: usize = 4 * 1024;

/// Where the keys are.
pub(super) struct KeyEndpoint {
    client: HttpClient,
    address: Url,
    curve: Curve,
    timeout: Duration,
}

impl KeyEndpoint {
    pub(super) fn new(
        address: Url,
        curve: Curve,
        timeout: Duration,
        transport: &Transport,
    ) -> Result<Self, ConfigError> {
        Ok(Self { client: transport.client([&address])?, address, curve, timeout })
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// For one attempt. The key id, which a token named, is not in it.
    pub(super) fn span(&self) -> tracing::Span {
        let endpoint = self.address.as_str();
        tracing::debug_span!(target: "cognito_auth::keys", "fetch_key", key_endpoint = endpoint)
    }

    /// One attempt for a key id that is a UUID; `None` where the server says 404. Redirects are not followed:
    /// they are a status other than 200. What a 403 means is for the caller to say: it may be the server's word for
    /// a key that it does not have, or that of a proxy on the way.
    pub(super) async fn fetch(&self, key_id: &str) -> Result<Option<EllipticKey>, KeysUnavailable> {
        let mut address = self.address.clone();
        address.set_path(&format!("{}/{key_id}", self.address.path().trim_end_matches('/')));
        let whole = async {
            let request = self.client.get(address);
            let response = self.client.send(request, self.timeout, Delivery::Idempotent).await;
            let mut response = response.map_err(KeysUnavailable::Unreachable)?;
            match response.status().as_u16() {
                200 => {}
                404 => return Ok(None),
                status => return Err(KeysUnavailable::Status(status)),
            }
            let headers = std::mem::take(response.headers_mut());
            let body = read_body(response, MAX_BYTES).await.map_err(|(error, _)| match error {
                BodyError::TooLarge => KeysUnavailable::TooLarge,
                BodyError::Unreachable(unreachable) => unreachable.into(),
            })?;
            let key = EllipticKey::from_pem(&body, self.curve);
            key.map(Some).ok_or_else(|| match foreign(&headers, &body) {
                Some(Foreign::Html) => KeysUnavailable::Html,
                Some(Foreign::Compressed) => KeysUnavailable::Compressed,
                None => KeysUnavailable::NotAPublicKey,
            })
        };
        tokio::time::timeout(self.timeout, whole).await.unwrap_or(Err(Unreachable::Timeout.into()))
    }
}
