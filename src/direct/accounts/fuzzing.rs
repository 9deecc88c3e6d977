//! The readers of the answers, for the fuzz targets.

use super::{CodeDelivery, devices, own_account, passkeys, second_factors, sign_up};
use crate::error::AuthError;
use crate::idp::json_api;
use crate::idp::response::ProviderResponse;

/// What each reader makes of an answer.
pub(in crate::direct) fn replies(answer: &ProviderResponse) -> Vec<Result<String, AuthError>> {
    fn told<T: std::fmt::Debug>(read: Result<T, AuthError>) -> Result<String, AuthError> {
        read.map(|read| format!("{read:?}"))
    }
    vec![
        told(json_api::done(answer)),
        told(CodeDelivery::of(answer)),
        told(sign_up::signed_up(answer)),
        told(sign_up::confirmed(answer)),
        told(own_account::deliveries(answer)),
        told(second_factors::auth_factors(answer)),
        told(passkeys::creation_options(answer)),
        told(passkeys::passkeys_of(answer)),
        told(devices::device_confirmed(answer)),
        told(devices::devices_of(answer)),
    ]
}
