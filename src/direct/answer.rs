//! The answer of InitiateAuth and of RespondToAuthChallenge: tokens, or a challenge.

use std::collections::BTreeMap;

use serde_json::Value;

use super::date;
use crate::error::{AnswerProblem, AuthError};
use crate::idp::Tokens;
use crate::idp::response::ProviderResponse;
use crate::idp::{json_api, token};
use crate::json::Members;
use crate::secret::ChallengeSession;

/// How much longer than a JSON document of Cognito's the parameters of a challenge may be, in bytes, all of
/// them together: a sealed challenge has to fit into a form.
pub(super) const MAX_PARAMETER_BYTES: usize = 64 * 1024;

/// The longest `Session`, in characters (API reference, `SessionType`), with room for one that grows.
const MAX_SESSION_BYTES: usize = 16 * 1024;

/// The longest name of a challenge.
const MAX_NAME_BYTES: usize = 128;

/// An answer, and the time of the server that gave it.
pub(crate) struct AuthAnswer {
    pub(super) outcome: AuthOutcome,
    /// `Date`, in seconds since 1970.
    pub(super) date: Option<u64>,
}

pub(super) enum AuthOutcome {
    Tokens(Box<Tokens>),
    Challenge(ReceivedChallenge),
}

/// A challenge as it came.
pub(super) struct ReceivedChallenge {
    pub(super) name: String,
    pub(super) session: Option<ChallengeSession>,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) available: Vec<String>,
}

/// Reads the answer of both operations, which have the same members.
pub(crate) fn read(answer: &ProviderResponse) -> Result<AuthAnswer, AuthError> {
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let members =
        answer.members().ok_or_else(|| answer.undecodable(AnswerProblem::NotJsonObject))?;
    let text = |name| {
        let text = members.optional_text(name);
        let text = text.map_err(|_| answer.undecodable(AnswerProblem::NotAText))?;
        Ok::<_, AuthError>(text.filter(|text| !text.is_empty()))
    };
    let outcome = match (text("ChallengeName")?, members.given("AuthenticationResult")) {
        (None, true) => AuthOutcome::Tokens(Box::new(token::json_tokens(answer)?)),
        (Some(_), true) => return Err(answer.undecodable(AnswerProblem::TokensAndChallenge)),
        (None, false) => return Err(answer.undecodable(AnswerProblem::NoChallenge)),
        (Some(name), false) => {
            let problem = || answer.undecodable(AnswerProblem::ChallengeParameters);
            let session = text("Session")?.map(|session| ChallengeSession::new(&*session));
            let parameters = parameters(&members).ok_or_else(problem)?;
            let available = match members.given("AvailableChallenges") {
                true => members.texts("AvailableChallenges").map_err(|_| problem())?,
                false => None,
            };
            let available = available.unwrap_or_default();
            let bytes = |texts: &mut dyn Iterator<Item = &String>| texts.map(String::len).sum();
            let size: usize = bytes(&mut parameters.iter().flat_map(|(name, value)| [name, value]));
            let size = size + bytes(&mut available.iter());
            let session_size = session.as_ref().map_or(0, |session| session.expose().len());
            if size > MAX_PARAMETER_BYTES
                || session_size > MAX_SESSION_BYTES
                || name.len() > MAX_NAME_BYTES
            {
                return Err(answer.undecodable(AnswerProblem::TooLarge));
            }
            let name = name.into_owned();
            AuthOutcome::Challenge(ReceivedChallenge { name, session, parameters, available })
        }
    };
    Ok(AuthAnswer { outcome, date: date::of(&answer.headers) })
}

/// Reads the answer to a refresh: tokens. There is no challenge in it.
pub(crate) fn refreshed(answer: &ProviderResponse) -> Result<Tokens, AuthError> {
    match read(answer)?.outcome {
        AuthOutcome::Tokens(tokens) => Ok(*tokens),
        AuthOutcome::Challenge(_) => Err(answer.undecodable(AnswerProblem::UnexpectedChallenge)),
    }
}

/// The parameters. One that is no text, as an emulator has it, is kept as JSON; `null` counts as missing.
fn parameters(members: &Members<'_>) -> Option<BTreeMap<String, String>> {
    if !members.given("ChallengeParameters") {
        return Some(BTreeMap::new());
    }
    let raw = members.raw("ChallengeParameters")?;
    Members::parse(raw.as_bytes()).ok()?;
    let parameters: BTreeMap<String, Value> = serde_json::from_str(raw).ok()?;
    let text = |value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        value => Some(value.to_string()),
    };
    Some(parameters.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
}
