//! The codes that a [`LocalUserPool`] sends, and those of authenticator apps.

use super::LocalUserPool;
use crate::testing::outbox_message::OutboxMessage;
use crate::testing::pool::software_token::code_at;

impl LocalUserPool {
    /// The e-mails and text messages that the pool would have sent, the oldest first; the last 10,000 at
    /// most. Another process can send `GET /_local/outbox` to the pool's address
    /// ([how](crate::guide::test_your_app#from-another-process)).
    pub fn outbox(&self) -> Vec<OutboxMessage> {
        self.core.enter().0.outbox.messages()
    }

    /// The newest code that was sent to a user; `None` when none was.
    pub fn last_code(&self, username: &str) -> Option<String> {
        self.core.enter().0.outbox.last_of(username).map(|message| message.code.clone())
    }

    /// The code that an authenticator app with this secret would show now, by the pool's clock: six digits,
    /// for 30 seconds ([RFC 6238](https://www.rfc-editor.org/rfc/rfc6238)). `secret` is the `SecretCode` of
    /// AssociateSoftwareToken, or that of
    /// [`LocalUser::software_token_mfa`](crate::testing::LocalUser::software_token_mfa). `None` when it is
    /// not Base32.
    pub fn software_token_code(&self, secret: &str) -> Option<String> {
        code_at(secret, self.core.clock.since_epoch())
    }
}
