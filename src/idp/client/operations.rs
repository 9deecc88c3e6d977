//! Operations of Cognito alone, which other identity providers need not have.

use tokio::time::Instant;

use super::{CognitoClient, ProviderRequest};
use crate::error::AuthError;
use crate::idp::cognito_sessions::{self, CognitoSessionList, LinkedSessions, MOST_PAGES};
use crate::idp::form::Client;
use crate::idp::token_exchange::{self, ExchangedToken, TokenExchange};
use crate::idp::{json_api, revoke};
use crate::secret::{AccessToken, RefreshToken};

/// Operations that not every user pool has: newer ones of Cognito, some of which need a plan or a setting. Where they
/// are not available, the error is [`AuthError::Refused`] with
/// [`FeatureUnavailable`](crate::RefusalCode::FeatureUnavailable) or
/// [`OperationNotEnabled`](crate::RefusalCode::OperationNotEnabled), as in a replica Region.
impl CognitoClient {
    /// Exchanges a token for another one ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693); GetDerivedToken), for
    /// calls to other services in the user's name. The new token is not verified here: the called service does that.
    ///
    /// # Errors
    /// [`AuthError::Refused`]; [`AuthError::Input`] for a token or a name that cannot be sent.
    pub async fn exchange_token(
        &self,
        exchange: &TokenExchange,
    ) -> Result<ExchangedToken, AuthError> {
        let request = |client: Client<'_>| {
            let (url, body) = (self.0.pool.idp_endpoint(), exchange.body(client)?);
            Ok(ProviderRequest::json(token_exchange::GET_DERIVED_TOKEN, url, body))
        };
        self.0.call_as_client(request, token_exchange::read).await
    }

    /// The sessions of the token's user at Cognito (ListUserSessions), in all app clients.
    ///
    /// At most 20 pages are read, of 125 sessions at most; [`is_complete`](CognitoSessionList::is_complete) says
    /// whether there were more. All pages together have the
    /// [time limit](crate::CognitoClientBuilder::timeout) of a request.
    ///
    /// # Errors
    /// As [`logout_with_token`](crate::IdentityProvider::logout_with_token).
    pub async fn user_sessions(
        &self,
        token: &AccessToken,
    ) -> Result<CognitoSessionList, AuthError> {
        let deadline = Instant::now() + self.0.sender.timeout;
        let (mut sessions, mut next) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let left = deadline.saturating_duration_since(Instant::now());
            let body = cognito_sessions::list_body(token, next.as_deref())?;
            let (operation, url) =
                (cognito_sessions::LIST_USER_SESSIONS, self.0.pool.idp_endpoint());
            let request = ProviderRequest::json(operation, url, body);
            let (page, following) =
                self.0.sender.call_within(left, request, cognito_sessions::page).await?;
            sessions.extend(page);
            next = following;
            if next.is_none() {
                break;
            }
        }
        Ok(CognitoSessionList { sessions, is_complete: next.is_none() })
    }

    /// Ends a session of the token's user at Cognito (RevokeUserSession). With [`LinkedSessions::End`] the sessions that
    /// came from the same sign-in at the login page end as well. A verifier does not see it, as with
    /// [`revoke`](crate::IdentityProvider::revoke): the session's access tokens are accepted until they expire.
    ///
    /// # Errors
    /// As [`logout_with_token`](crate::IdentityProvider::logout_with_token); [`AuthError::Refused`] also for the
    /// session of the token itself; [`AuthError::Input`] for an id that cannot be sent.
    pub async fn revoke_user_session(
        &self,
        token: &AccessToken,
        session_id: &str,
        linked: LinkedSessions,
    ) -> Result<(), AuthError> {
        let body = cognito_sessions::revoke_body(token, session_id, linked)?;
        let (operation, url) = (cognito_sessions::REVOKE_USER_SESSION, self.0.pool.idp_endpoint());
        self.0.sender.call(ProviderRequest::json(operation, url, body), json_api::done).await
    }

    /// Ends the session of a refresh token, and the sessions that came from the same sign-in at the login page, whose
    /// cookie ends as well (RevokeToken with `LINKED`): the next sign-in asks for the password again.
    /// [`revoke`](crate::IdentityProvider::revoke) ends the one session.
    ///
    /// # Errors
    /// As [`revoke`](crate::IdentityProvider::revoke).
    pub async fn revoke_with_linked_sessions(&self, token: &RefreshToken) -> Result<(), AuthError> {
        let request = |client: Client<'_>| {
            let body = cognito_sessions::revoke_linked_body(token, client)?;
            Ok(ProviderRequest::json(revoke::REVOKE_TOKEN, self.0.pool.idp_endpoint(), body))
        };
        self.0.call_as_client(request, json_api::done).await
    }
}
