//! Second factors: what a pool demands, and what a user has switched on.

/// Whether a [`LocalUserPool`](super::LocalUserPool) asks for a second factor after a password: Cognito's
/// `MfaConfiguration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MfaConfiguration {
    /// Never, whatever the user has switched on.
    Off,
    /// From users who have switched one on.
    #[default]
    Optional,
    /// From every user; one without a second factor has to set up an authenticator app.
    On,
}

/// A second factor. Its name is that of its challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalMfaMethod {
    Sms,
    SoftwareToken,
    Email,
}

impl LocalMfaMethod {
    /// As in `MFAS_CAN_CHOOSE`, in `UserMFASettingList` and as `ChallengeName`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS_MFA",
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::Email => "EMAIL_OTP",
        }
    }
}

/// The second factors that a user has switched on, in the order of preference.
#[derive(Debug, Clone, Default)]
pub(crate) struct LocalMfaPreference {
    enabled: Vec<LocalMfaMethod>,
    preferred: Option<LocalMfaMethod>,
}

impl LocalMfaPreference {
    pub(crate) fn enable(&mut self, method: LocalMfaMethod) {
        if !self.enabled.contains(&method) {
            self.enabled.push(method);
        }
    }

    pub(crate) fn disable(&mut self, method: LocalMfaMethod) {
        self.enabled.retain(|enabled| *enabled != method);
        if self.preferred == Some(method) {
            self.preferred = None;
        }
    }

    /// At most one method is preferred: the last one that was.
    pub(crate) fn prefer(&mut self, method: LocalMfaMethod) {
        self.preferred = Some(method);
    }

    pub(crate) fn stop_preferring(&mut self, method: LocalMfaMethod) {
        self.preferred = self.preferred.filter(|preferred| *preferred != method);
    }

    pub(crate) fn enabled(&self) -> &[LocalMfaMethod] {
        &self.enabled
    }

    pub(crate) fn preferred(&self) -> Option<LocalMfaMethod> {
        self.preferred
    }
}
