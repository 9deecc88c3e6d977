//! The challenge of USER_SRP_AUTH: a client shows that it knows the password, without sending it.
//!
//! Source: API reference, InitiateAuth and RespondToAuthChallenge, `PASSWORD_VERIFIER`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::srp::{PasswordVerifier, ServerExchange, SrpIdentity, pad};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::challenges::IssuedChallenge;
use crate::testing::pool::state::PoolState;

/// Issues a challenge, and gives its parameters. A user who does not exist gets one too, which no
/// answer fits.
pub(crate) fn issue(
    state: &mut PoolState,
    now: Duration,
    client_id: &str,
    username: &str,
    client_public: &str,
) -> Result<Value, ApiError> {
    let unknown = state.random.text(32);
    let secret = state.random.bytes(32);
    let secret_block = STANDARD.encode(state.random.bytes(512));
    let user = state.users.get(username);
    let password = user.map_or(unknown.as_str(), |user| user.details.password());
    // The same each time, as it would be in a table of users.
    let salt = &Sha256::digest(format!("{}:{username}", state.settings.pool_id))[..16];
    let identity = SrpIdentity { realm: state.settings.pool_name(), user_id: username, password };
    let verifier = PasswordVerifier::new(&identity, salt);
    let exchange = ServerExchange::new(&verifier, client_public, &secret);
    let exchange = exchange.ok_or_else(ApiError::srp_a_unusable)?;
    let parameters = json!({
        "SALT": pad::hex(salt),
        "SECRET_BLOCK": secret_block,
        "SRP_B": exchange.public,
        "USERNAME": username,
        "USER_ID_FOR_SRP": username,
    });
    let challenge = IssuedChallenge {
        client_id: client_id.to_owned(),
        username: username.to_owned(),
        key: exchange.key,
        issued_at: now,
    };
    state.challenges.put(now, secret_block, challenge);
    Ok(parameters)
}

/// Checks the answer. The first one spends a challenge, whatever comes of it. The timestamp is a part
/// of what is signed; it is not compared with the clock.
pub(crate) fn check(
    state: &mut PoolState,
    now: Duration,
    client_id: &str,
    username: &str,
    responses: &Input,
) -> Result<(), ApiError> {
    let secret_block = responses.required("PASSWORD_CLAIM_SECRET_BLOCK")?;
    let signature = responses.required("PASSWORD_CLAIM_SIGNATURE")?;
    let timestamp = responses.required("TIMESTAMP")?;
    let challenge = state.challenges.take(secret_block).ok_or_else(ApiError::wrong_password)?;
    if challenge.is_over(now) {
        return Err(ApiError::challenge_over());
    }
    if challenge.client_id != client_id || challenge.username != username {
        return Err(ApiError::wrong_password());
    }
    let secret_block = STANDARD.decode(secret_block).unwrap_or_default();
    let realm = state.settings.pool_name();
    let own = challenge.key.signature(realm, username, &secret_block, timestamp);
    let accepted = challenge.key.accepts(signature, &own);
    if accepted { Ok(()) } else { Err(ApiError::wrong_password()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srp::ClientExchange;
    use crate::testing::pool::challenges::LIFETIME;
    use crate::testing::{LocalUser, LocalUserPool};

    const CLIENT: &str = "localclient";

    /// The state's answer to a client that believes in this password, given so much later.
    fn attempt(
        client_id: &str,
        username: &str,
        password: &str,
        later: Duration,
    ) -> PasswordAttempts {
        let pool = LocalUserPool::builder().user(LocalUser::new("alice", "right")).in_memory();
        let pool = pool.build().unwrap();
        let (mut state, now) = pool.core.enter();
        let client = ClientExchange::random().unwrap();
        let given = issue(&mut state, now, CLIENT, "alice", &client.public()).unwrap();
        let text = |name: &str| given[name].as_str().unwrap().to_owned();
        let alice = SrpIdentity { realm: "LocalPool", user_id: "alice", password };
        let key = client.shared_key(&alice, &text("SALT"), &text("SRP_B")).unwrap().unwrap();
        let block = STANDARD.decode(text("SECRET_BLOCK")).unwrap();
        let timestamp = "Thu Jan 1 00:00:00 UTC 2026";
        let signature = key.signature("LocalPool", "alice", &block, timestamp);
        let responses = json!({
            "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": timestamp,
        });
        let responses = Input::read(responses.to_string().as_bytes()).unwrap();
        let mut take = || check(&mut state, now + later, client_id, username, &responses);
        PasswordAttempts { first: take(), second: take() }
    }

    #[derive(Debug, PartialEq)]
    struct PasswordAttempts {
        first: Result<(), ApiError>,
        second: Result<(), ApiError>,
    }

    #[test]
    fn the_right_answer_is_taken_once() {
        let wrong = || Err(ApiError::wrong_password());
        let second = wrong();
        let in_time = LIFETIME - Duration::from_millis(1);
        for (client, user, password, later, first) in [
            (CLIENT, "alice", "right", Duration::ZERO, Ok(())),
            (CLIENT, "alice", "right", in_time, Ok(())),
            (CLIENT, "alice", "right", LIFETIME, Err(ApiError::challenge_over())),
            (CLIENT, "alice", "wrong", Duration::ZERO, wrong()),
            (CLIENT, "bob", "right", Duration::ZERO, wrong()),
            ("other", "alice", "right", Duration::ZERO, wrong()),
        ] {
            let outcome = attempt(client, user, password, later);
            assert_eq!(outcome.first, first, "{client} {user} {password} {later:?}");
            assert_eq!(outcome.second, second, "{client} {user} {password} {later:?}");
        }
    }

    #[test]
    fn an_unknown_user_gets_a_challenge_in_the_same_form() {
        let pool = LocalUserPool::builder().user(LocalUser::new("alice", "right")).in_memory();
        let pool = pool.build().unwrap();
        let (mut state, now) = pool.core.enter();
        let mut challenge = |username| {
            let given = issue(&mut state, now, CLIENT, username, "a5").unwrap();
            let lengths = ["SALT", "SECRET_BLOCK"].map(|name| given[name].as_str().unwrap().len());
            (given["SALT"].clone(), lengths)
        };
        let ((salt, alice), (others, unknown)) = (challenge("alice"), challenge("unknown"));
        assert_eq!(alice, unknown);
        assert_ne!(salt, others);
        assert_eq!((challenge("alice").0, challenge("unknown").0), (salt, others));
    }
}
