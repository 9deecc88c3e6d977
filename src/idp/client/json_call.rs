//! Operations of the JSON API beyond those of [`IdentityProvider`](crate::IdentityProvider): what direct
//! sign-in needs of the client.

use std::time::SystemTime;

use zeroize::Zeroizing;

use super::{CognitoClient, ProviderRequest};
use crate::error::AuthError;
use crate::idp::form::Client;
use crate::idp::issued;
use crate::idp::json_api::Operation;
use crate::idp::response::ProviderResponse;
use crate::idp::{TokenResponseChecks, Tokens};
use crate::json::Members;
use crate::secret::RefreshToken;
use crate::task::Work;

/// Whether a successful answer has a refresh token in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandsOut {
    RefreshToken,
    Nothing,
}

impl CognitoClient {
    /// Sends an operation, and reads its answer. With [`HandsOut::RefreshToken`] the error of an answer that
    /// cannot be used has the refresh token of it.
    pub(crate) async fn json_call<T>(
        &self,
        operation: Operation,
        body: Zeroizing<String>,
        hands_out: HandsOut,
        read: impl FnOnce(&ProviderResponse) -> Result<T, AuthError> + Send,
    ) -> Result<T, AuthError> {
        self.0.sender.call(self.json_request(operation, body, hands_out), read).await
    }

    /// As [`json_call`](Self::json_call), with a body that contains the client's secret or a hash of it.
    pub(crate) async fn json_call_as_client<T>(
        &self,
        operation: Operation,
        body: impl Fn(Client<'_>) -> Result<Zeroizing<String>, AuthError> + Send + Sync,
        hands_out: HandsOut,
        read: impl Fn(&ProviderResponse) -> Result<T, AuthError> + Send + Sync,
    ) -> Result<T, AuthError> {
        let request =
            |client: Client<'_>| Ok(self.json_request(operation, body(client)?, hands_out));
        self.0.call_as_client(request, read).await
    }

    fn json_request(
        &self,
        operation: Operation,
        body: Zeroizing<String>,
        hands_out: HandsOut,
    ) -> ProviderRequest {
        let request = ProviderRequest::json(operation, self.0.pool.idp_endpoint(), body);
        match hands_out {
            HandsOut::RefreshToken => request.hands_out_refresh_token(),
            HandsOut::Nothing => request,
        }
    }

    /// The time by the client's clock.
    pub(crate) fn now(&self) -> SystemTime {
        (self.0.clock)()
    }

    /// The checks of a refresh.
    pub(crate) fn check_refreshed(
        &self,
        tokens: Tokens,
        old: &RefreshToken,
    ) -> Result<Tokens, AuthError> {
        self.0.check_refreshed(tokens, old)
    }

    /// The checks of a code exchange, for the tokens of a direct sign-in: the ID token has to be there. Both
    /// tokens have to be the same user's, and the access token this client's.
    pub(crate) fn check_direct_sign_in(&self, tokens: Tokens) -> Result<Tokens, AuthError> {
        let checks = TokenResponseChecks::for_direct_sign_in(&self.0.pool, &self.0.client_id);
        let tokens = self.0.check(tokens, checks)?;
        match self.differs(&tokens) {
            Some(claim) => {
                let error = AuthError::IdTokenMismatch { claim };
                Err(error.with_new_refresh_token(tokens.refresh_token))
            }
            None => Ok(tokens),
        }
    }

    /// The claim of the access token that does not fit the ID token, or this client.
    fn differs(&self, tokens: &Tokens) -> Option<&'static str> {
        let id_token = tokens.id_token.as_ref().map_or("", |token| token.expose());
        let sub = |claims: &Members<'_>| Some(claims.text("sub").ok()??.into_owned());
        // It was checked before, so that there is one.
        let sub = issued::read_unverified(id_token, sub).flatten();
        let differs = issued::read_unverified(tokens.access_token.expose(), |access| {
            let is = |name, text: &str| {
                access.text(name).is_ok_and(|known| known.as_deref() == Some(text))
            };
            if !sub.is_some_and(|sub| is("sub", &sub)) {
                Some("sub")
            } else if !is("client_id", &self.0.client_id) {
                Some("client_id")
            } else if !is("token_use", "access") {
                Some("token_use")
            } else {
                None
            }
        });
        differs.unwrap_or(Some("sub"))
    }

    /// Ends the session of tokens that are refused after they were issued.
    pub(crate) async fn revoke_unused(&self, error: AuthError) -> AuthError {
        self.0.revoke_unused(error).await
    }

    /// Runs a sign-in to its end, or to the next challenge, whether the caller waits for it or not: the session
    /// of tokens that the caller does not receive is ended.
    pub(crate) async fn hand_over<T: Send + 'static>(
        &self,
        sign_in: Work<'static, Result<T, AuthError>>,
        refresh_token: fn(T) -> Option<RefreshToken>,
    ) -> Result<T, AuthError> {
        self.0.hand_over(sign_in, refresh_token).await
    }
}
