//! The choice-based flow, `USER_AUTH`: which first factors a user has, and the challenges for them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::http::json_api::challenge::challenge;
use crate::testing::http::json_api::next_step::delivery_parameters;
use crate::testing::outbox_message::MessagePurpose;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::outbox::{MessageMedium, made_up_destination};
use crate::testing::pool::state::PoolState;

/// Digits of a one-time password.
const ONE_TIME_PASSWORD_DIGITS: usize = 8;

/// Every first factor, in the order in which Cognito lists them.
pub(crate) const FIRST_FACTORS: [&str; 5] =
    ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"];

/// The first factors of a user. A name that no user has gets those that most users have.
pub(crate) fn available(state: &PoolState, username: &str) -> Vec<&'static str> {
    let Some(user) = state.users.get(username) else {
        return vec!["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"];
    };
    let has = |factor: &&str| match *factor {
        "EMAIL_OTP" => user.details.verified("email").is_some(),
        "SMS_OTP" => user.details.verified("phone_number").is_some(),
        "WEB_AUTHN" => !state.passkeys.of(&user.sub).is_empty(),
        _ => user.details.password().is_some(),
    };
    FIRST_FACTORS.into_iter().filter(has).collect()
}

/// SELECT_CHALLENGE.
pub(crate) fn select_challenge(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
) -> Value {
    let available = available(state, &attempt.username);
    let mut output = challenge(state, now, attempt, AskedProof::FirstFactorChoice, json!({}));
    output["AvailableChallenges"] = available.into();
    output
}

/// EMAIL_OTP or SMS_OTP, with a code that goes to the outbox. A name that no user has gets a challenge in
/// the same form; the code goes nowhere.
pub(crate) fn one_time_password(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
    medium: MessageMedium,
) -> Value {
    let name = match medium {
        MessageMedium::Email => "EMAIL_OTP",
        MessageMedium::Sms => "SMS_OTP",
    };
    let user = state.users.get(&attempt.username);
    let destination = user.and_then(|user| user.details.verified(medium.attribute()));
    let (code, masked) = match destination.map(str::to_owned) {
        Some(destination) => {
            let (username, purpose) = (&attempt.username, MessagePurpose::Authentication);
            let code = state.send_code(username, &destination, purpose, ONE_TIME_PASSWORD_DIGITS);
            (code, medium.mask(&destination))
        }
        None => {
            let made_up = made_up_destination(&state.settings.pool_id, &attempt.username);
            (state.random.digits(ONE_TIME_PASSWORD_DIGITS), made_up)
        }
    };
    let parameters = delivery_parameters(medium, &masked);
    let proof = AskedProof::OneTimePassword { challenge: name, code };
    challenge(state, now, attempt, proof, parameters)
}
