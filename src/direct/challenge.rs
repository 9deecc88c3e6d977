//! [`SignInChallenge`]: what a user has to answer. Each kind has the one answer that it takes.

mod code;
mod custom;
mod device;
mod mfa;
mod new_password;
mod passkey;
mod password;
mod sign_in_choice;

use std::fmt;
use std::time::UNIX_EPOCH;

use super::advance::InHand;
use super::state::{ChallengeState, not_sealed, unsealed};
use super::{DirectSignIn, Step};
use crate::error::AuthError;
use crate::sessions::keys::SessionKeys;
pub use code::CodeChallenge;
pub use custom::{CustomChallenge, UnknownChallenge};
pub use device::DeviceChallenge;
pub use mfa::{MfaChoiceChallenge, MfaSetupChallenge, TotpSetup};
pub use new_password::NewPasswordChallenge;
pub use passkey::PasskeyChallenge;
pub use password::PasswordChallenge;
pub use sign_in_choice::SignInChoiceChallenge;

/// What a user has to answer. The answers are methods of the variants; each may be called again after a wrong
/// code ([`RefusalCode::CodeMismatch`](crate::RefusalCode::CodeMismatch)), as long as Cognito lets the
/// challenge stand. There is no operation that sends a code again: start the sign-in again.
///
/// Cognito adds kinds of challenges: one that is not known here is [`Unknown`](Self::Unknown), which can be
/// answered by name.
///
/// Each kind's own type converts into this one, as does a challenge that came of another:
///
/// ```
/// # use cognito_auth::AuthError;
/// use cognito_auth::direct::{MfaSetupChallenge, SignInChallenge};
/// use cognito_auth::sessions::SessionKeys;
///
/// /// A page with the key of an authenticator app; the next one takes its first code.
/// async fn key_page(
///     challenge: &MfaSetupChallenge,
///     keys: &SessionKeys,
/// ) -> Result<(String, String), AuthError> {
///     let setup = challenge.start_totp().await?;
///     let sealed = SignInChallenge::from(setup.challenge().clone()).seal(keys)?;
///     Ok((setup.uri("Example", "alice@example.com"), sealed))
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum SignInChallenge {
    /// The user's password is a temporary one: a new one has to be set (NEW_PASSWORD_REQUIRED).
    NewPassword(NewPasswordChallenge),
    /// A code came by text message, as second factor (SMS_MFA).
    SmsMfa(CodeChallenge),
    /// The code of the authenticator app (SOFTWARE_TOKEN_MFA).
    TotpMfa(CodeChallenge),
    /// A code came by e-mail, as first or second factor (EMAIL_OTP).
    EmailCode(CodeChallenge),
    /// A code came by text message, as first factor (SMS_OTP).
    SmsCode(CodeChallenge),
    /// The user has several second factors, and chooses (SELECT_MFA_TYPE).
    MfaChoice(MfaChoiceChallenge),
    /// The pool demands a second factor, and the user has none (MFA_SETUP).
    MfaSetup(MfaSetupChallenge),
    /// The user chooses how to sign in (SELECT_CHALLENGE).
    Choice(SignInChoiceChallenge),
    /// The password (PASSWORD and PASSWORD_SRP).
    Password(PasswordChallenge),
    /// A passkey (WEB_AUTHN).
    Passkey(PasskeyChallenge),
    /// A challenge of the pool's own triggers (CUSTOM_CHALLENGE).
    Custom(CustomChallenge),
    /// A remembered device that was not passed to the attempt (DEVICE_SRP_AUTH).
    Device(DeviceChallenge),
    /// A challenge that this version does not know.
    Unknown(UnknownChallenge),
}

/// A challenge of any kind, and the sign-in that it belongs to.
#[derive(Clone)]
pub(super) struct OpenChallenge {
    pub(super) direct: DirectSignIn,
    pub(super) state: ChallengeState,
}

impl OpenChallenge {
    pub(super) async fn answer(&self, responses: &[(&str, &str)]) -> Result<Step, AuthError> {
        self.answer_with(responses, InHand::default()).await
    }

    pub(super) async fn answer_with(
        &self,
        responses: &[(&str, &str)],
        hand: InHand,
    ) -> Result<Step, AuthError> {
        let advanced = self.direct.respond_and_advance(&self.state, responses, hand).await?;
        Step::of(&self.direct, advanced)
    }
}

impl SignInChallenge {
    pub(super) fn new(direct: DirectSignIn, state: ChallengeState) -> Result<Self, AuthError> {
        let open = OpenChallenge { direct, state };
        Ok(match open.state.name.as_str() {
            "NEW_PASSWORD_REQUIRED" => Self::NewPassword(NewPasswordChallenge::new(open)?),
            "SMS_MFA" => CodeChallenge::new(open, "SMS_MFA_CODE").into(),
            "SOFTWARE_TOKEN_MFA" => CodeChallenge::new(open, "SOFTWARE_TOKEN_MFA_CODE").into(),
            "EMAIL_OTP" => CodeChallenge::new(open, "EMAIL_OTP_CODE").into(),
            "SMS_OTP" => CodeChallenge::new(open, "SMS_OTP_CODE").into(),
            "SELECT_MFA_TYPE" => Self::MfaChoice(MfaChoiceChallenge::new(open)?),
            "MFA_SETUP" => Self::MfaSetup(MfaSetupChallenge::new(open)),
            "SELECT_CHALLENGE" => Self::Choice(SignInChoiceChallenge(open)),
            "PASSWORD" | "PASSWORD_SRP" => Self::Password(PasswordChallenge(open)),
            "WEB_AUTHN" => Self::Passkey(PasskeyChallenge::new(open)?),
            "CUSTOM_CHALLENGE" => Self::Custom(CustomChallenge(open)),
            "DEVICE_SRP_AUTH" => Self::Device(DeviceChallenge(open)),
            _ => Self::Unknown(UnknownChallenge(open)),
        })
    }

