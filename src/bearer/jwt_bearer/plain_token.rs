//! Tokens that do not come in `Authorization`, and connections that outlive the check of theirs.

use std::sync::Arc;

use http::HeaderName;

use super::{BearerRoute, CookieSource, JwtBearer, TokenSource};
use crate::bearer::authorization::is_token_byte;
use crate::bearer::challenge::Challenge;
use crate::bearer::csrf::CsrfRules;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{ConfigError, ValueProblem, VerifyError};
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

    /// Reads the token from this cookie instead of `Authorization`: the token alone is its value.
    ///
    /// A browser sends cookies with requests that pages of other sites cause, so a request that may change
    /// something has to pass these rules, or is answered with 403 (`csrf`): any method but GET, HEAD and OPTIONS,
    /// and every WebSocket handshake. The layers, the middleware and the extractors know the method; pass it to
    /// [`access`](Self::access) as well ([`RequestHead`](crate::bearer::RequestHead)). A request that has the
    /// cookie twice is malformed (400): a sibling domain may have set one of them.
    ///
    /// Set the cookie `HttpOnly` and `Secure`, under a name with the prefix `__Host-`. Browsers drop cookies of more
    /// than 4,096 octets, which a token with many groups exceeds.
    /// [Browser sessions](crate::guide::browser_sessions) keep the token on the server instead, and refresh it.
    ///
    /// Logout needs `Authorization` all the same: [`AuthEndpoints`](crate::AuthEndpoints) read no cookie.
    ///
    /// ```
    /// use cognito_auth::bearer::{CsrfRules, JwtBearer};
    ///
    /// # fn bearer(bearer: JwtBearer) -> Result<JwtBearer, cognito_auth::ConfigError> {
    /// let rules = CsrfRules::new("https://app.example.com")?;
    /// let bearer = bearer.token_in_cookie("__Host-token", rules)?;
    /// # Ok(bearer)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Value`] where the name is not 1 to 128 characters of a token
    /// ([RFC 6265 §4.1.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1)): no request has such a cookie.
    pub fn token_in_cookie(
        &self,
        name: impl Into<String>,
        csrf: CsrfRules,
    ) -> Result<Self, ConfigError> {
        let name = name.into();
        if name.is_empty() || name.len() > 128 || !name.bytes().all(is_token_byte) {
            let reason = ValueProblem::CookieNameNotAToken;
            return Err(ConfigError::Value { setting: "token_in_cookie", reason });
        }
        Ok(self.reading(TokenSource::Cookie(Arc::new(CookieSource { name, csrf }))))
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

    /// Without an entry in the log for a refused token.
    pub(crate) async fn verify_access_of(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.meets_requirements(self.0.verifier.verify_access(token).await?)
    }

    /// Whether this route accepts a token too that `verified_by` has accepted. It is verified again only where this
    /// route has another verifier. Without an entry in the log.
    pub(crate) async fn accepts_too(
        &self,
        verified_by: &Self,
        claims: &AccessClaims,
        token: &str,
    ) -> Result<(), VerifyError> {
        if Arc::ptr_eq(&self.0.verifier, &verified_by.0.verifier) {
            return self.check_requirements(claims);
        }
        self.verify_access_of(token).await.map(drop)
    }

    pub(super) fn meets_requirements(
        &self,
        claims: AccessClaims,
    ) -> Result<AccessClaims, VerifyError> {
        self.check_requirements(&claims)?;
        Ok(claims)
    }

    fn check_requirements(&self, claims: &AccessClaims) -> Result<(), VerifyError> {
        self.0.requirements.iter().try_for_each(|one| one.check_access(claims))
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
