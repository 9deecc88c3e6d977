//! A code that came by text message or e-mail, or of an authenticator app.

use std::fmt;

use super::OpenChallenge;
use crate::direct::{Step, input};
use crate::error::AuthError;
use crate::secret::OneTimeCode;

/// A code: of a text message, an e-mail, or an authenticator app.
#[derive(Clone)]
pub struct CodeChallenge {
    pub(super) open: OpenChallenge,
    /// The name of the response.
    response: &'static str,
}

impl CodeChallenge {
    pub(super) fn new(open: OpenChallenge, response: &'static str) -> Self {
        Self { open, response }
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.open.state.parameters.get(name).map(String::as_str)
    }

    /// Where the code went, masked (`a***@e***`). `None` for an authenticator app.
    pub fn destination(&self) -> Option<&str> {
        self.parameter("CODE_DELIVERY_DESTINATION")
    }

    /// The name that the user gave the authenticator app, if there is one.
    pub fn device_name(&self) -> Option<&str> {
        self.parameter("FRIENDLY_DEVICE_NAME")
    }

    /// Answers with the code.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Refused`] with
    /// [`CodeMismatch`](crate::RefusalCode::CodeMismatch) for a wrong code, after which the user may try again,
    /// with [`ChallengeOver`](crate::RefusalCode::ChallengeOver) where the sign-in has to start again. Five wrong
    /// codes lock the user out for a while.
    pub async fn answer(&self, code: &OneTimeCode) -> Result<Step, AuthError> {
        match self.response {
            "SOFTWARE_TOKEN_MFA_CODE" => input::six_digits(code)?,
            _ => input::code(code)?,
        }
        self.open.answer(&[(self.response, code.expose())]).await
    }
}

impl fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CodeChallenge").field(&self.open).finish()
    }
}