    fn open_challenge(&self) -> &OpenChallenge {
        match self {
            Self::NewPassword(challenge) => &challenge.open,
            Self::SmsMfa(challenge)
            | Self::TotpMfa(challenge)
            | Self::EmailCode(challenge)
            | Self::SmsCode(challenge) => &challenge.open,
            Self::MfaChoice(challenge) => &challenge.open,
            Self::MfaSetup(challenge) => &challenge.open,
            Self::Choice(challenge) => &challenge.0,
            Self::Password(challenge) => &challenge.0,
            Self::Passkey(challenge) => &challenge.open,
            Self::Custom(challenge) => &challenge.0,
            Self::Device(challenge) => &challenge.0,
            Self::Unknown(challenge) => &challenge.0,
        }
    }

    /// Cognito's name of it (`ChallengeName`).
    pub fn name(&self) -> &str {
        &self.open_challenge().state.name
    }

    /// The name that the user is known by, in the pool: not always the one that was typed.
    pub fn username(&self) -> &str {
        &self.open_challenge().state.username
    }

    /// The challenge as a text of URL-safe characters, encrypted with AES-256-GCM: for a cookie, or a hidden
    /// field of the form that asks for the answer. It opens for 15 minutes, the longest time that Cognito lets
    /// a challenge stand.
    ///
    /// ```
    /// # use cognito_auth::AuthError;
    /// use cognito_auth::direct::{DirectSignIn, OneTimeCode, SignInChallenge, Step};
    /// use cognito_auth::sessions::SessionKeys;
    ///
    /// fn ask(challenge: &SignInChallenge, keys: &SessionKeys) -> Result<String, AuthError> {
    ///     let sealed = challenge.seal(keys)?;
    ///     Ok(format!(r#"<input type="hidden" name="challenge" value="{sealed}">"#))
    /// }
    ///
    /// async fn answered(
    ///     direct: &DirectSignIn,
    ///     keys: &SessionKeys,
    ///     sealed: &str,
    ///     code: OneTimeCode,
    /// ) -> Result<Step, AuthError> {
    ///     match direct.open(keys, sealed)? {
    ///         SignInChallenge::TotpMfa(challenge) => challenge.answer(&code).await,
    ///         other => Ok(Step::Challenge(other)),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`AuthError::Input`] when the operating system gives no random octets, and for a challenge of more than
    /// 384 KiB, which only a hostile server or a huge [`UserContext`](super::UserContext) makes;
    /// [`AuthError::Config`] without a crypto back end.
    pub fn seal(&self, keys: &SessionKeys) -> Result<String, AuthError> {
        let OpenChallenge { direct, state } = self.open_challenge();
        state.seal(keys, &direct.place(), direct.seconds()).ok_or_else(unsealed)
    }
}

impl DirectSignIn {
    /// Opens a challenge that was sealed, for the same pool and app client.
    ///
    /// # Errors
    /// [`AuthError::Input`] for a text that was sealed with other keys or for another app client, that was
    /// changed, or that is older than 15 minutes: start the sign-in again
    /// ([`StartOver`](super::NextStep::StartOver)).
    pub fn open(&self, keys: &SessionKeys, sealed: &str) -> Result<SignInChallenge, AuthError> {
        let state = ChallengeState::open(keys, &self.place(), self.seconds(), sealed);
        SignInChallenge::new(self.clone(), state.ok_or_else(not_sealed)?)
    }

    /// The place of a sealed challenge: it opens for this pool and app client only.
    pub(super) fn place(&self) -> String {
        format!("{} {}", self.client.pool().id().as_str(), self.client.client_id())
    }

    pub(super) fn seconds(&self) -> u64 {
        self.client.now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs())
    }
}

macro_rules! kinds {
    ($($variant:ident($kind:ident))*) => {$(
        impl From<$kind> for SignInChallenge {
            fn from(challenge: $kind) -> Self {
                Self::$variant(challenge)
            }
        }
    )*};
}

kinds! {
    NewPassword(NewPasswordChallenge)
    MfaChoice(MfaChoiceChallenge)
    MfaSetup(MfaSetupChallenge)
    Choice(SignInChoiceChallenge)
    Password(PasswordChallenge)
    Passkey(PasskeyChallenge)
    Custom(CustomChallenge)
    Device(DeviceChallenge)
    Unknown(UnknownChallenge)
}

/// Four kinds ask for a code.
impl From<CodeChallenge> for SignInChallenge {
    fn from(challenge: CodeChallenge) -> Self {
        match challenge.open.state.name.as_str() {
            "SMS_MFA" => Self::SmsMfa(challenge),
            "SOFTWARE_TOKEN_MFA" => Self::TotpMfa(challenge),
            "EMAIL_OTP" => Self::EmailCode(challenge),
            _ => Self::SmsCode(challenge),
        }
    }
}

/// The name alone: parameters may be anything that a trigger of the pool wrote.
impl fmt::Debug for SignInChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SignInChallenge").field(&self.name()).finish()
    }
}

impl fmt::Debug for OpenChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.state.name)
    }
}
