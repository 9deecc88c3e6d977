//! Refusals about devices.

use super::{ApiError, INVALID_PARAMETER};
use crate::error::RefusalCode;

impl ApiError {
    pub(crate) fn device_not_found() -> Self {
        let code = RefusalCode::ResourceNotFound;
        Self::new("ResourceNotFoundException", code, "Device does not exist.")
    }

    pub(crate) fn device_key_exists() -> Self {
        let message = "The device was confirmed before";
        Self::new("DeviceKeyExistsException", RefusalCode::Other, message)
    }

    /// A number that is not Base64, too long, or not in the form of a signed one.
    pub(crate) fn device_secret(member: &str) -> Self {
        let message = format!("Invalid {member} in DeviceSecretVerifierConfig");
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn pagination_token_invalid() -> Self {
        let message = "Invalid pagination token";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }
}
