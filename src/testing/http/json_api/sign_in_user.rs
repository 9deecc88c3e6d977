//! The user whom a sign-in is for: may they try, and how often did they fail?

use std::time::Duration;

use crate::testing::client::LocalClient;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::challenges::LocalAttempt;
use crate::testing::pool::failed_attempts::FailedAttempts;
use crate::testing::pool::state::PoolState;
use crate::testing::user::LocalUserStatus;

/// The name at the pool of a user who may sign in, whatever alias was typed. `None` for a user who does not
/// exist, where the client hides that: the sign-in goes on, and fails at its end.
///
/// Disabled and unconfirmed users are refused before their password is looked at.
pub(crate) fn user_who_may_sign_in(
    state: &PoolState,
    client: &LocalClient,
    name: &str,
) -> Result<Option<String>, ApiError> {
    let Some(user) = state.user_named(name) else {
        let hidden = client.prevents_user_existence_errors;
        return if hidden { Ok(None) } else { Err(ApiError::user_not_found()) };
    };
    if !user.enabled {
        return Err(ApiError::user_disabled());
    }
    if user.details.status == LocalUserStatus::Unconfirmed {
        return Err(ApiError::user_not_confirmed());
    }
    Ok(Some(user.details.username.clone()))
}

/// The attempt of a user, or of a name that no user has, by the parameters of InitiateAuth.
pub(crate) fn attempt(
    state: &PoolState,
    client: &LocalClient,
    name: &str,
    parameters: &Input,
) -> Result<LocalAttempt, ApiError> {
    let known = user_who_may_sign_in(state, client, name)?;
    let mut attempt = LocalAttempt::new(&client.id, known.as_deref().unwrap_or(name));
    attempt.device_key = parameters.get("DEVICE_KEY").map(str::to_owned);
    Ok(attempt)
}

/// Whether the name of an answer is that of the attempt.
pub(crate) fn is_of(state: &PoolState, attempt: &LocalAttempt, name: &str) -> bool {
    let known = state.user_named(name).map(|user| user.details.username.as_str());
    known.unwrap_or(name) == attempt.username
}

/// Takes a password, or the proof of one, as accepted or not; a name that is locked out is refused either
/// way.
pub(crate) fn judge_password(
    state: &mut PoolState,
    now: Duration,
    name: &str,
    accepted: bool,
) -> Result<(), ApiError> {
    judge(&mut state.failed_passwords, now, name, accepted, ApiError::wrong_password)
}

/// Takes a code of a sign-in as accepted or not, in the same way.
pub(crate) fn judge_code(
    state: &mut PoolState,
    now: Duration,
    name: &str,
    accepted: bool,
) -> Result<(), ApiError> {
    judge(&mut state.failed_mfa_codes, now, name, accepted, ApiError::code_mismatch)
}

fn judge(
    failures: &mut FailedAttempts,
    now: Duration,
    name: &str,
    accepted: bool,
    wrong: fn() -> ApiError,
) -> Result<(), ApiError> {
    if failures.is_locked(now, name) {
        return Err(ApiError::password_attempts_exceeded());
    }
    if accepted {
        failures.clear(name);
        Ok(())
    } else {
        failures.record(now, name);
        Err(wrong())
    }
}
