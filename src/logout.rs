//! Signing out here and at Cognito, and going on where Cognito could not be told.

mod call;
mod queue;
mod untold;
mod waits;

use std::fmt;
use std::sync::Arc;

use crate::claims::AccessClaims;
use crate::error::{AuthError, RefusalCode, RevocationError, Unreachable, VerifyError};
use crate::idp::IdentityProvider;
use crate::secret::{AccessToken, RefreshToken};
use crate::task;
use crate::verify::{SignOut, TokenVerifier};
use call::Call;
use untold::Untold;

/// Signs users out: here, then at Cognito. What Cognito could not be told is told again in the
/// background. Cheap to clone; clones share what is still to be told. Make one for the process.
///
/// ```
/// # use cognito_auth::testing::{LocalUser, LocalUserPool};
/// use cognito_auth::{JwtVerifier, Logout, VerifyError};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let cognito = LocalUserPool::start().await?;
/// # cognito.add_user(LocalUser::new("alice", "Passw0rd!23"));
/// # let verifier = JwtVerifier::new(&cognito.user_pool(), &cognito.client_id())?;
/// # let token = cognito.access_token("alice");
/// let logout = Logout::new(cognito, verifier.clone());
///
/// let outcome = logout.everywhere(&token).await?;
/// assert!(outcome.is_complete());
/// assert_eq!(verifier.verify_access(token.expose()).await, Err(VerifyError::Revoked));
/// # Ok(())
/// # }
/// ```
///
/// # When Cognito cannot be told
///
/// The sessions from before are refused here all the same, for 24 hours and 25 minutes:
/// [`TokenVerifier::sign_out`] says how. At Cognito they go on: other services accept their tokens, and
/// their refresh tokens bring new ones. So Cognito is told again, 2 seconds later at first and then
/// less and less often, up to once a minute, until it has answered or the access token's lifetime has
/// passed once more: with an expired token it takes no sign-out. One call at a time, at most ten a
/// second (Cognito's quota is 25 for all users of the account), and one for a user, so a user who signs
/// out again and again causes no more. At most 10,000 wait, with their tokens, in the memory of this
/// process, and about 32 MiB of them: fewer where tokens are long. When Cognito is told at last, sign-ins that the user made meanwhile end, too.
///
/// A restart loses what was still to be told. What is written in `RedisRevocations` remains: the
/// sessions stay refused here. In the memory of this process nothing remains, neither of the one nor of
/// the other. A user whose sign-out Cognito was never told of (event `given_up`, or a restart) can be
/// signed out by AdminUserGlobalSignOut.
///
/// It needs a tokio runtime with time. Without one, nothing is told again.
#[derive(Clone)]
pub struct Logout(Arc<Halves>);

struct Halves {
    identity_provider: Arc<dyn IdentityProvider>,
    verifier: Arc<dyn TokenVerifier>,
    untold: Untold,
}

/// What became of a sign-out: [`Logout`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedOut {
    /// Whether the tokens are refused here from now on. An error: a store could not take the entries.
    /// Try again.
    pub local: Result<(), RevocationError>,
    /// Whether Cognito has ended the sessions, or has none left to end.
    pub cognito: Result<(), AuthError>,
    /// Whether Cognito is told again in the background.
    pub is_told_again: bool,
}

impl LoggedOut {
    /// Whether both halves are done.
    pub fn is_complete(&self) -> bool {
        self.local.is_ok() && self.cognito.is_ok()
    }

    fn shut_down() -> Self {
        Self {
            local: Err(RevocationError::new("this process is shutting down")),
            cognito: Err(AuthError::Unreachable(Unreachable::Connect)),
            is_told_again: false,
        }
    }
}

impl Logout {
    /// Signs out at this provider, and at this verifier: a clone of the one that lets requests in, or
    /// one with the same revocation store.
    ///
    /// An `Arc` of a provider or a verifier is one, too.
    pub fn new(
        identity_provider: impl IdentityProvider + 'static,
        verifier: impl TokenVerifier + 'static,
    ) -> Self {
        Self::shared(Arc::new(identity_provider), Arc::new(verifier))
    }

    pub(crate) fn shared(
        identity_provider: Arc<dyn IdentityProvider>,
        verifier: Arc<dyn TokenVerifier>,
    ) -> Self {
        Self(Arc::new(Halves { identity_provider, verifier, untold: Untold::default() }))
    }

    /// Signs the user out of every session: here ([`TokenVerifier::sign_out`]), at Cognito
    /// (GlobalSignOut, which needs the scope `aws.cognito.signin.user.admin`), and here once more for
    /// what was begun meanwhile. Each half is done whatever became of the other, and both go on when
    /// the caller leaves.
    ///
    /// The token may be revoked, or have expired: it is one that this service keeps, in a session say.
    /// Of a token that comes with a request see [`TokenVerifier::sign_out_with_token`].
    ///
    /// The browser keeps the login page's cookie. Send it to
    /// [`UserPool::logout_url`](crate::UserPool::logout_url) after this, or the next sign-in asks for no
    /// password.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is not genuine, or its issuer's keys are not available. Nothing was
    /// done then.
    pub async fn everywhere(&self, access_token: &AccessToken) -> Result<LoggedOut, VerifyError> {
        let claims = self.0.verifier.claims_to_sign_out(access_token.expose()).await?;
        let (halves, token) = (Arc::clone(&self.0), access_token.clone());
        let outcome = task::run_detached(async move { halves.user(token, claims, false).await });
        Ok(outcome.await.unwrap_or_else(LoggedOut::shut_down))
    }

