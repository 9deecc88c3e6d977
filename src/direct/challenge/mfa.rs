//! The choice of a second factor, and its set-up in the middle of a sign-in.

use std::fmt;

use super::OpenChallenge;
use crate::direct::totp::{self, TotpHolder};
use crate::direct::{DirectSignIn, Step, input};
use crate::error::AuthError;
use crate::secret::{OneTimeCode, TotpSecret};

/// The user has several second factors, and chooses one.
#[derive(Clone)]
pub struct MfaChoiceChallenge {
    pub(super) open: OpenChallenge,
    choices: Vec<String>,
}

impl MfaChoiceChallenge {
    pub(super) fn new(open: OpenChallenge) -> Result<Self, AuthError> {
        let choices = open.state.texts("MFAS_CAN_CHOOSE")?;
        Ok(Self { open, choices })
    }

    /// Cognito's names of what the user may choose: `SMS_MFA`, `SOFTWARE_TOKEN_MFA`, `EMAIL_OTP`.
    pub fn choices(&self) -> &[String] {
        &self.choices
    }

    /// Chooses one of [`choices`](Self::choices). The challenge of that factor comes next.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`]; [`AuthError::Input`] for what is not among the choices.
    pub async fn choose(&self, choice: &str) -> Result<Step, AuthError> {
        input::choice(choice, &self.choices)?;
        self.open.answer(&[("ANSWER", choice)]).await
    }
}

/// The pool demands a second factor, and the user has none yet.
///
/// An authenticator app can be set up here. For a code by text message or e-mail the user needs a verified
/// telephone number or address first, and then signs in again.
///
/// ```
/// use cognito_auth::AuthError;
/// use cognito_auth::direct::{MfaSetupChallenge, OneTimeCode, Step};
///
/// async fn set_up(challenge: &MfaSetupChallenge, code: OneTimeCode) -> Result<Step, AuthError> {
///     let setup = challenge.start_totp().await?;
///     // Show this address as a QR code, then ask for the first code of the app.
///     let _ = setup.uri("Example", "alice@example.com");
///     setup.challenge().verify_totp(&code, Some("alice's phone")).await
/// }
/// ```
#[derive(Clone)]
pub struct MfaSetupChallenge {
    pub(super) open: OpenChallenge,
    choices: Vec<String>,
}

impl MfaSetupChallenge {
    pub(super) fn new(open: OpenChallenge) -> Self {
        // No answer depends on it.
        let choices = open.state.texts("MFAS_CAN_SETUP").unwrap_or_default();
        Self { open, choices }
    }

    /// Cognito's names of the factors that the pool accepts: `SOFTWARE_TOKEN_MFA`, `SMS_MFA`, `EMAIL_OTP`. Empty
    /// where the list is missing or cannot be read, which says nothing about the pool.
    pub fn choices(&self) -> &[String] {
        &self.choices
    }

    /// Gets the key for an authenticator app (AssociateSoftwareToken). The challenge of the result, and not this
    /// one, takes the first code.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`].
    pub async fn start_totp(&self) -> Result<TotpSetup, AuthError> {
        let holder = TotpHolder::Session(self.open.state.session.as_ref());
        let (secret, session) = totp::associate(&self.open.direct, &holder).await?;
        let mut challenge = self.clone();
        if session.is_some() {
            challenge.open.state.session = session;
        }
        Ok(TotpSetup { secret, challenge })
    }

    /// Registers the authenticator app by its first code (VerifySoftwareToken), and goes on with the sign-in.
    ///
    /// After a wrong code the same challenge takes another, as long as Cognito lets it stand; it says
    /// [`ChallengeOver`](crate::RefusalCode::ChallengeOver) when it does not.
    ///
    /// # Errors
    /// As [`DirectSignIn::start`]; [`AuthError::Refused`] with
    /// [`SoftwareTokenRejected`](crate::RefusalCode::SoftwareTokenRejected) or
    /// [`CodeMismatch`](crate::RefusalCode::CodeMismatch) for a wrong code.
    pub async fn verify_totp(
        &self,
        code: &OneTimeCode,
        device_name: Option<&str>,
    ) -> Result<Step, AuthError> {
        let holder = TotpHolder::Session(self.open.state.session.as_ref());
        let session = totp::verify(&self.open.direct, &holder, code, device_name).await?;
        let mut open = self.open.clone();
        if session.is_some() {
            open.state.session = session;
        }
        open.answer(&[]).await
    }
}

/// The key of an authenticator app that is being set up.
#[derive(Clone)]
pub struct TotpSetup {
    secret: TotpSecret,
    challenge: MfaSetupChallenge,
}

impl TotpSetup {
    /// The key, for users who type it.
    pub fn secret(&self) -> &TotpSecret {
        &self.secret
    }

    /// The address for a QR code, with the key in it.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        DirectSignIn::totp_uri(&self.secret, issuer, account)
    }

    /// The challenge that takes the first code: [`MfaSetupChallenge::verify_totp`].
    pub fn challenge(&self) -> &MfaSetupChallenge {
        &self.challenge
    }
}

impl fmt::Debug for MfaChoiceChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaChoiceChallenge").field("choices", &self.choices).finish_non_exhaustive()
    }
}

impl fmt::Debug for MfaSetupChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaSetupChallenge").field("choices", &self.choices).finish_non_exhaustive()
    }
}

impl fmt::Debug for TotpSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpSetup").finish_non_exhaustive()
    }
}
