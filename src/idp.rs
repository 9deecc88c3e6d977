//! The identity provider: signing users in, asking who they are, signing them out.

mod auth_code;
mod client;
pub(crate) mod form;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod global_sign_out;
mod handed_out;
pub(crate) mod id_token;
pub(crate) mod issued;
mod json_api;
mod oauth_error;
mod response;
mod revoke;
mod send;
pub(crate) mod sign_in;
pub(crate) mod token;
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
pub use client::{CognitoClient, CognitoClientBuilder};
pub use sign_in::{Callback, PendingSignIn, SignIn, SignInRequest, code_challenge};
pub use token_response::TokenResponseChecks;
pub use tokens::Tokens;
pub use user::{UserInfo, UserInfoSource};

/// Signs users in and out: Amazon Cognito over HTTP ([`CognitoClient`](crate::CognitoClient)), a local
/// user pool in memory (`testing::LocalUserPool`), or a provider of your own.
///
/// Every [`AuthError`] has one of three answers: the user was refused, a setting is wrong, or the
/// question was not answered. "Errors" below names what is particular to a call.
///
/// # A provider of your own
///
/// Required are the operations that a sign-in is made of, and those that this crate calls itself:
/// [`AuthEndpoints`](crate::AuthEndpoints), [`Logout`](crate::Logout) and
/// [`LiveCheck`](crate::revocation::LiveCheck) promise nothing that they cannot keep. The others are
/// optional, as is every operation that a later version adds: by default they return
/// [`AuthError::Unsupported`], a misconfiguration (500), which ends no session.
///
/// What an implementation needs is public: [`SignInRequest::start_at`] and [`SignIn::new`] for
/// [`sign_in`](Self::sign_in), the accessors of [`AuthCode`] for the exchange, and
/// [`TokenResponseChecks`] for what the provider issues. An `Arc` of a provider is a provider.
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
///
///     async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
///         # let _ = token;
///         // …
///         # Ok(())
///     }
///
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
    /// Starts a sign-in: where to send the browser, and what to keep until it comes back.
    ///
    /// # Errors
    /// [`AuthError::Config`] when the pool has no domain, or the redirect URI is none;
    /// [`AuthError::Input`] when another parameter cannot be sent.
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError>;

    /// Exchanges an authorization code for tokens
    /// ([RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    ///
    /// A code can be used once, within five minutes. Never retry an exchange: after a lost answer
    /// the code is spent. The claims of an ID token are compared with what the sign-in asked for
    /// ([`TokenResponseChecks`]); its signature is checked by
    /// [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id).
    ///
    /// A sign-in that is refused after the exchange leaves no session behind: the refresh token of
    /// the answer is [revoked](Self::revoke) before this returns, also where the rest of the answer cannot
    /// be read. The revocation continues when the caller drops this future. One that fails is in the
    /// log as a warning. An implementation that cannot revoke the token returns it in the error
    /// ([`AuthError::with_new_refresh_token`]): [`AuthEndpoints`](crate::AuthEndpoints) then revokes it.
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a code that was used before, has expired or belongs to another
    /// sign-in (a refusal), and where the app client's settings do not allow the exchange
    /// ([`is_misconfiguration`](AuthError::is_misconfiguration));
    /// [`AuthError::IdTokenMismatch`] when the ID token is not the answer to this sign-in, or is
    /// missing where one has to come; [`AuthError::Clock`] when its times do not fit this machine's
    /// clock, [`AuthError::TokenTooLarge`] for a token of over 64 KiB; [`AuthError::Input`] when the
    /// code cannot be sent, or was asked for by another app client or pool
    /// ([`AuthCode::check_issued_to`]);
    /// [`AuthError::Config`] when the pool has no domain; else there is no answer
    /// ([`is_unavailable`](AuthError::is_unavailable)).
    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError>;

    /// Asks who the token belongs to: GetUser when the token has the scope
    /// `aws.cognito.signin.user.admin`, else userInfo when it has `openid` and the pool has a
    /// domain.
    ///
    /// # Errors
    /// [`AuthError::NoUserScope`] when the token has no scope to ask with; [`AuthError::Refused`] when the
    /// token was revoked, has expired, or its user is gone; [`AuthError::Input`] when it is no
    /// token; else there is no answer ([`is_unavailable`](AuthError::is_unavailable)).
    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError>;

    /// Signs the user out at Cognito: GlobalSignOut. Every refresh token of the user is invalid from then
    /// on, and Cognito itself refuses the access tokens. Needs the scope
    /// `aws.cognito.signin.user.admin`.
    ///
    /// **A verifier does not notice it**: signature and expiry of the access token are unchanged. It
    /// refuses the token after [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out).
    /// [`Logout`](crate::Logout) makes both calls, and repeats this one where there was no answer.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the token has expired, was revoked or lacks the scope (other
    /// sessions of the user may then still be alive), or its user is disabled or deleted.
    /// [`TokenRevoked`](crate::RefusalCode::TokenRevoked) answers a second sign-out, and also a token
    /// whose session alone was ended ([`revoke`](Self::revoke)): Cognito does not say which. [`AuthError::Input`] when it is no token; else there is no answer ([`is_unavailable`](AuthError::is_unavailable)).
    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError>;

    /// New tokens for a refresh token.
    ///
    /// [`Tokens::refresh_token`] is the one to keep from now on: the new one where the pool rotates
    /// refresh tokens, else the one that was passed in.
    ///
    /// **Errors can have a refresh token in them**:
    /// [`AuthError::new_refresh_token`]. The refresh was granted then, and its answer cannot be used
    /// (a claim or a size that is refused, a clock that is off, an answer that is malformed, too
    /// large or cut off): with rotation the session lives on in that token alone, so keep it before
    /// anything else, whatever the error is.
    ///
    /// With rotation, take the old token for spent as soon as the request was sent: where no answer
    /// came, Cognito may have rotated it, and only the grace time is left to try once more. A caller
    /// that may leave, such as a request handler whose browser goes away, refreshes in a task of its
    /// own.
    ///
    /// With rotation, the old token dies after a grace time of at most a minute (a setting of the
    /// app client), so two refreshes of one token at once can cost one of them: let one caller
    /// refresh, and the others wait for it. Whether the new tokens are of the same user is not
    /// compared here, where the first ones are not known: verify them, and compare `sub` with the
    /// session's, by [`IdTokenChecks::subject`](crate::IdTokenChecks::subject) or
    /// [`AccessClaims::sub`](crate::AccessClaims::sub)
    /// ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the refresh token has expired, was revoked or was rotated away
    /// ([`is_refusal`](AuthError::is_refusal): the user has to sign in again), and when Cognito
    /// refuses this client, not the user
    /// ([`is_misconfiguration`](AuthError::is_misconfiguration): keep the session); [`AuthError::IdTokenMismatch`] when the new ID token is not
    /// this app client's; [`AuthError::Clock`] and [`AuthError::TokenTooLarge`] as for a code; [`AuthError::Input`] when it is no token; else there is no answer
    /// ([`is_unavailable`](AuthError::is_unavailable)). [`AuthError::Refreshed`] is any of these
    /// with the new refresh token, and has the same code and answers.
    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        let _ = token;
        Err(AuthError::Unsupported { operation: "refresh" })
    }

    /// Ends one session at Cognito (RevokeToken): its refresh token, and every token that came from it,
    /// are refused there ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)). A token that is unknown or
    /// was revoked before counts as done. A verifier does not notice it, as with
    /// [`logout_with_token`](Self::logout_with_token): [`Logout::session`](crate::Logout::session) does
    /// both.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when token revocation is off at the app client, or it was not this
    /// client's token; [`AuthError::Input`] when it is no token; else there is no answer
    /// ([`is_unavailable`](AuthError::is_unavailable)), and the token has to be regarded as valid.
    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError>;

    /// A token for this service itself
    /// ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)); with no scopes given,
    /// one with all the client's own.
    ///
    /// # Errors
    /// [`AuthError::Config`] for an app client without a secret, or a pool without a domain;
    /// [`AuthError::Refused`] when the grant or a scope is not enabled on it;
    /// [`AuthError::Input`] when a scope cannot be sent; else there is no answer
    /// ([`is_unavailable`](AuthError::is_unavailable)).
    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        let _ = scopes;
        Err(AuthError::Unsupported { operation: "client_credentials" })
    }
}

/// Forwards every method, optional ones included: one that is left out would be unsupported.
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

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        (**self).revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        (**self).client_credentials(scopes).await
    }
}

#[cfg(test)]
mod tests;
