//! The start of a sign-in.

use super::advance::{Advanced, is_about_the_device};
use super::attempt::SignInAttempt;
use super::challenge::SignInChallenge;
use super::{DirectSignIn, Step};
use crate::error::AuthError;

impl DirectSignIn {
    /// Starts a sign-in. A challenge that needs only what the attempt has, the password or a device, is
    /// answered here.
    ///
    /// # Errors
    /// [`SignInFailure::of`](super::SignInFailure::of) says what to do. [`AuthError::Refused`] for a wrong
    /// password and for an unknown user ([`NotAuthorized`](crate::RefusalCode::NotAuthorized) for both, whatever the
    /// pool tells), an account that is not confirmed, a password that has to be reset;
    /// [`AuthError::Input`] for values that cannot be sent; [`AuthError::IdTokenMismatch`] and
    /// [`AuthError::Clock`] as after a code exchange, when the new session is revoked.
    pub async fn start(&self, attempt: SignInAttempt) -> Result<Step, AuthError> {
        let direct = self.clone();
        let part = Box::pin(async move {
            match direct.begin(&attempt, attempt.device.as_ref()).await {
                Err(error) if attempt.device.is_some() && is_about_the_device(&error) => {
                    direct.begin(&attempt, None).await
                }
                step => step,
            }
        });
        self.hand_over(part).await.and_then(|advanced| Step::of(self, advanced))
    }
}

impl Step {
    pub(super) fn of(direct: &DirectSignIn, advanced: Advanced) -> Result<Self, AuthError> {
        match advanced {
            Advanced::Done(tokens) => Ok(Self::Done(*tokens)),
            Advanced::Asked(state) => {
                SignInChallenge::new(direct.clone(), *state).map(Self::Challenge)
            }
        }
    }
}
