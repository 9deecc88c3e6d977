//! Sign-ins under way: challenges that were issued, by the text that stands for each.

use std::collections::HashMap;
use std::time::Duration;

use crate::srp::SharedKey;
use crate::testing::mfa::LocalMfaMethod;
use crate::testing::pool::random::Random;

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub(crate) struct LocalAttempt {
    pub(crate) client_id: String,
    /// The user's name at the pool, whatever alias was typed; the typed name where the pool knows none.
    pub(crate) username: String,
    /// The device that the client says it runs on.
    pub(crate) device_key: Option<String>,
    /// Whether the device has proved that it is the one.
    pub(crate) device_proved: bool,
    /// Whether it began at the login page, which has a code for the app in place of tokens at its end.
    pub(crate) is_at_login_page: bool,
}

impl LocalAttempt {
    pub(crate) fn new(client_id: &str, username: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            username: username.to_owned(),
            device_key: None,
            device_proved: false,
            is_at_login_page: false,
        }
    }

    pub(crate) fn at_login_page(client_id: &str, username: &str) -> Self {
        Self { is_at_login_page: true, ..Self::new(client_id, username) }
    }
}

/// What a challenge asks for.
#[derive(Clone)]
pub(crate) enum AskedProof {
    /// PASSWORD_VERIFIER, to be signed with this key.
    PasswordVerifier {
        key: SharedKey,
        /// Of the choice-based flow, where the answer has one.
        session: Option<String>,
        /// Whether CUSTOM_CHALLENGE follows.
        then_custom: bool,
    },
    NewPassword,
    /// EMAIL_OTP or SMS_OTP as the first factor.
    OneTimePassword {
        challenge: &'static str,
        code: String,
    },
    /// SMS_MFA or EMAIL_OTP as the second factor.
    MfaCode {
        method: LocalMfaMethod,
        code: String,
    },
    SoftwareToken,
    MfaChoice,
    /// MFA_SETUP: the secret that was handed out, and whether a code has shown that the user has it.
    MfaSetup {
        secret: Option<String>,
        verified: bool,
    },
    /// SELECT_CHALLENGE.
    FirstFactorChoice,
    Password,
    PasswordSrp,
    /// CUSTOM_CHALLENGE, and how many answers were wrong before.
    Custom {
        failures: u32,
    },
    DeviceSrp,
    /// DEVICE_PASSWORD_VERIFIER: what the proof is signed with, and the block that goes with it.
    DeviceVerifier {
        key: SharedKey,
        secret_block: String,
    },
    /// WEB_AUTHN, with the octets that the authenticator signs.
    WebAuthn(Vec<u8>),
    /// No challenge: what SignUp hands out, for ConfirmSignUp.
    SignUp,
    /// No challenge: what ConfirmSignUp hands out. It signs the user in.
    ConfirmedSignUp,
}

impl AskedProof {
    /// The name of the challenge that asks for it.
    pub(crate) fn challenge(&self) -> Option<&'static str> {
        Some(match self {
            Self::PasswordVerifier { .. } => "PASSWORD_VERIFIER",
            Self::NewPassword => "NEW_PASSWORD_REQUIRED",
            Self::OneTimePassword { challenge, .. } => challenge,
            Self::MfaCode { method, .. } => method.name(),
            Self::SoftwareToken => LocalMfaMethod::SoftwareToken.name(),
            Self::MfaChoice => "SELECT_MFA_TYPE",
            Self::MfaSetup { .. } => "MFA_SETUP",
            Self::FirstFactorChoice => "SELECT_CHALLENGE",
            Self::Password => "PASSWORD",
            Self::PasswordSrp => "PASSWORD_SRP",
            Self::Custom { .. } => "CUSTOM_CHALLENGE",
            Self::DeviceSrp => "DEVICE_SRP_AUTH",
            Self::DeviceVerifier { .. } => "DEVICE_PASSWORD_VERIFIER",
            Self::WebAuthn(_) => "WEB_AUTHN",
            Self::SignUp | Self::ConfirmedSignUp => return None,
        })
    }
}

/// A challenge that was issued.
#[derive(Clone)]
pub(crate) struct IssuedChallenge {
    pub(crate) attempt: LocalAttempt,
    pub(crate) proof: AskedProof,
    issued_at: Duration,
    is_spent: bool,
}

/// Why a `Session` is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChallengeRefusal {
    Unknown,
    Expired,
    Spent,
}

/// Every challenge that was issued, by its `Session` or its `SECRET_BLOCK`, for `AuthSessionValidity`.
pub(crate) struct Challenges {
    by_handle: HashMap<String, IssuedChallenge>,
    lifetime: Duration,
}

impl Challenges {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { by_handle: HashMap::new(), lifetime }
    }

    /// Issues a challenge, and gives its `Session`.
    pub(crate) fn issue(
        &mut self,
        random: &mut Random,
        now: Duration,
        attempt: LocalAttempt,
        proof: AskedProof,
    ) -> String {
        let session = random.text(512);
        self.put(now, session.clone(), attempt, proof);
        session
    }

    /// Issues a challenge that is answered by this text.
    pub(crate) fn put(
        &mut self,
        now: Duration,
        handle: String,
        attempt: LocalAttempt,
        proof: AskedProof,
    ) {
        // One that is over is kept once more as long: the refusal says that it is over.
        let kept = self.lifetime.saturating_mul(2);
        self.by_handle.retain(|_, known| now.saturating_sub(known.issued_at) < kept);
        let challenge = IssuedChallenge { attempt, proof, issued_at: now, is_spent: false };
        self.by_handle.insert(handle, challenge);
    }

    /// A challenge that can be answered now.
    pub(crate) fn get(
        &self,
        now: Duration,
        handle: &str,
    ) -> Result<&IssuedChallenge, ChallengeRefusal> {
        let challenge = self.by_handle.get(handle).ok_or(ChallengeRefusal::Unknown)?;
        if challenge.is_spent {
            return Err(ChallengeRefusal::Spent);
        }
        if now.saturating_sub(challenge.issued_at) >= self.lifetime {
            return Err(ChallengeRefusal::Expired);
        }
        Ok(challenge)
    }

    /// No answer to this challenge is accepted from now on.
    pub(crate) fn spend(&mut self, handle: &str) {
        if let Some(challenge) = self.by_handle.get_mut(handle) {
            challenge.is_spent = true;
        }
    }
}

#[cfg(test)]
mod tests;
