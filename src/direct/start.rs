//! The start of a sign-in.

use super::advance::{Advanced, is_about_the_device};
use super::attempt::SignInAttempt;
use super::challenge::SignInChallenge;
use super::{DirectSignIn, Step};
use crate::error::AuthError;

impl DirectSignIn {
    /// Starts a sign-in (InitiateAuth), and goes on until the user is signed in or has to answer something: the
    /// proofs of the attempt's password and device are sent here. A user who has only a password needs two
    /// requests by SRP, and one in plain text.
    ///
    /// # Errors
    /// [`SignInFailure::of`](super::SignInFailure::of) says what to do. [`AuthError::Refused`] for a wrong
    /// password and for an unknown user ([`NotAuthorized`](crate::RefusalCode::NotAuthorized) for both, also where
    /// the pool tells that the user is unknown), for an account that is not confirmed, and for a password that has
    /// to be reset; [`AuthError::Input`] for values that cannot be sent. When the tokens do not pass the checks
    /// ([`AuthError::IdTokenMismatch`], [`AuthError::Clock`]), the new session is revoked, as
    /// [`CognitoClient`](crate::CognitoClient#tokens-that-no-caller-gets) does it.
    pub async fn start(&self, attempt: SignInAttempt) -> Result<Step, AuthError> {
        let direct = self.clone();
        let part = Box::pin(async move {
            let device = attempt.device_to_prove();
            match direct.begin(&attempt, device).await {
                Err(error) if device.is_some() && is_about_the_device(&error) => {
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
