//! GlobalSignOut: every session of a user.

use zeroize::Zeroizing;

use super::json_api::{self, Operation};
use super::response::ProviderResponse;
use super::user_info::access_token_body;
use crate::error::{AuthError, RefusalCode, Unreachable};
use crate::secret::AccessToken;

pub(crate) const GLOBAL_SIGN_OUT: Operation = Operation {
    name: "GlobalSignOut",
    target: "AWSCognitoIdentityProviderService.GlobalSignOut",
    is_idempotent: true,
};

/// GlobalSignOut's body.
pub(crate) fn body(token: &AccessToken) -> Result<Zeroizing<String>, AuthError> {
    access_token_body(token)
}

/// Reads GlobalSignOut's answer. A token that was revoked before, or has expired, is a refusal: the
/// user's other sessions may still be alive.
///
/// Where the request was sent twice, the first one may be what revoked the token: the second answer
/// does not tell, and the first one was cut off.
pub(crate) fn read(answer: &ProviderResponse) -> Result<(), AuthError> {
    json_api::done(answer).map_err(|error| match error {
        AuthError::Refused(refusal)
            if answer.sent_twice && refusal.code() == RefusalCode::TokenRevoked =>
        {
            AuthError::Unreachable(Unreachable::CutOff)
        }
        error => error,
    })
}
