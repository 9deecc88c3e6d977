//! The choice of how to sign in.

use std::fmt;

use super::OpenChallenge;
use crate::direct::advance::{InHand, new_exchange};
use crate::direct::{Step, input};
use crate::error::AuthError;
use crate::secret::Password;

/// The user chooses how to sign in (USER_AUTH).
///
/// ```
/// use cognito_auth::AuthError;
/// use cognito_auth::direct::{Password, SignInChoiceChallenge, Step};
///
/// async fn by_form(
///     challenge: &SignInChoiceChallenge,
///     password: Option<Password>,
/// ) -> Result<Step, AuthError> {
///     match password {
///         Some(password) => challenge.choose_password(&password).await,
///         None => challenge.choose("EMAIL_OTP").await,
///     }
/// }
/// ```
#[derive(Clone)]
pub struct SignInChoiceChallenge(pub(super) OpenChallenge);

impl SignInChoiceChallenge {
    /// Cognito's names of what the user may choose: `PASSWORD_SRP`, `PASSWORD`, `EMAIL_OTP`, `SMS_OTP`,
    /// `WEB_AUTHN`.
    pub fn choices(&self) -> &[String] {
        &self.0.state.available
    }

    /// Chooses one of [`choices`](Self::choices). The challenge of that factor comes next.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Input`] for what is not
    /// among the choices.
    pub async fn choose(&self, choice: &str) -> Result<Step, AuthError> {
        input::choice(choice, self.choices())?;
        self.0.answer(&[("ANSWER", choice)]).await
    }

    /// Chooses the password, and proves it in the same call: by SRP if that is among the choices; else it is
    /// sent to Cognito.
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    pub async fn choose_password(&self, password: &Password) -> Result<Step, AuthError> {
        input::password(password)?;
        if !self.choices().iter().any(|choice| choice == "PASSWORD_SRP") {
            input::choice("PASSWORD", self.choices())?;
            let responses = [("ANSWER", "PASSWORD"), ("PASSWORD", password.expose())];
            return self.0.answer(&responses).await;
        }
        let exchange = new_exchange()?;
        let public = exchange.public();
        let hand = InHand { password: Some((password.clone(), exchange)), ..InHand::default() };
        self.0.answer_with(&[("ANSWER", "PASSWORD_SRP"), ("SRP_A", &public)], hand).await
    }
}

impl fmt::Debug for SignInChoiceChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choices = &self.choices();
        f.debug_struct("SignInChoiceChallenge").field("choices", choices).finish_non_exhaustive()
    }
}
