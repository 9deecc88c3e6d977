//! The refresh by InitiateAuth.

use super::advance::secret_hash;
use super::body::{INITIATE_AUTH, InitiateAuth, TextMap};
use super::{DirectSignIn, answer, input};
use crate::error::AuthError;
use crate::idp::form::{Client, check_token};
use crate::idp::{HandsOut, Tokens};
use crate::secret::RefreshToken;

impl DirectSignIn {
    /// Gets new tokens for a refresh token by InitiateAuth, with the flow REFRESH_TOKEN_AUTH. The flow has no rotation:
    /// [`Tokens::refresh_token`] is the token that was passed in. Should a new one come all the same, it is there
    /// in its place.
    ///
    /// | refresh | request | for |
    /// |---|---|---|
    /// | [`IdentityProvider::refresh`] of the client | the token endpoint, or GetTokensFromRefreshToken where the pool has no domain | most pools, with rotation or without. The token endpoint refuses the tokens of a direct sign-in where the pool remembers devices |
    /// | [`refresh_with_device`](Self::refresh_with_device) | GetTokensFromRefreshToken, with a device | a pool that remembers devices, with rotation or without |
    /// | this one | InitiateAuth, with a device or without | an app client that does not rotate refresh tokens; emulators that have no other refresh, such as moto and cognito-local |
    ///
    /// `username` is the pool's own name of the user, `cognito:username` of the ID token
    /// ([`IdClaims::username`](crate::IdClaims::username)), and not the e-mail address that the user typed. It is
    /// not sent: SECRET_HASH is computed over it, where the app client has a secret. `device_key` is the key of the
    /// device that the refresh token belongs to, if it belongs to one: without it Cognito refuses such a token.
    ///
    /// ```
    /// # use cognito_auth::testing::{LocalUser, LocalUserPool};
    /// use cognito_auth::CognitoClient;
    /// use cognito_auth::direct::{DirectSignIn, SignInAttempt, Step};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let cognito = LocalUserPool::builder().user(LocalUser::new("alice", "Passw0rd!")).start().await?;
    /// # let (pool, client_id) = (cognito.user_pool(), cognito.client_id());
    /// let direct = DirectSignIn::new(&CognitoClient::new(&pool, client_id)?);
    /// let attempt = SignInAttempt::with_password("alice", "Passw0rd!");
    /// let Step::Done(tokens) = direct.start(attempt).await? else { return Err("a challenge".into()) };
    /// let refresh_token = tokens.refresh_token.ok_or("no refresh token")?;
    ///
    /// // An hour later.
    /// let tokens = direct.refresh_by_initiate_auth(&refresh_token, "alice", None).await?;
    /// assert_eq!(tokens.refresh_token, Some(refresh_token));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is sent once, and checked as [`IdentityProvider::refresh`], which does not compare the user of the new
    /// tokens with the one of before.
    ///
    /// # Errors
    /// As [`IdentityProvider::refresh`]: a refresh token that has expired or was revoked is
    /// [`InvalidRefreshToken`](crate::RefusalCode::InvalidRefreshToken), and an error can contain a new refresh
    /// token. Another name than the user's is [`InvalidClient`](crate::RefusalCode::InvalidClient) where the app
    /// client has a secret. An answer with a challenge is [`AuthError::Undecodable`].
    ///
    /// An app client that rotates refresh tokens, or lacks `ALLOW_REFRESH_TOKEN_AUTH`, is refused every refresh by this
    /// flow. Which error Cognito gives while rotation is on is not documented: it may read as
    /// [`InvalidParameter`](crate::RefusalCode::InvalidParameter), which
    /// [`is_misconfiguration`](AuthError::is_misconfiguration), or as that of a refresh token that is not valid.
    /// [`NotAuthorized`](crate::RefusalCode::NotAuthorized) with a text that this crate does not know may mean that
    /// rotation was switched on. So use another refresh before you switch rotation on.
    ///
    /// [`SignInFailure::of`](super::SignInFailure::of) an error with
    /// [`UserDisabled`](crate::RefusalCode::UserDisabled) or [`UserNotFound`](crate::RefusalCode::UserNotFound) is
    /// [`Refused`](super::SignInFailure::Refused).
    ///
    /// Source: API reference, InitiateAuth; Developer Guide, "Refresh tokens".
    ///
    /// [`IdentityProvider::refresh`]: crate::IdentityProvider::refresh
    pub async fn refresh_by_initiate_auth(
        &self,
        refresh_token: &RefreshToken,
        username: &str,
        device_key: Option<&str>,
    ) -> Result<Tokens, AuthError> {
        check_token("the refresh token", refresh_token.expose())?;
        input::user_name(username)?;
        device_key.map_or(Ok(()), input::device_key)?;
        self.context.check()?;
        let body = |client: Client<'_>| {
            let hash = secret_hash(client, username);
            let mut parameters = TextMap::default();
            parameters.put("REFRESH_TOKEN", refresh_token.expose());
            parameters.put_some("DEVICE_KEY", device_key);
            parameters.put_some("SECRET_HASH", hash.as_deref());
            let (flow, client_id, context) = ("REFRESH_TOKEN_AUTH", client.id, &*self.context);
            InitiateAuth { flow, client_id, parameters, session: None, context }.body()
        };
        let (hands_out, read) = (HandsOut::RefreshToken, answer::refreshed);
        let call = self.client.json_call_as_client(INITIATE_AUTH, body, hands_out, read);
        self.client.check_refreshed(call.await?, refresh_token)
    }
}