    /// Ends one session: here for 24 hours and 25 minutes
    /// ([`TokenVerifier::sign_out_session`]), and at Cognito by its refresh token
    /// ([`IdentityProvider::revoke`]). The user's other sessions go on.
    ///
    /// # Errors
    /// As [`everywhere`](Self::everywhere).
    pub async fn session(
        &self,
        access_token: &AccessToken,
        refresh_token: &RefreshToken,
    ) -> Result<LoggedOut, VerifyError> {
        let claims = self.0.verifier.claims_to_sign_out(access_token.expose()).await?;
        let (halves, refresh_token) = (Arc::clone(&self.0), refresh_token.clone());
        let outcome =
            task::run_detached(async move { halves.session(claims, refresh_token).await });
        Ok(outcome.await.unwrap_or_else(LoggedOut::shut_down))
    }

    /// Ends a session at Cognito alone, by its refresh token; where Cognito cannot be told, it is told
    /// again for so long. `key` is the session's: one call waits for each.
    #[cfg(feature = "sessions")]
    pub(crate) async fn at_cognito(
        &self,
        key: String,
        token: RefreshToken,
        told_for: std::time::Duration,
    ) -> LoggedOut {
        let call = Call::of_token(key, token, told_for);
        let told = self.0.tell(&call).await;
        Arc::clone(&self.0).finish(call, Ok(()), told)
    }

    /// How many sign-outs Cognito is still to be told of.
    pub fn untold(&self) -> usize {
        self.0.untold.len()
    }

    /// [`everywhere`](Self::everywhere), for a token that is known to be genuine; `was_revoked` when a
    /// verification has said so. Ends with its caller.
    pub(crate) async fn of_user(
        &self,
        token: AccessToken,
        claims: AccessClaims,
        was_revoked: bool,
    ) -> LoggedOut {
        Arc::clone(&self.0).user(token, claims, was_revoked).await
    }
}

impl Halves {
    async fn user(
        self: Arc<Self>,
        token: AccessToken,
        claims: AccessClaims,
        was_revoked: bool,
    ) -> LoggedOut {
        let local = if was_revoked {
            self.verifier.repeat_sign_out(&claims).await
        } else {
            self.verifier.sign_out(&claims).await
        };
        let call = Call::of_user(token, claims);
        let told = self.tell(&call).await;
        // This token's session may have ended by itself: then the others go on, and what is still to be
        // told with another token ends them.
        if is_token_revoked(&told)
            && let Some(error) = self.waits_with_another_token(&call)
        {
            return LoggedOut { local: local.map(drop), cognito: Err(error), is_told_again: true };
        }
        let (local, told) = match told {
            // What was begun while Cognito was told is from after the first time.
            Ok(()) => (self.record(&call).await, Ok(())),
            Err(error) if is_signed_out(&error, &local) => (local.map(drop), Ok(())),
            Err(error) => (local.map(drop), Err(error)),
        };
        self.finish(call, local, told)
    }

    async fn session(self: Arc<Self>, claims: AccessClaims, token: RefreshToken) -> LoggedOut {
        let local = self.verifier.sign_out_session(&claims).await;
        let call = Call::of_session(token, &claims);
        let told = self.tell(&call).await;
        self.finish(call, local, told)
    }

    fn finish(
        self: Arc<Self>,
        call: Call,
        local: Result<(), RevocationError>,
        cognito: Result<(), AuthError>,
    ) -> LoggedOut {
        let is_told_again = match &cognito {
            Ok(()) => {
                self.untold.forget(&call);
                false
            }
            Err(error) => is_no_answer(error) && self.tell_again(call, error),
        };
        LoggedOut { local, cognito, is_told_again }
    }
}

/// The provider has nothing left to sign out: no user who could be, or this is the second time. Not
/// so where the token's session alone was revoked there, or the token has expired: the user's other
/// sessions may well go on.
fn is_signed_out(error: &AuthError, local: &Result<SignOut, RevocationError>) -> bool {
    let AuthError::Refused(refusal) = error else { return false };
    match refusal.code() {
        RefusalCode::UserDisabled | RefusalCode::UserNotFound => true,
        RefusalCode::TokenRevoked => matches!(local, Ok(SignOut::Repeated)),
        _ => false,
    }
}

fn is_token_revoked(told: &Result<(), AuthError>) -> bool {
    matches!(told, Err(AuthError::Refused(refusal)) if refusal.code() == RefusalCode::TokenRevoked)
}

/// Whether the same call may be answered otherwise later. Two refusals say nothing about the token:
/// that of a replica Region, and one in words that this crate does not know.
fn is_no_answer(error: &AuthError) -> bool {
    let says_nothing = |code| matches!(code, RefusalCode::OperationNotEnabled | RefusalCode::Other);
    let is_such = matches!(error, AuthError::Refused(refusal) if says_nothing(refusal.code()));
    is_such || error.is_unavailable()
}

impl fmt::Debug for Logout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logout")
            .field("identity_provider", &self.0.identity_provider)
            .field("verifier", &self.0.verifier)
            .field("untold", &self.untold())
            .finish()
    }
}
