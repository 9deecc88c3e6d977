//! The second factors of a signed-in user: SetUserMFAPreference, GetUserAuthFactors, authenticator apps.

use serde::Serialize;

use super::{TokenBody, access_token, members, missing, operation};
use crate::direct::DirectSignIn;
use crate::direct::totp::{self, TotpHolder};
use crate::error::AuthError;
use crate::idp::json_api::{self, Operation};
use crate::idp::response::ProviderResponse;
use crate::secret::{AccessToken, OneTimeCode, TotpSecret};

const SET_USER_MFA_PREFERENCE: Operation = operation!("SetUserMFAPreference" once);
const GET_USER_AUTH_FACTORS: Operation = operation!("GetUserAuthFactors" twice);

/// Whether a second factor is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MfaSetting {
    /// Not used.
    Off,
    /// One of those that the user may choose.
    On,
    /// The one that the user is asked for.
    Preferred,
}

/// Which second factors a user wants: an argument of [`DirectSignIn::set_mfa_preference`]. A factor that is not
/// set stays as it is.
///
/// ```
/// use cognito_auth::direct::{MfaPreference, MfaSetting};
///
/// let preference = MfaPreference::new().totp(MfaSetting::Preferred).sms(MfaSetting::Off);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct MfaPreference {
    sms: Option<MfaSetting>,
    totp: Option<MfaSetting>,
    email: Option<MfaSetting>,
    passkey: Option<bool>,
}

impl MfaPreference {
    /// Leaves all factors as they are.
    pub fn new() -> Self {
        Self::default()
    }

    /// Codes by text message, to a verified telephone number.
    pub fn sms(self, setting: MfaSetting) -> Self {
        Self { sms: Some(setting), ..self }
    }

    /// An authenticator app, which has to be registered before.
    pub fn totp(self, setting: MfaSetting) -> Self {
        Self { totp: Some(setting), ..self }
    }

    /// Codes by e-mail, to a verified address.
    pub fn email(self, setting: MfaSetting) -> Self {
        Self { email: Some(setting), ..self }
    }

    /// Passkeys as second factor, where the pool allows it.
    pub fn passkey(self, is_on: bool) -> Self {
        Self { passkey: Some(is_on), ..self }
    }
}

/// What a user can sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthFactors {
    /// The user's name.
    pub username: String,
    /// The preferred second factor: `SMS_MFA`, `SOFTWARE_TOKEN_MFA`, `EMAIL_OTP`.
    pub preferred_mfa: Option<String>,
    /// The second factors that are on.
    pub mfa: Vec<String>,
    /// What is set up: `PASSWORD`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN`, `SOFTWARE_TOKEN`.
    pub factors: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FactorBody {
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_mfa: Option<bool>,
}

impl From<MfaSetting> for FactorBody {
    fn from(setting: MfaSetting) -> Self {
        let enabled = setting != MfaSetting::Off;
        Self { enabled, preferred_mfa: Some(setting == MfaSetting::Preferred) }
    }
}

impl DirectSignIn {
    /// Switches second factors on and off (SetUserMFAPreference).
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn set_mfa_preference(
        &self,
        token: &AccessToken,
        preference: &MfaPreference,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        struct PreferenceBody<'a> {
            #[serde(rename = "AccessToken")]
            access_token: &'a str,
            #[serde(rename = "SMSMfaSettings", skip_serializing_if = "Option::is_none")]
            sms: Option<FactorBody>,
            #[serde(rename = "SoftwareTokenMfaSettings", skip_serializing_if = "Option::is_none")]
            totp: Option<FactorBody>,
            #[serde(rename = "EmailMfaSettings", skip_serializing_if = "Option::is_none")]
            email: Option<FactorBody>,
            #[serde(rename = "WebAuthnMfaSettings", skip_serializing_if = "Option::is_none")]
            passkey: Option<FactorBody>,
        }
        let body = PreferenceBody {
            access_token: access_token(token)?,
            sms: preference.sms.map(FactorBody::from),
            totp: preference.totp.map(FactorBody::from),
            email: preference.email.map(FactorBody::from),
            passkey: preference.passkey.map(|enabled| FactorBody { enabled, preferred_mfa: None }),
        };
        self.account(SET_USER_MFA_PREFERENCE, &body, json_api::done).await
    }

    /// What the user can sign in with (GetUserAuthFactors).
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn auth_factors(&self, token: &AccessToken) -> Result<AuthFactors, AuthError> {
        let body = TokenBody { access_token: access_token(token)? };
        self.account(GET_USER_AUTH_FACTORS, &body, auth_factors).await
    }

    /// Gets the key for an authenticator app (AssociateSoftwareToken): show [`totp_uri`](Self::totp_uri) as a QR
    /// code. The first code registers it ([`verify_totp`](Self::verify_totp)).
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn start_totp(&self, token: &AccessToken) -> Result<TotpSecret, AuthError> {
        Ok(totp::associate(self, &TotpHolder::User(token)).await?.0)
    }

    /// Registers an authenticator app by its first code (VerifySoftwareToken). After a wrong one the key stands: ask
    /// again. The app is asked for at the next sign-in after [`set_mfa_preference`](Self::set_mfa_preference); if that
    /// fails, call it alone again.
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a wrong code; [`AuthError::Input`] for what is not six digits.
    pub async fn verify_totp(
        &self,
        token: &AccessToken,
        code: &OneTimeCode,
        device_name: Option<&str>,
    ) -> Result<(), AuthError> {
        totp::verify(self, &TotpHolder::User(token), code, device_name).await.map(|_| ())
    }
}

/// Reads the answer of GetUserAuthFactors.
pub(crate) fn auth_factors(answer: &ProviderResponse) -> Result<AuthFactors, AuthError> {
    let members = members(answer)?;
    let text = |name| members.optional_text(name).map_err(|_| missing(answer));
    let texts = |name| match members.given(name) {
        true => members.texts(name).map(Option::unwrap_or_default).map_err(|_| missing(answer)),
        false => Ok(Vec::new()),
    };
    let username = text("Username")?.ok_or_else(|| missing(answer))?.into_owned();
    let preferred_mfa = text("PreferredMfaSetting")?.map(|text| text.into_owned());
    let (mfa, factors) = (texts("UserMFASettingList")?, texts("ConfiguredUserAuthFactors")?);
    Ok(AuthFactors { username, preferred_mfa, mfa, factors })
}
