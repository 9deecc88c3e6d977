//! Ending a session at Cognito by its refresh token: of a session, or of a sign-in whose tokens are not used.

use std::sync::Arc;
use std::thread;

use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use super::call::Call;
use super::retry::given_up;
use super::{LoggedOut, Logout};
use crate::idp::retry::{REVOCATION_RETRIED_FOR, is_no_answer, is_token_invalid};
use crate::secret::RefreshToken;

impl Logout {
    /// Ends a session at Cognito alone, by its refresh token. A call without an answer is retried for ten
    /// minutes; one call is queued for each `key`.
    pub(crate) async fn at_cognito(&self, key: String, token: RefreshToken) -> LoggedOut {
        let call = Call::of_token(key, token, REVOCATION_RETRIED_FOR);
        let cognito = self.0.send(&call).await;
        Arc::clone(&self.0).finish(call, Ok(()), cognito)
    }

    /// As [`at_cognito`](Self::at_cognito), for a token that was issued and is not used.
    pub(crate) async fn of_unused(&self, token: &RefreshToken) -> LoggedOut {
        // A key for each: these tokens belong to no session that is known here.
        let key = format!("unused {:x?}", Sha256::digest(token.expose()));
        let told = self.at_cognito(key, token.clone()).await;
        // A failure that has no answer and is not queued is counted as that.
        if let Err(error) = &told.cognito
            && !is_no_answer(error)
            && !is_token_invalid(error)
        {
            given_up(error.code());
        }
        told
    }

    /// Revokes the token if the caller panics while it has the result, for example in a check or a store of the
    /// application: the token, which is valid for weeks, then reaches no client and no record.
    pub(crate) fn revoke_on_panic(&self, token: Option<&RefreshToken>) -> RevokedOnPanic {
        RevokedOnPanic { logout: self.clone(), token: token.cloned() }
    }
}

/// Where there is no runtime, as in a program that calls this without one, the token is not revoked.
#[must_use]
pub(crate) struct RevokedOnPanic {
    logout: Logout,
    token: Option<RefreshToken>,
}

impl Drop for RevokedOnPanic {
    fn drop(&mut self) {
        if thread::panicking()
            && let (Some(token), Ok(runtime)) = (self.token.take(), Handle::try_current())
        {
            let logout = self.logout.clone();
            runtime.spawn(async move { logout.of_unused(&token).await });
        }
    }
}
