//! The e-mails and text messages that a pool would have sent.

use std::fmt;

use serde::Serialize;

/// An e-mail or a text message with a code, which a [`LocalUserPool`](super::LocalUserPool) kept instead of
/// sending it: see [`outbox`](super::LocalUserPool::outbox). `Debug` leaves the code out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutboxMessage {
    /// Whose code it is.
    pub username: String,
    /// The whole e-mail address or telephone number. Responses of the pool have a masked one.
    pub destination: String,
    /// What the code is for.
    pub purpose: MessagePurpose,
    /// The code, in decimal digits.
    pub code: String,
}

impl OutboxMessage {
    pub(crate) fn new(
        username: &str,
        destination: &str,
        purpose: MessagePurpose,
        code: &str,
    ) -> Self {
        let [username, destination, code] = [username, destination, code].map(str::to_owned);
        Self { username, destination, purpose, code }
    }
}

impl fmt::Debug for OutboxMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxMessage")
            .field("username", &self.username)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// What the code of an [`OutboxMessage`] is for, in the words of Cognito's custom message trigger, whose
/// sources are `CustomMessage_SignUp` and so on (Developer Guide, "Custom message Lambda trigger").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum MessagePurpose {
    /// To confirm a sign-up.
    SignUp,
    /// To confirm a sign-up, on request for a new code.
    ResendCode,
    /// To choose a new password.
    ForgotPassword,
    /// To verify an e-mail address or a telephone number that the user has just changed.
    UpdateUserAttribute,
    /// To verify one, on request for a code.
    VerifyUserAttribute,
    /// To sign in: a one-time password as the first factor, or a second factor.
    Authentication,
}

#[cfg(test)]
mod tests;
