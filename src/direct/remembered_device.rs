//! [`RememberedDevice`]: what a device proves itself with.

use crate::secret::DevicePassword;

/// A device that the pool remembers: it takes the place of the second factor. Keep all three texts beside the
/// user, the password as a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedDevice {
    key: String,
    group_key: String,
    password: DevicePassword,
}

impl RememberedDevice {
    /// From what was stored.
    pub fn new(
        key: impl Into<String>,
        group_key: impl Into<String>,
        password: impl Into<DevicePassword>,
    ) -> Self {
        Self { key: key.into(), group_key: group_key.into(), password: password.into() }
    }

    /// The device's name at Cognito (`DeviceKey`), which is no secret.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The group of the device (`DeviceGroupKey`).
    pub fn group_key(&self) -> &str {
        &self.group_key
    }

    /// The device's password.
    pub fn password(&self) -> &DevicePassword {
        &self.password
    }
}
