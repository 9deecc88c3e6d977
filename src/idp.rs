//! [`IdentityProvider`]: the trait for signing users in, looking them up and signing them out; and the
//! types of its arguments and results.

mod auth_code;
mod client;
mod client_secret;
mod cognito_sessions;
pub(crate) mod form;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod global_sign_out;
mod handed_out;
pub(crate) mod id_token;
pub(crate) mod issued;
pub(crate) mod json_api;
mod machine_tokens;
mod oauth_error;
pub(crate) mod response;
pub(crate) mod retry;
mod revoke;
mod send;
pub(crate) mod sign_in;
pub(crate) mod token;
mod token_exchange;
mod token_response;
mod tokens;
mod trigger;
mod user;
pub(crate) mod user_info;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::AuthError;
use crate::secret::{AccessToken, RefreshToken};
pub use auth_code::AuthCode;
#[cfg(feature = "direct")]
pub(crate) use client::HandsOut;
pub use client::{CognitoClient, CognitoClientBuilder};
pub use client_secret::{ClientSecretFile, ClientSecretProvider};
pub use cognito_sessions::{
    CognitoSession, CognitoSessionKind, CognitoSessionList, LinkedSessions,
};
pub use machine_tokens::MachineTokens;
pub use sign_in::{Callback, PendingSignIn, SignIn, SignInRequest, code_challenge};
pub use token_exchange::{AccessOrIdToken, ExchangedToken, TokenExchange};
pub use token_response::TokenResponseChecks;
pub use tokens::{BeforeRequest, NewDevice, Tokens};
pub use user::{UserInfo, UserInfoSource};

/// Signs users in and out: Amazon Cognito over HTTP ([`CognitoClient`](crate::CognitoClient)), a local
/// user pool in memory (`testing::LocalUserPool`), or a provider of your own.
///
/// Every [`AuthError`] says one of three things: the user was refused, a setting is wrong, or the provider
/// gave no usable answer ([`is_unavailable`](AuthError::is_unavailable)), which can happen in every call.
/// The sections "Errors" below list the others.
///
/// # A provider of your own
///
/// The operations of a sign-in are required, and those that [`AuthEndpoints`](crate::AuthEndpoints),
/// [`Logout`](crate::Logout) and [`LiveCheck`](crate::revocation::LiveCheck) call. The others are optional,
/// as is every operation that a later version adds: by default they return [`AuthError::Unsupported`], a
/// misconfiguration (500), which ends no session.
///
/// An implementation uses [`SignInRequest::start_at`] and [`SignIn::new`] for [`sign_in`](Self::sign_in),
/// the accessors of [`AuthCode`] for the code exchange, and [`TokenResponseChecks`] for the tokens that the
/// provider issues. An `Arc` of a provider implements this trait too.
///
/// ```
/// use cognito_auth::{
///     AccessToken, AuthCode, AuthError, IdentityProvider, RefreshToken, SignIn, SignInRequest,
///     TokenResponseChecks, Tokens, UserInfo, UserPool, async_trait,
/// };
///
/// #[derive(Debug)]
/// struct OwnProvider {
///     pool: UserPool,
///     client_id: String,
/// }
///
/// #[async_trait]
/// impl IdentityProvider for OwnProvider {
///     fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
///         request.start(&self.pool, &self.client_id)
///     }
///
///     async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
///         code.check_issued_to(&self.pool, &self.client_id)?;
///         let tokens = self.exchange(&code).await?;
///         let checks = TokenResponseChecks::for_code(&self.pool, &self.client_id, &code);
///         let checked = checks.check(tokens);
///         // A sign-in that is refused after the exchange leaves no session behind.
///         if let Some(unused) = checked.as_ref().err().and_then(AuthError::new_refresh_token) {
///             let _ = self.revoke(unused).await;
///         }
///         checked
///     }
///
///     async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
///         # let _ = token;
///         // …
///         # Err(AuthError::NoUserScope)
///     }
///     async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
///         # let _ = token;
///         # Ok(()) // …
///     }
///     async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
///         # let _ = token;
///         // …
///         # Ok(())
///     }
/// }
/// # impl OwnProvider {
/// #     async fn exchange(&self, code: &AuthCode) -> Result<Tokens, AuthError> {
/// #         Ok(Tokens::new(code.expose_code()))
/// #     }
/// # }
/// ```
#[async_trait]
pub trait IdentityProvider: fmt::Debug + Send + Sync {
    /// Starts a sign-in: returns the address to redirect the browser to, and the [`PendingSignIn`] to store
    /// until the browser returns.
    ///
    /// # Errors
    /// [`AuthError::Config`] when the pool has no domain, or the redirect URI is invalid;
    /// [`AuthError::Input`] when another parameter cannot be sent.
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError>;

