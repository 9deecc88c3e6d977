//! The app client of an operation, and how one with a secret shows it.

use subtle::ConstantTimeEq;

use crate::hmac::secret_hash;
use crate::testing::client::LocalClient;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::text_type::SECRET_HASH;
use crate::testing::pool::state::PoolState;

/// The client that `ClientId` names.
pub(crate) fn find(state: &PoolState, input: &Input) -> Result<LocalClient, ApiError> {
    let id = input.client_id()?;
    state.clients.get(id).cloned().ok_or_else(|| ApiError::client_not_found(id))
}

/// A client with a secret sends `SECRET_HASH` with every user name.
pub(crate) fn check_secret_hash(
    client: &LocalClient,
    parameters: &Input,
    username: &str,
) -> Result<(), ApiError> {
    if client.secret.is_none() {
        return Ok(());
    }
    let hash = parameters.get("SECRET_HASH");
    let hash = hash.ok_or_else(|| ApiError::secret_hash_missing(client))?;
    let accepted = accepts_hash(client, username, hash);
    if accepted { Ok(()) } else { Err(ApiError::secret_hash_wrong(client)) }
}

/// The same for an operation with the members `Username` and `SecretHash`.
pub(crate) fn check_secret_hash_member(
    client: &LocalClient,
    input: &Input,
    username: &str,
) -> Result<(), ApiError> {
    let hash = input.optional_member("SecretHash", &SECRET_HASH)?;
    match hash {
        _ if client.secret.is_none() => Ok(()),
        None => Err(ApiError::secret_hash_missing(client)),
        Some(hash) if accepts_hash(client, username, hash) => Ok(()),
        Some(_) => Err(ApiError::secret_hash_wrong(client)),
    }
}

/// Whether this is the client's SECRET_HASH for this user; of a client without a secret none is.
pub(crate) fn accepts_hash(client: &LocalClient, username: &str, hash: &str) -> bool {
    client.secrets().any(|secret| {
        let own = secret_hash(secret, username, &client.id);
        own.as_bytes().ct_eq(hash.as_bytes()).into()
    })
}
