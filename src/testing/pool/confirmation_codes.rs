//! Codes that were sent to confirm something: a sign-up, a new password, an attribute.

use std::collections::HashMap;
use std::time::Duration;

use subtle::ConstantTimeEq;

/// What a code confirms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum CodeUse {
    SignUp,
    ForgotPassword,
    /// An attribute's value.
    Attribute(String),
}

impl CodeUse {
    /// A day for sign-ups and attributes, an hour for a new password (Developer Guide, "Signing up and
    /// confirming user accounts", "Quotas").
    fn lifetime(&self) -> Duration {
        let hour = Duration::from_secs(60 * 60);
        match self {
            Self::ForgotPassword => hour,
            Self::SignUp | Self::Attribute(_) => 24 * hour,
        }
    }
}

/// Why a code is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    /// It is another one, or none was sent.
    Mismatch,
    Expired,
    /// Five wrong codes came before.
    TooManyFailures,
}

struct SentCode {
    code: String,
    sent_at: Duration,
    failures: u32,
}

/// Wrong codes before the right one is refused too; a new code starts again.
const MOST_FAILURES: u32 = 5;

/// The newest code of each user for each use: an older one is not accepted any more.
#[derive(Default)]
pub(crate) struct ConfirmationCodes(HashMap<(String, CodeUse), SentCode>);

impl ConfirmationCodes {
    pub(crate) fn put(&mut self, now: Duration, username: &str, code_use: CodeUse, code: String) {
        self.0.retain(|(_, code_use), sent| {
            now.saturating_sub(sent.sent_at) < code_use.lifetime().saturating_mul(2)
        });
        let sent = SentCode { code, sent_at: now, failures: 0 };
        self.0.insert((username.to_owned(), code_use), sent);
    }

    /// Accepts a code once.
    pub(crate) fn redeem(
        &mut self,
        now: Duration,
        username: &str,
        code_use: CodeUse,
        code: &str,
    ) -> Result<(), CodeRefusal> {
        let lifetime = code_use.lifetime();
        let key = (username.to_owned(), code_use);
        let sent = self.0.get_mut(&key).ok_or(CodeRefusal::Mismatch)?;
        if sent.failures >= MOST_FAILURES {
            return Err(CodeRefusal::TooManyFailures);
        }
        let same: bool = sent.code.as_bytes().ct_eq(code.as_bytes()).into();
        if !same {
            sent.failures += 1;
            return Err(CodeRefusal::Mismatch);
        }
        if now.saturating_sub(sent.sent_at) >= lifetime {
            return Err(CodeRefusal::Expired);
        }
        self.0.remove(&key);
        Ok(())
    }

    /// Forgets the codes of a user who was deleted.
    pub(crate) fn forget(&mut self, username: &str) {
        self.0.retain(|(known, _), _| known != username);
    }
}

#[cfg(test)]
mod tests;
