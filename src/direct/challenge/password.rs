//! The password, where the user chose it.

use std::fmt;

use super::OpenChallenge;
use crate::direct::advance::{InHand, new_exchange};
use crate::direct::{Step, input};
use crate::error::AuthError;
use crate::secret::Password;

/// The password. Whether it is proved by SRP or sent to Cognito is the challenge's matter.
#[derive(Clone)]
pub struct PasswordChallenge(pub(super) OpenChallenge);

impl PasswordChallenge {
    /// Answers with the password.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start).
    pub async fn answer(&self, password: &Password) -> Result<Step, AuthError> {
        input::password(password)?;
        if self.0.state.name == "PASSWORD" {
            return self.0.answer(&[("PASSWORD", password.expose())]).await;
        }
        let exchange = new_exchange()?;
        let public = exchange.public();
        let hand = InHand { password: Some((password.clone(), exchange)), ..InHand::default() };
        self.0.answer_with(&[("SRP_A", &public)], hand).await
    }
}

impl fmt::Debug for PasswordChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PasswordChallenge").field(&self.0).finish()
    }
}
