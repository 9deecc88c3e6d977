//! Tokens that do not come in `Authorization`, and connections that outlive the check of theirs.

use std::sync::Arc;

use http::HeaderName;

use super::{BearerRoute, JwtBearer, TokenSource};
use crate::bearer::challenge::Challenge;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::VerifyError;
use crate::jwt::TokenUse;
use crate::secret::AccessToken;
use crate::verify::until_refused;

/// Tokens that are elsewhere than in `Authorization`.
impl JwtBearer {
    /// Reads the token from this header field instead of `Authorization`: the token alone, without a scheme,
    /// such as the `x-amzn-oidc-accesstoken` of an Application Load Balancer. Clients can send any field:
    /// read one that a proxy sets only where the proxy is the only way to the service, or removes the
    /// clients' own. Its value is verified like any other token.
    #[must_use]
    pub fn token_in_header(&self, name: HeaderName) -> Self {
        self.reading(TokenSource::Field(name))
    }

    /// Reads the token from `Sec-WebSocket-Protocol`, for the handshake of browsers, whose `WebSocket` can
    /// send no `Authorization`: one of the offered protocols is `bearer.` and the token. The client offers
    /// the application's own protocol as well, and the server selects that one:
    ///
    /// ```js
    /// new WebSocket("wss://api.example.com/live", ["orders.v1", "bearer." + accessToken])
    /// ```
    ///
    /// The same page could be opened by another site only with a token, which that site does not have, so
    /// `Origin` need not be compared.
    #[must_use]
    pub fn token_in_websocket_protocol(&self) -> Self {
        self.reading(TokenSource::WebSocketProtocol)
    }

    /// Verifies an access token that the caller has read itself, such as the first message of a WebSocket.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub async fn access_of(&self, token: &str) -> Result<AccessClaims, Challenge> {
        let verified = self.verify_access_of(token).await;
        verified.map_err(|error| self.refused(TokenUse::Access, &error))
    }

    /// As [`access_of`](Self::access_of), for an ID token.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub async fn id_of(&self, token: &str) -> Result<IdClaims, Challenge> {
        let verified = self.verify_id_of(token).await;
        verified.map_err(|error| self.refused(TokenUse::Id, &error))
    }

    /// Returns when this access token is not accepted any more: see
    /// [`TokenVerifier::until_refused`](crate::TokenVerifier::until_refused). The requirements of the route
    /// count, so a connection ends when its sign-in becomes older than
    /// [`require_auth_within`](Self::require_auth_within) allows.
    pub async fn until_refused(&self, token: &AccessToken) -> VerifyError {
        until_refused(|| self.verify_access_of(token.expose())).await
    }

    pub(super) async fn verify_access_of(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        let claims = self.0.verifier.verify_access(token).await?;
        self.0.requirements.iter().try_for_each(|one| one.check_access(&claims))?;
        Ok(claims)
    }

    pub(super) async fn verify_id_of(&self, token: &str) -> Result<IdClaims, VerifyError> {
        let claims = self.0.verifier.verify_id(token, IdTokenChecks::new()).await?;
        self.0.requirements.iter().try_for_each(|one| one.check_id(&claims))?;
        Ok(claims)
    }

    fn reading(&self, source: TokenSource) -> Self {
        Self(Arc::new(BearerRoute { source, ..BearerRoute::clone(&self.0) }))
    }
}
