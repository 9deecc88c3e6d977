//! Direct sign-in: user name and password, codes and passkeys on pages of the application, without the login
//! page of Cognito.
//!
//! [`DirectSignIn`] starts a sign-in with a [`SignInAttempt`]. The result is a [`Step`]: tokens, or a
//! [`SignInChallenge`] that the user has to answer. Each kind of challenge takes its own answer and no other.
//!
//! ```
//! # use cognito_auth::testing::{LocalUser, LocalUserPool};
//! use cognito_auth::CognitoClient;
//! use cognito_auth::direct::{DirectSignIn, OneTimeCode, SignInAttempt, SignInChallenge, Step};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let cognito = LocalUserPool::builder().user(LocalUser::new("alice", "Passw0rd!")).start().await?;
//! # let (pool, client_id) = (cognito.user_pool(), cognito.client_id());
//! let direct = DirectSignIn::new(&CognitoClient::new(&pool, client_id)?);
//! match direct.start(SignInAttempt::with_password("alice", "Passw0rd!")).await? {
//!     Step::Done(tokens) => println!("signed in: {:?}", tokens.expires_in),
//!     Step::Challenge(SignInChallenge::TotpMfa(challenge)) => {
//!         // Show a page that asks for the code of the authenticator app.
//!         let step = challenge.answer(&OneTimeCode::new("123456")).await?;
//!         # let _ = step;
//!     }
//!     Step::Challenge(challenge) => println!("not handled yet: {}", challenge.name()),
//!     _ => println!("not handled yet"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The password
//!
//! [`SignInAttempt::with_password`] proves the password by SRP (USER_SRP_AUTH): Cognito does not see it. The
//! arithmetic takes a few milliseconds of computing, and its time does not depend on the password.
//!
//! # Between two pages
//!
//! A challenge is sealed with the keys of browser sessions ([`SignInChallenge::seal`]), goes to the browser in
//! a hidden field of the form, and is opened again when the answer comes ([`DirectSignIn::open`]). It is often
//! longer than the 4,096 octets that browsers allow a cookie. Who has the sealed text can go on with this sign-in, and needs the code all the
//! same.
//!
//! # Errors
//!
//! Every call returns an [`AuthError`](crate::AuthError). [`SignInFailure::of`] says what a login page does
//! with it: tell the user, lead to another page, ask the user to wait, or answer 503.
//!
//! An answer to a challenge is sent once. When no response comes, it may have signed the user in: the sign-in
//! has to start again.
//!
//! A call that was polled runs to its end, in a task of the tokio runtime, also when its future is dropped, as
//! when the browser disconnects. Tokens that it then gets are
//! [revoked](crate::CognitoClient#tokens-that-no-caller-gets): they reach the caller, or they are of no use.
//!
//! # The tokens
//!
//! They are checked as after a code exchange ([`IdentityProvider::auth_with_code`]), without a nonce, since none
//! was sent. The access token has the scope `aws.cognito.signin.user.admin` and, unless a trigger of the pool
//! adds some, no other: userInfo and resource servers that require a scope of their own refuse it.
//!
//! # Left to the application
//!
//! - Limits for each address and user name: Cognito limits by user and for the whole pool.
//! - [`UserContext`], where threat protection is on ([`DirectSignIn::with_user_context`]): without it Cognito sees
//!   this server's address for all users.
//! - CSRF protection of its forms ([`bearer::CsrfRules`](crate::bearer::CsrfRules)).
//!
//! [`IdentityProvider::auth_with_code`]: crate::IdentityProvider::auth_with_code

mod accounts;
mod advance;
mod answer;
mod attempt;
mod body;
mod challenge;
mod date;
mod failure;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod input;
mod refresh;
mod remembered_device;
mod respond;
mod start;
mod state;
mod totp;

use std::fmt;
use std::sync::Arc;

use crate::idp::{CognitoClient, Tokens};
pub use crate::secret::{ChallengeSession, DevicePassword, OneTimeCode, Password, TotpSecret};
pub use accounts::{
    AuthFactors, CodeDelivery, DeviceInfo, MfaPreference, MfaSetting, PasskeyInfo,
    RegisteredDevice, SignUp, SignedUp,
};
pub use attempt::SignInAttempt;
use body::CallContext;
pub use body::UserContext;
pub use challenge::{
    CodeChallenge, CustomChallenge, DeviceChallenge, MfaChoiceChallenge, MfaSetupChallenge,
    NewPasswordChallenge, PasskeyChallenge, PasswordChallenge, SignInChallenge,
    SignInChoiceChallenge, TotpSetup, UnknownChallenge,
};
pub use failure::{NextStep, SignInFailure};
pub use remembered_device::RememberedDevice;

/// Signs users in at Cognito's JSON API, for one app client of one user pool. Cheap to clone; it shares the
/// connections and all settings of the [`CognitoClient`] that it is made of: the pool with its address, the
/// client's id and secret, the time limit.
///
/// The app client has to allow the flow: `ALLOW_USER_SRP_AUTH`, `ALLOW_USER_PASSWORD_AUTH`, `ALLOW_USER_AUTH`
/// or `ALLOW_CUSTOM_AUTH`, and `ALLOW_REFRESH_TOKEN_AUTH` for
/// [`refresh_by_initiate_auth`](Self::refresh_by_initiate_auth). [`direct`](self) has an example.
#[derive(Clone)]
pub struct DirectSignIn {
    client: CognitoClient,
    /// What goes with each call.
    context: Arc<CallContext>,
}

/// How far a sign-in has come.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step {
    /// The user is signed in.
    Done(Tokens),
    /// The user has to answer a challenge.
    Challenge(SignInChallenge),
}

impl DirectSignIn {
    /// With the settings of this client.
    pub fn new(client: &CognitoClient) -> Self {
        Self { client: client.clone(), context: Arc::default() }
    }

    /// For the calls of one request: where it comes from goes with each of them that takes it
    /// (`UserContextData`), which are those without an access token. It replaces what was set before, and that of
    /// the sign-in where a challenge is answered; a [`SignInAttempt`] or a [`SignUp`] may have its own.
    ///
    /// ```
    /// use std::net::IpAddr;
    ///
    /// use cognito_auth::AuthError;
    /// use cognito_auth::direct::{CodeDelivery, DirectSignIn, UserContext};
    ///
    /// async fn forgotten(
    ///     direct: &DirectSignIn,
    ///     browser: IpAddr,
    ///     name: &str,
    /// ) -> Result<Option<CodeDelivery>, AuthError> {
    ///     let direct = direct.with_user_context(UserContext::ip_address(browser));
    ///     direct.forgot_password(name).await
    /// }
    /// ```
    pub fn with_user_context(&self, context: UserContext) -> Self {
        let mut own = CallContext::clone(&self.context);
        own.user_context = Some(context);
        Self { client: self.client.clone(), context: Arc::new(own) }
    }

    /// For calls with a text for the pool's triggers (`ClientMetadata`): it goes with each call that takes it,
    /// beside those that were added before. Cognito neither encrypts nor keeps it. A [`SignInAttempt`] or a
    /// [`SignUp`] may have more, and another text of the same name.
    pub fn with_client_metadata(&self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let mut own = CallContext::clone(&self.context);
        own.client_metadata.insert(name.into(), value.into());
        Self { client: self.client.clone(), context: Arc::new(own) }
    }

    /// The client whose settings are used.
    pub fn client(&self) -> &CognitoClient {
        &self.client
    }
}

impl fmt::Debug for DirectSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectSignIn").field("client", &self.client).finish()
    }
}
