//! The state of a challenge, and how it is sealed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::answer::ReceivedChallenge;
use super::body::CallContext;
use crate::error::{AnswerProblem, AuthError, InputProblem, Refusal, RefusalCode};
use crate::secret::{ChallengeSession, SecretOctets};
use crate::sessions::keys::{Purpose, SessionKeys};

/// How many challenges one sign-in may have: a server that issues one after the other is at fault. A challenge
/// that comes again after the user's answer is not counted here.
const MOST_CHALLENGES: u8 = 10;

/// How many times a challenge may come again after the user's answer, in one sign-in: so do triggers take a
/// wrong answer, and Cognito, which locks users out after five wrong codes, does not count theirs. The count
/// is in the sealed form: a client that sends an older one again begins anew.
const MOST_REPEATS: u8 = 9;

/// The longest lifetime of a `Session` (`AuthSessionValidity` of the app client), in seconds.
const LIFETIME: u64 = 15 * 60;

/// How far ahead of this machine's clock another machine may have sealed, in seconds.
const CLOCK_DIFFERENCE: u64 = 90;

/// The version of the sealed form.
const VERSION: &str = "v1.";

/// The longest sealed challenge: what [`answer`](super::answer) accepts, in JSON and base64.
const MAX_SEALED_BYTES: usize = 384 * 1024;

/// Where a sign-in stands: all that the next answer needs, and no password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChallengeState {
    /// The user name of the next answer.
    pub(super) username: String,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub(super) session: Option<ChallengeSession>,
    pub(super) parameters: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) available: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device_key: Option<String>,
    #[serde(default)]
    pub(super) context: CallContext,
    pub(super) challenges: u8,
    #[serde(default)]
    pub(super) repeats: u8,
}

/// Who caused the challenge that came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AnsweredBy {
    User,
    /// The start of the sign-in, or an answer that the user has no part in.
    Client,
}

/// Secrets do not serialize by themselves: the state is serialized for sealing alone.
fn exposed<S: Serializer>(
    session: &Option<ChallengeSession>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    session.as_ref().map(|session| session.expose()).serialize(serializer)
}

impl ChallengeState {
    pub(super) fn new(username: String, device_key: Option<String>, context: CallContext) -> Self {
        Self {
            username,
            name: String::new(),
            session: None,
            parameters: BTreeMap::new(),
            available: Vec::new(),
            device_key,
            context,
            challenges: 0,
            repeats: 0,
        }
    }

    /// Goes on to the next challenge. Cognito names the user by an id of its own from the first answer on.
    ///
    /// The user is refused when the same challenge has come again too often, and the server is at fault for too
    /// many others.
    pub(super) fn go_on(
        &mut self,
        challenge: ReceivedChallenge,
        answered_by: AnsweredBy,
    ) -> Result<(), AuthError> {
        let is_repeated = answered_by == AnsweredBy::User && challenge.name == self.name;
        let (count, most) = match is_repeated {
            true => (&mut self.repeats, MOST_REPEATS),
            false => (&mut self.challenges, MOST_CHALLENGES),
        };
        *count = count.saturating_add(1);
        if *count > most && is_repeated {
            return Err(Refusal::new(RefusalCode::ChallengeOver).into());
        } else if *count > most {
            let reason = AnswerProblem::TooManyChallenges;
            return Err(AuthError::Undecodable { status: 200, reason });
        }
        let ReceivedChallenge { name, session, parameters, available } = challenge;
        let parameter = |name: &str| parameters.get(name).filter(|text| !text.is_empty());
        let username = match name.as_str() {
            // The proof is the one of this id, whatever the other parameter says.
            "PASSWORD_VERIFIER" => parameter("USER_ID_FOR_SRP").or_else(|| parameter("USERNAME")),
            _ => parameter("USERNAME").or_else(|| parameter("USER_ID_FOR_SRP")),
        };
        if let Some(username) = username {
            self.username.clone_from(username);
        }
        (self.name, self.session) = (name, session);
        (self.parameters, self.available) = (parameters, available);
        Ok(())
    }

    /// A parameter that the challenge has to have.
    pub(super) fn parameter(&self, name: &str) -> Result<&str, AuthError> {
        let reason = AnswerProblem::ChallengeParameters;
        let undecodable = || AuthError::Undecodable { status: 200, reason };
        self.parameters.get(name).map(String::as_str).ok_or_else(undecodable)
    }

    /// A parameter that is the text of a JSON array of texts; an emulator has an array in its place. Empty
    /// where it is missing.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, AuthError> {
        let Some(text) = self.parameters.get(name).filter(|text| !text.is_empty()) else {
            return Ok(Vec::new());
        };
        let reason = AnswerProblem::ChallengeParameters;
        serde_json::from_str(text).map_err(|_| AuthError::Undecodable { status: 200, reason })
    }

    /// Seals the state for this pool and app client.
    pub(super) fn seal(&self, keys: &SessionKeys, place: &str, now: u64) -> Option<String> {
        seal(keys, place, now, &Zeroizing::new(serde_json::to_vec(self).ok()?))
    }

    /// `None` for a text that was not sealed with one of these keys, for another pool or app client, and for
    /// one that is older than a `Session` can be.
    pub(super) fn open(keys: &SessionKeys, place: &str, now: u64, sealed: &str) -> Option<Self> {
        serde_json::from_slice(&open(keys, place, now, sealed)?).ok()
    }
}

/// Seals a text for a place: it opens there alone, for as long as a `Session` can live.
pub(super) fn seal(keys: &SessionKeys, place: &str, now: u64, text: &[u8]) -> Option<String> {
    let sealed = keys.seal(Purpose::Challenge, place.as_bytes(), now, text)?;
    let sealed = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(sealed));
    (sealed.len() <= MAX_SEALED_BYTES).then_some(sealed)
}

/// The text that was sealed.
pub(super) fn open(
    keys: &SessionKeys,
    place: &str,
    now: u64,
    sealed: &str,
) -> Option<SecretOctets> {
    if sealed.len() > MAX_SEALED_BYTES {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(VERSION)?).ok()?;
    let (sealed_at, text) = keys.open(Purpose::Challenge, place.as_bytes(), &sealed)?;
    let is_new = sealed_at <= now.saturating_add(CLOCK_DIFFERENCE)
        && now < sealed_at.saturating_add(LIFETIME);
    is_new.then_some(text)
}

/// The error for what could not be sealed.
pub(super) fn unsealed() -> AuthError {
    AuthError::Input { what: "the challenge", reason: InputProblem::NoRandomness }
}

/// The error for a text that is no sealed challenge.
pub(super) fn not_sealed() -> AuthError {
    AuthError::Input { what: "the challenge", reason: InputProblem::NotASealedChallenge }
}
