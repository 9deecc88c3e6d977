//! A remembered device that proves itself.

use std::fmt;

use super::OpenChallenge;
use crate::direct::advance::{InHand, new_exchange};
use crate::direct::{RememberedDevice, Step};
use crate::error::AuthError;

/// A remembered device has to prove itself: it was not passed to the attempt, or the challenge was sealed
/// between two pages.
#[derive(Clone)]
pub struct DeviceChallenge(pub(super) OpenChallenge);

impl DeviceChallenge {
    /// The key of the device that the attempt named.
    pub fn device_key(&self) -> Option<&str> {
        self.0.state.device_key.as_deref()
    }

    /// Proves the device by SRP.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Refused`] with
    /// [`DeviceNotFound`](crate::RefusalCode::DeviceNotFound) for a device that Cognito does not know any more.
    pub async fn answer(&self, device: &RememberedDevice) -> Result<Step, AuthError> {
        let exchange = new_exchange()?;
        let public = exchange.public();
        let responses = [("DEVICE_KEY", device.key()), ("SRP_A", public.as_str())];
        let (device, device_exchange) = (Some(device.clone()), Some(exchange));
        self.0.answer_with(&responses, InHand { device, device_exchange, password: None }).await
    }
}

impl fmt::Debug for DeviceChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeviceChallenge").field(&self.0).finish()
    }
}
