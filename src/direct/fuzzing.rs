//! Ways in for the fuzz targets: the readers of answers, without the HTTP client in front of them, and the
//! text of a sealed challenge.

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use http::HeaderMap;

use super::accounts::fuzzing as accounts;
use super::answer::{self, AuthOutcome};
use super::challenge::SignInChallenge;
use super::state::{AnsweredBy, ChallengeState};
use super::{DirectSignIn, totp};
use crate::error::AuthError;
use crate::idp::fuzzing::provider_answer;
use crate::idp::{CognitoClient, Tokens};
use crate::pool::UserPool;
use crate::sessions::keys::{Purpose, SessionKeys};
use crate::srp::{ClientExchange, SrpIdentity};

const POOL: &str = "eu-west-1_AbCdEf123";
const CLIENT: &str = "1example23456789abcdefghij";

/// 2026-01-01T00:10:00Z.
const NOW: u64 = 1_767_226_200;

static DIRECT: LazyLock<Option<DirectSignIn>> = LazyLock::new(|| {
    let clock = || UNIX_EPOCH + Duration::from_secs(NOW);
    let client = CognitoClient::builder(&UserPool::new(POOL).ok()?, CLIENT).clock(clock).build();
    Some(DirectSignIn::new(&client.ok()?))
});

static EXCHANGE: LazyLock<Option<ClientExchange>> = LazyLock::new(ClientExchange::random);

static KEYS: LazyLock<Option<SessionKeys>> = LazyLock::new(|| SessionKeys::random().ok());

/// The answer of InitiateAuth and RespondToAuthChallenge: `tokens`, or the name of the challenge. The parameters
/// of a challenge are read too, those of SRP by the client's half.
pub fn direct_reply(status: u16, headers: HeaderMap, body: &[u8]) -> Result<String, AuthError> {
    let received = answer::read(&provider_answer(status, headers, body))?;
    let challenge = match received.outcome {
        AuthOutcome::Tokens(_) => return Ok("tokens".to_owned()),
        AuthOutcome::Challenge(challenge) => challenge,
    };
    let mut state = ChallengeState::new("alice".to_owned(), None, Default::default());
    state.go_on(challenge, AnsweredBy::Client)?;
    let name = state.name.clone();
    let srp = (state.parameter("SALT"), state.parameter("SRP_B"));
    if let ((Ok(salt), Ok(server_public)), Some(exchange)) = (srp, &*EXCHANGE) {
        let user_id = state.username.as_str();
        let identity = SrpIdentity { realm: "AbCdEf123", user_id, password: "Passw0rd!" };
        let _ = exchange.shared_key(&identity, salt, server_public);
    }
    match &*DIRECT {
        Some(direct) => SignInChallenge::new(direct.clone(), state).map(|_| name),
        None => Ok(name),
    }
}

/// The answer of InitiateAuth to a refresh.
pub fn direct_refresh_reply(
    status: u16,
    headers: HeaderMap,
    body: &[u8],
) -> Result<Tokens, AuthError> {
    answer::refreshed(&provider_answer(status, headers, body))
}

/// The answers of the other operations, each by its own reader.
pub fn account_replies(
    status: u16,
    headers: HeaderMap,
    body: &[u8],
) -> Vec<Result<String, AuthError>> {
    let answer = provider_answer(status, headers, body);
    let mut replies = accounts::replies(&answer);
    replies.push(totp::associated(&answer).map(|read| format!("{read:?}")));
    replies.push(totp::verified(&answer).map(|read| format!("{read:?}")));
    replies
}

/// A challenge with this text, sealed.
pub fn seal_challenge(text: &[u8]) -> Vec<u8> {
    let keys = KEYS.as_ref();
    let place = format!("{POOL} {CLIENT}");
    let sealed = keys.and_then(|keys| keys.seal(Purpose::Challenge, place.as_bytes(), NOW, text));
    sealed.unwrap_or_default()
}

/// The name of a challenge that opens, in the form that a browser sends it in.
pub fn open_challenge(sealed: &str) -> Option<String> {
    let (direct, keys) = (DIRECT.as_ref()?, KEYS.as_ref()?);
    Some(direct.open(keys, sealed).ok()?.name().to_owned())
}
