//! What a device that is to be remembered registers: a verifier of its own password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::group::power_of_generator;
use super::identity::SrpIdentity;
use super::pad::{pad, pad_number};

/// `DeviceSecretVerifierConfig` of ConfirmDevice, both members in base64.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DeviceVerifier {
    pub(crate) password_verifier: String,
    pub(crate) salt: String,
}

impl DeviceVerifier {
    /// With a random salt; `None` when the operating system gives no random octets.
    pub(crate) fn random(device: &SrpIdentity<'_>) -> Option<Self> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).ok()?;
        Some(Self::new(device, &salt))
    }

    /// Cognito refuses a salt without its sign octet: both are sent padded.
    pub(super) fn new(device: &SrpIdentity<'_>, salt: &[u8]) -> Self {
        let number = power_of_generator(&*device.x(salt));
        Self {
            password_verifier: STANDARD.encode(pad_number(&number).as_slice()),
            salt: STANDARD.encode(pad(salt).as_slice()),
        }
    }
}

/// The password of a new device: 40 random octets in base64. `None` when the operating system gives none.
pub(crate) fn new_device_password() -> Option<Zeroizing<String>> {
    let mut octets = Zeroizing::new([0; 40]);
    getrandom::fill(octets.as_mut()).ok()?;
    Some(Zeroizing::new(STANDARD.encode(octets.as_ref())))
}
