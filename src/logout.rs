//! [`Logout`]: signing out here and at Cognito, with retries at Cognito.

mod call;
mod queue;
mod retry;
mod unrecorded;
mod unused;

use std::fmt;
use std::sync::Arc;

use crate::claims::AccessClaims;
use crate::error::{AuthError, RefusalCode, RevocationError, Unreachable, VerifyError};
use crate::idp::IdentityProvider;
use crate::idp::retry::is_no_answer;
use crate::secret::{AccessToken, RefreshToken};
use crate::task;
use crate::verify::TokenVerifier;
use call::Call;
use retry::PendingCalls;

/// Signs users out: here, then at Cognito. A sign-out that fails at Cognito is retried in the
/// background. Cheap to clone; clones share the retries. Make one for the process.
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
/// # When Cognito cannot be reached
///
/// The verifier refuses the user's earlier sessions for 24 hours and 25 minutes
/// ([`TokenVerifier::sign_out`]). At Cognito the sessions continue: other services accept their tokens, and
/// Cognito accepts their refresh tokens. So GlobalSignOut is retried, first after 1 to 2 seconds, or as
/// `Retry-After` asks (a minute at most), and then at growing intervals up to a minute, until Cognito
/// answers, or until the access token's lifetime has passed once more since the sign-out: Cognito
/// accepts no GlobalSignOut with an expired token. Retries are sent one at a time, at most ten a second
/// (Cognito's quota is 25 for all users of the account), and a user has one retry, however often they
/// sign out. At most 10,000 sign-outs wait, with their tokens, in about 32 MiB of memory; fewer if
/// tokens are long. Revocations of refresh tokens have a queue of their own, as large, and are retried in the
/// same way: while Cognito refuses the client secret, which they need, GlobalSignOut is not delayed. A
/// retry that succeeds also ends sessions that the user started in the meantime.
///
/// # When Cognito says that the token was revoked
///
/// That is its answer to a second GlobalSignOut, and also for a token whose own session was revoked, while the
/// user's other sessions continue. So it counts as success only if GlobalSignOut is known to have succeeded since
/// the token was issued: a revocation store has the record of it
/// ([`TokenVerifier::is_global_sign_out_recorded`]), or this process has made the call with this token, and the
/// answer was lost or could not be recorded. Else it is the error in [`LoggedOut::cognito`], also when the call is
/// repeated. After a restart, or in another process, a lost answer is not known.
///
/// # After a restart
///
/// A restart loses the retries. Entries in `RedisRevocations` remain, and the sessions stay refused here;
/// entries in memory are lost too. A user whose retries were given up (event `given_up`) or lost can be
/// signed out at Cognito by AdminUserGlobalSignOut.
///
/// The retries need a tokio runtime with time. Without one there are none.
#[derive(Clone)]
pub struct Logout(Arc<Halves>);

struct Halves {
    identity_provider: Arc<dyn IdentityProvider>,
    verifier: Arc<dyn TokenVerifier>,
    pending: PendingCalls,
}

/// The result of a sign-out by [`Logout`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedOut {
    /// The sign-out at the verifier. `Ok`: it refuses the tokens from now on. An error: a revocation store
    /// could not take the entries; call the method again.
    pub local: Result<(), RevocationError>,
    /// The sign-out at Cognito. `Ok`: Cognito has ended the sessions, or there were none to end.
    /// [`TokenRevoked`](RefusalCode::TokenRevoked): the user's other sessions may continue.
    pub cognito: Result<(), AuthError>,
    /// Whether the sign-out at Cognito is retried in the background.
    pub is_retried: bool,
}

impl LoggedOut {
    /// Whether the sign-out succeeded both at the verifier and at Cognito.
    pub fn is_complete(&self) -> bool {
        self.local.is_ok() && self.cognito.is_ok()
    }

    fn shut_down() -> Self {
        Self {
            local: Err(RevocationError::ShuttingDown),
            cognito: Err(AuthError::Unreachable(Unreachable::Connect)),
            is_retried: false,
        }
    }
}

impl Logout {
    /// Signs out at this provider and at this verifier. Pass a clone of the verifier that verifies
    /// requests, or one with the same revocation store.
    ///
    /// An `Arc` of a provider or of a verifier can be passed too.
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
        Self(Arc::new(Halves { identity_provider, verifier, pending: PendingCalls::default() }))
    }

    /// Signs the user out of every session: here ([`TokenVerifier::sign_out`]), at Cognito
    /// (GlobalSignOut, which needs the scope `aws.cognito.signin.user.admin`), and here again for
    /// sessions that were started meanwhile. Each of the two is made when the other fails, and both are
    /// completed when the returned future is dropped.
    ///
    /// The token may be revoked or have expired: it is one that this service stores, for example in a
    /// session. For a token that comes with a request see [`TokenVerifier::sign_out_with_token`].
    ///
    /// The browser keeps the login page's cookie. Redirect it to
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
    /// ([`IdentityProvider::revoke`]). The user's other sessions continue.
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

    /// How many sign-outs wait for a retry at Cognito.
    pub fn pending(&self) -> usize {
        self.0.pending.len()
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
        let sent = self.send(&call).await;
        // This token's session alone may have been revoked. The user's other sessions then end by the
        // retry with another token, if one is queued.
        if is_token_revoked(&sent)
            && let Some(error) = self.pending_with_another_token(&call)
        {
            return LoggedOut { local: local.map(drop), cognito: Err(error), is_retried: true };
        }
        let (local, cognito) = match sent {
            // Sessions that were started during the call are later than the first entry.
            Ok(()) => (self.record(&call).await, Ok(())),
            Err(error) if self.is_signed_out(&error, &call).await => (local.map(drop), Ok(())),
            Err(error) => (local.map(drop), Err(error)),
        };
        self.finish(call, local, cognito)
    }

    async fn session(self: Arc<Self>, claims: AccessClaims, token: RefreshToken) -> LoggedOut {
        let local = self.verifier.sign_out_session(&claims).await;
        let call = Call::of_session(token, &claims);
        let cognito = self.send(&call).await;
        self.finish(call, local, cognito)
    }

    fn finish(
        self: Arc<Self>,
        call: Call,
        local: Result<(), RevocationError>,
        cognito: Result<(), AuthError>,
    ) -> LoggedOut {
        let is_retried = match &cognito {
            Ok(()) => {
                self.pending.forget(&call);
                false
            }
            Err(error) => {
                self.pending.remember_lost(&call, error);
                is_no_answer(error) && self.retry(call, error)
            }
        };
        LoggedOut { local, cognito, is_retried }
    }

    /// The provider has nothing left to sign out: the user is disabled or deleted, or was signed out before.
    /// Not where the token's session alone may have been revoked there, or the token has expired: the user's
    /// other sessions may still be alive. That this verifier has signed the user out proves nothing.
    async fn is_signed_out(&self, error: &AuthError, call: &Call) -> bool {
        let AuthError::Refused(refusal) = error else { return false };
        match refusal.code() {
            RefusalCode::UserDisabled | RefusalCode::UserNotFound => true,
            RefusalCode::TokenRevoked => {
                self.pending.may_have_succeeded(call) || self.is_recorded(call).await
            }
            _ => false,
        }
    }
}

fn is_token_revoked(sent: &Result<(), AuthError>) -> bool {
    matches!(sent, Err(AuthError::Refused(refusal)) if refusal.code() == RefusalCode::TokenRevoked)
}

impl fmt::Debug for Logout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logout")
            .field("identity_provider", &self.0.identity_provider)
            .field("verifier", &self.0.verifier)
            .field("pending", &self.pending())
            .finish()
    }
}
