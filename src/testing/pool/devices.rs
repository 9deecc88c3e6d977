//! The devices that users signed in on.

use std::collections::HashMap;
use std::time::Duration;

use crate::testing::pool::random::Random;

/// A device, from the sign-in that named it on.
#[derive(Debug, Clone)]
pub(crate) struct TrackedDevice {
    pub(crate) key: String,
    pub(crate) group_key: String,
    pub(crate) name: Option<String>,
    /// `None` until ConfirmDevice.
    pub(crate) secret: Option<DeviceSecretVerifier>,
    pub(crate) remembered: bool,
    pub(crate) created_at: Duration,
    pub(crate) modified_at: Duration,
    pub(crate) authenticated_at: Duration,
}

/// What a device has left at the pool of its secret, both as signed numbers.
#[derive(Clone)]
pub(crate) struct DeviceSecretVerifier {
    pub(crate) verifier: Vec<u8>,
    pub(crate) salt: Vec<u8>,
}

impl std::fmt::Debug for DeviceSecretVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceSecretVerifier").finish_non_exhaustive()
    }
}

/// Every device of every user, by `sub`.
#[derive(Default)]
pub(crate) struct Devices(HashMap<String, Vec<TrackedDevice>>);

impl Devices {
    /// Names a device that a user signs in on for the first time.
    pub(crate) fn add(
        &mut self,
        random: &mut Random,
        now: Duration,
        region: &str,
        sub: &str,
    ) -> &TrackedDevice {
        let device = TrackedDevice {
            key: format!("{region}_{}", random.uuid()),
            group_key: format!("-{}", random.text(6)),
            name: None,
            secret: None,
            remembered: false,
            created_at: now,
            modified_at: now,
            authenticated_at: now,
        };
        let devices = self.0.entry(sub.to_owned()).or_default();
        devices.push(device);
        &devices[devices.len() - 1]
    }

    pub(crate) fn get(&self, sub: &str, key: &str) -> Option<&TrackedDevice> {
        self.0.get(sub)?.iter().find(|device| device.key == key)
    }

    pub(crate) fn get_mut(&mut self, sub: &str, key: &str) -> Option<&mut TrackedDevice> {
        self.0.get_mut(sub)?.iter_mut().find(|device| device.key == key)
    }

    /// The devices of a user that were confirmed, the oldest first.
    pub(crate) fn confirmed(&self, sub: &str) -> impl Iterator<Item = &TrackedDevice> {
        let devices = self.0.get(sub).into_iter().flatten();
        devices.filter(|device| device.secret.is_some())
    }

    /// Whether there was such a device.
    pub(crate) fn remove(&mut self, sub: &str, key: &str) -> bool {
        let Some(devices) = self.0.get_mut(sub) else { return false };
        let before = devices.len();
        devices.retain(|device| device.key != key);
        devices.len() < before
    }

    /// Forgets the devices of a user who was deleted.
    pub(crate) fn forget(&mut self, sub: &str) {
        self.0.remove(sub);
    }
}

#[cfg(test)]
mod tests;
