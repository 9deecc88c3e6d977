//! A passkey.

use std::fmt;

use super::OpenChallenge;
use crate::direct::{Step, input};
use crate::error::{AnswerProblem, AuthError};
use crate::json::Members;

/// The user signs in with a passkey (WebAuthn).
///
/// In the browser: `navigator.credentials.get({ publicKey:
/// PublicKeyCredential.parseRequestOptionsFromJSON(options) })`, and its `toJSON()` is the answer.
#[derive(Clone)]
pub struct PasskeyChallenge {
    pub(super) open: OpenChallenge,
}

impl PasskeyChallenge {
    pub(super) fn new(open: OpenChallenge) -> Result<Self, AuthError> {
        let options = open.state.parameter("CREDENTIAL_REQUEST_OPTIONS")?;
        let reason = AnswerProblem::ChallengeParameters;
        Members::parse(options.as_bytes())
            .map_err(|_| AuthError::Undecodable { status: 200, reason })?;
        Ok(Self { open })
    }

    /// The options for the browser, as the text of a JSON object (`PublicKeyCredentialRequestOptions`, binary
    /// members in base64url).
    pub fn options(&self) -> &str {
        let options = self.open.state.parameters.get("CREDENTIAL_REQUEST_OPTIONS");
        options.map_or("{}", String::as_str)
    }

    /// Answers with what the browser's `toJSON()` returned, as the text of a JSON object.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Input`] for what is not a
    /// JSON object.
    pub async fn answer(&self, credential: &str) -> Result<Step, AuthError> {
        input::json_object("the passkey", credential)?;
        self.open.answer(&[("CREDENTIAL", credential)]).await
    }
}

impl fmt::Debug for PasskeyChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PasskeyChallenge").field(&self.open).finish()
    }
}