    /// Exchanges an authorization code for tokens
    /// ([RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    ///
    /// A code can be used once, within five minutes. Never retry an exchange: when the response was lost,
    /// the code may have been used. The claims of the ID token are compared with the sign-in
    /// ([`TokenResponseChecks`]); its signature is not checked, which
    /// [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id) does.
    ///
    /// When the sign-in is refused after the exchange, the new session is ended: the refresh token of the response is
    /// [revoked](Self::revoke) before this returns, also when the rest of the response cannot be read.
    /// [`CognitoClient`] also ends it when the returned future is dropped, and
    /// [retries the revocation](CognitoClient#tokens-that-no-caller-gets). An implementation that cannot revoke the token
    /// returns it ([`AuthError::with_new_refresh_token`]); [`AuthEndpoints`](crate::AuthEndpoints) then revokes it.
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a code that was used before, has expired or belongs to another
    /// sign-in (a refusal), and where the app client's settings do not allow the exchange
    /// ([`is_misconfiguration`](AuthError::is_misconfiguration));
    /// [`AuthError::IdTokenMismatch`] when the ID token does not belong to this sign-in, or is missing
    /// although the sign-in requested `openid`; [`AuthError::Clock`] when its times do not fit this
    /// machine's clock; [`AuthError::TokenTooLarge`] for a token of over 64 KiB; [`AuthError::Input`] when
    /// the code cannot be sent, or was issued to another app client or pool
    /// ([`AuthCode::check_issued_to`]); [`AuthError::Config`] when the pool has no domain.
    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError>;

    /// Looks up the user of an access token: with GetUser when the token has the scope
    /// `aws.cognito.signin.user.admin`, else with userInfo when it has `openid` and the pool has a domain.
    ///
    /// # Errors
    /// [`AuthError::NoUserScope`] when the token has a scope for neither; [`AuthError::Refused`] when the
    /// token was revoked or has expired, or its user is disabled or deleted; [`AuthError::Input`] when the
    /// text cannot be a token.
    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError>;

    /// Signs the user out at Cognito: GlobalSignOut. Every refresh token of the user is invalid from then
    /// on, and Cognito itself refuses the access tokens. Needs the scope
    /// `aws.cognito.signin.user.admin`.
    ///
    /// **A verifier does not see this sign-out**: signature and `exp` of the access token are unchanged. A
    /// verifier refuses the token after [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out).
    /// [`Logout`](crate::Logout) makes both calls, and retries this one when Cognito cannot be reached.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the token has expired, was revoked or lacks the scope (the user's other
    /// sessions may then continue), or its user is disabled or deleted.
    /// [`TokenRevoked`](crate::RefusalCode::TokenRevoked) is Cognito's answer to a second sign-out, and also
    /// to a token of which only the session was ended ([`revoke`](Self::revoke)); the two cannot be
    /// distinguished. [`AuthError::Input`] when the text cannot be a token.
    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError>;

