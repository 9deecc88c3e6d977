//! The identity provider: signing users in, asking who they are, signing them out.

mod answer;
mod auth_code;
mod client;
pub(crate) mod form;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod handed_out;
pub(crate) mod id_token;
pub(crate) mod issued;
mod json_api;
mod oauth_error;
mod send;
pub(crate) mod sign_in;
mod sign_out;
pub(crate) mod token;
mod trigger;
pub(crate) mod user_info;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use crate::error::AuthError;
use crate::secret::{AccessToken, IdToken, RefreshToken};
pub use auth_code::AuthCode;
pub use client::{CognitoClient, CognitoClientBuilder};
pub use sign_in::{Callback, PendingSignIn, SignIn, SignInRequest, code_challenge};

/// What signs users in and out: Amazon Cognito over HTTP
/// ([`CognitoClient`](crate::CognitoClient)), or a local user pool in memory
/// (`testing::LocalUserPool`).
///
/// Every [`AuthError`] has one of three answers: the user was refused, a setting is wrong, or the
/// question was not answered. "Errors" below names what is particular to a call.
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
    /// the code is spent. The claims of an ID token are compared with what the sign-in asked for;
    /// its signature is [`JwtVerifier::verify_id`](crate::JwtVerifier::verify_id)'s to check.
    ///
    /// A sign-in that is refused after the exchange leaves no session behind: the refresh token of
    /// the answer is [revoked](Self::revoke) before this returns, also where the answer cannot be
    /// read otherwise. The revocation goes on when the caller leaves. One that fails is in the log
    /// as a warning.
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

    /// Signs the user out at Cognito: GlobalSignOut. Every refresh token of the user is dead then,
    /// and Cognito itself refuses the access tokens. Needs the scope
    /// `aws.cognito.signin.user.admin`.
    ///
    /// **A verifier of yours does not see it**: signature and expiry of the access token are what
    /// they were. It refuses the token once it is told, by
    /// [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out). [`Logout`](crate::Logout) makes both
    /// calls, and this one again where there was no answer.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the token has expired, was revoked or lacks the scope (other
    /// sessions of the user may go on then), or its user is disabled or deleted.
    /// [`TokenRevoked`](crate::RefusalCode::TokenRevoked) is what a second sign-out gets, and just so a
    /// token of a session that ended by itself ([`revoke`](Self::revoke)): Cognito does not say
    /// which. [`AuthError::Input`] when it is no token; else there is no answer ([`is_unavailable`](AuthError::is_unavailable)).
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
    /// compared here, where nobody knows the first ones: verify them, and compare `sub` with the
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
    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError>;

    /// Ends one session: its refresh token, and every token that came from it, are refused by
    /// Cognito ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)). A token that is unknown or was
    /// revoked before counts as done. As with
    /// [`logout_with_token`](Self::logout_with_token), a verifier of yours has to be told:
    /// [`JwtVerifier::revoke_session`](crate::JwtVerifier::revoke_session).
    ///
    /// # Errors
    /// [`AuthError::Refused`] when token revocation is off at the app client, or it was not this
    /// client's token; [`AuthError::Input`] when it is no token; else there is no answer
    /// ([`is_unavailable`](AuthError::is_unavailable)): take the token for good still.
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
    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError>;
}

/// What the token endpoint hands over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// For calling services, this one included.
    pub access_token: AccessToken,
    /// Who signed in. Missing when the scope `openid` was not asked for, and for machines.
    pub id_token: Option<IdToken>,
    /// For new tokens later.
    pub refresh_token: Option<RefreshToken>,
    /// How long the access token is good for. Missing where the provider did not say.
    pub expires_in: Option<Duration>,
}

impl Tokens {
    /// An access token alone, for an [`IdentityProvider`] of your own. Set the other fields by
    /// name.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cognito_auth::Tokens;
    ///
    /// let mut tokens = Tokens::new("eyJraWQiOi…");
    /// tokens.expires_in = Some(Duration::from_secs(3600));
    /// ```
    pub fn new(access_token: impl Into<AccessToken>) -> Self {
        let access_token = access_token.into();
        Self { access_token, id_token: None, refresh_token: None, expires_in: None }
    }
}

/// Who a token belongs to, in one form whichever source answered.
///
/// Cognito sends every attribute as a text, booleans and numbers included; the parsed ones are
/// parsed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserInfo {
    /// The user's id: never changes, never reused.
    pub sub: String,
    /// The name to sign in with; `<provider>_<id>` for federated users.
    pub username: String,
    /// The e-mail address, where the client may read it.
    pub email: Option<String>,
    /// Whether the address was verified.
    pub email_verified: Option<bool>,
    /// Every attribute by its name, `custom:…` included, as the text that Cognito sent.
    pub attributes: BTreeMap<String, String>,
    /// Which source answered.
    pub source: UserInfoSource,
}

impl UserInfo {
    /// A user without attributes, for an [`IdentityProvider`] of your own. Set the other fields by
    /// name.
    ///
    /// ```
    /// use cognito_auth::{UserInfo, UserInfoSource};
    ///
    /// let mut alice = UserInfo::new("a33408e2-…", "alice", UserInfoSource::GetUser);
    /// alice.email = Some("alice@example.com".to_owned());
    /// ```
    pub fn new(
        sub: impl Into<String>,
        username: impl Into<String>,
        source: UserInfoSource,
    ) -> Self {
        Self {
            sub: sub.into(),
            username: username.into(),
            email: None,
            email_verified: None,
            attributes: BTreeMap::new(),
            source,
        }
    }

    /// An attribute by its name, such as `name` or `custom:tenant`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Where a [`UserInfo`] came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserInfoSource {
    /// The JSON API's GetUser.
    GetUser,
    /// The pool's domain, `/oauth2/userInfo`.
    UserInfo,
}
