//! Challenges of the pool's own triggers, and those that this version does not know.

use std::collections::BTreeMap;
use std::fmt;

use super::OpenChallenge;
use crate::direct::Step;
use crate::error::AuthError;
use crate::secret::OneTimeCode;

/// A challenge of the pool's own triggers.
#[derive(Clone)]
pub struct CustomChallenge(pub(super) OpenChallenge);

impl CustomChallenge {
    /// What the trigger published for this user (`publicChallengeParameters`).
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.0.state.parameters
    }

    /// Answers with this text, which may be empty. How often a wrong answer comes back as another challenge is
    /// decided by the trigger; the tenth in a sign-in ends it here.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Refused`] with
    /// [`ChallengeOver`](crate::RefusalCode::ChallengeOver) for the tenth wrong answer; [`AuthError::Input`] for one
    /// of over 131,072 characters.
    pub async fn answer(&self, answer: &OneTimeCode) -> Result<Step, AuthError> {
        self.0.answer(&[("ANSWER", answer.expose())]).await
    }
}

/// A challenge that this version of the crate does not know.
#[derive(Clone)]
pub struct UnknownChallenge(pub(super) OpenChallenge);

impl UnknownChallenge {
    /// Its parameters.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.0.state.parameters
    }

    /// The challenges that it offers (`AvailableChallenges`).
    pub fn available(&self) -> &[String] {
        &self.0.state.available
    }

    /// Answers with these responses: name and text. The session, `USERNAME`, and `SECRET_HASH` of an app client
    /// with a secret are added, in place of any that are given here; and `DEVICE_KEY` of the attempt's device,
    /// unless one is given here.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Input`] for a text of over
    /// 131,072 characters.
    pub async fn answer(&self, responses: &[(&str, &str)]) -> Result<Step, AuthError> {
        let own = |name: &str| ["USERNAME", "SECRET_HASH"].contains(&name);
        let responses: Vec<_> = responses.iter().filter(|(name, _)| !own(name)).copied().collect();
        self.0.answer(&responses).await
    }
}

impl fmt::Debug for CustomChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomChallenge").field(&self.0).finish()
    }
}

impl fmt::Debug for UnknownChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnknownChallenge").field(&self.0).finish()
    }
}