    /// Gets new tokens for a refresh token.
    ///
    /// Store [`Tokens::refresh_token`] in place of the old one: it is the new refresh token if the pool
    /// rotates them, else the one that was passed in.
    ///
    /// **An error can contain a new refresh token**: [`AuthError::new_refresh_token`]. Cognito has then
    /// granted the refresh, but the response cannot be used (a claim or a size is refused, the clock is
    /// wrong, the response is malformed, too large or cut off). With rotation, only the new token continues
    /// the session, so store it before you handle the error.
    ///
    /// With rotation, Cognito accepts the old token only for a grace time of at most a minute (a setting of
    /// the app client) after it was used:
    ///
    /// - When no response came, Cognito may have rotated the token; retry within the grace time.
    /// - Do not refresh one token concurrently: let one caller refresh, and the others wait for its result.
    /// - When the caller may be cancelled, such as a request handler whose client disconnects, refresh in a
    ///   task of its own.
    ///
    /// It is not checked that the new tokens belong to the same user, since the earlier ones are not known
    /// here. Verify the new tokens, and compare `sub` with the session's, by
    /// [`IdTokenChecks::subject`](crate::IdTokenChecks::subject) or
    /// [`AccessClaims::sub`](crate::AccessClaims::sub)
    /// ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the refresh token has expired, was revoked or was rotated
    /// ([`is_refusal`](AuthError::is_refusal): the user has to sign in again), and when Cognito refuses the
    /// app client ([`is_misconfiguration`](AuthError::is_misconfiguration): keep the session);
    /// [`AuthError::IdTokenMismatch`] when the new ID token was issued to another app client;
    /// [`AuthError::Clock`] and [`AuthError::TokenTooLarge`] as for [`auth_with_code`](Self::auth_with_code);
    /// [`AuthError::Input`] when the text cannot be a token. [`AuthError::Refreshed`] contains one of these
    /// errors and the new refresh token, and has the same code.
    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        let _ = token;
        Err(AuthError::Unsupported { operation: "refresh" })
    }

    /// As [`refresh`](Self::refresh), and calls `before_request` immediately before each request that has
    /// the refresh token in it, when the app client's secret is there. Its error is the result, and nothing
    /// is sent. Browser sessions refresh through this method: another machine may have the session by
    /// then. By default it is called once, before `refresh`.
    async fn refresh_after(
        &self,
        before_request: BeforeRequest<'_>,
        token: &RefreshToken,
    ) -> Result<Tokens, AuthError> {
        before_request()?;
        self.refresh(token).await
    }

    /// Ends one session at Cognito (RevokeToken): Cognito then refuses the refresh token, and every access
    /// token that was issued for it ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)). The result is `Ok`
    /// for a token that is unknown or was revoked before. A verifier does not see it, as with
    /// [`logout_with_token`](Self::logout_with_token); [`Logout::session`](crate::Logout::session) does
    /// both.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when token revocation is off at the app client, or the token was issued to
    /// another client; [`AuthError::Input`] when the text cannot be a token. After any error the token may
    /// still be valid.
    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError>;

    /// Gets an access token for the app client itself, without a user
    /// ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)). With an empty list of scopes,
    /// the token has all scopes that the app client allows.
    ///
    /// # Errors
    /// [`AuthError::Config`] for an app client without a secret, or a pool without a domain;
    /// [`AuthError::Refused`] when the app client does not allow the grant or a scope;
    /// [`AuthError::Input`] when a scope cannot be sent.
    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        let _ = scopes;
        Err(AuthError::Unsupported { operation: "client_credentials" })
    }
}

/// Forwards every method, optional ones included: the default of one that is missing would hide the
/// provider's implementation.
#[async_trait]
impl<P: IdentityProvider + ?Sized> IdentityProvider for Arc<P> {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        (**self).sign_in(request)
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        (**self).auth_with_code(code).await
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        (**self).user_info_with_token(token).await
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        (**self).logout_with_token(token).await
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        (**self).refresh(token).await
    }

    async fn refresh_after(
        &self,
        before_request: BeforeRequest<'_>,
        token: &RefreshToken,
    ) -> Result<Tokens, AuthError> {
        (**self).refresh_after(before_request, token).await
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        (**self).revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        (**self).client_credentials(scopes).await
    }
}

#[cfg(test)]
mod tests;
