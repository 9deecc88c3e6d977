//! [`SignInAttempt`]: who wants to sign in, and with what.

use std::fmt;

use super::body::{CallContext, UserContext};
use super::input;
use super::remembered_device::RememberedDevice;
use crate::error::AuthError;
use crate::secret::{ChallengeSession, Password};

/// Who wants to sign in, and with what: an argument of [`DirectSignIn::start`](super::DirectSignIn::start).
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
///
/// use cognito_auth::direct::{SignInAttempt, UserContext};
///
/// let browser = IpAddr::from(Ipv4Addr::new(203, 0, 113, 7));
/// let attempt = SignInAttempt::with_password("alice", "correct horse")
///     .user_context(UserContext::ip_address(browser));
/// assert!(!format!("{attempt:?}").contains("horse"));
/// ```
///
/// `Debug` shows none of it: a password is often typed into the field of the user name.
#[derive(Clone)]
#[must_use]
pub struct SignInAttempt {
    pub(super) username: String,
    pub(super) flow: AttemptFlow,
    pub(super) device: Option<RememberedDevice>,
    pub(super) context: CallContext,
}

impl fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAttempt").finish_non_exhaustive()
    }
}

#[derive(Clone)]
pub(super) enum AttemptFlow {
    Srp(Password),
    PlainPassword(Password),
    Choice { preferred: Option<Preferred>, session: Option<ChallengeSession> },
    Custom(Option<Password>),
}

#[derive(Clone)]
pub(super) enum Preferred {
    PasswordSrp(Password),
    Password(Password),
    Other(&'static str),
}

impl SignInAttempt {
    fn new(username: impl Into<String>, flow: AttemptFlow) -> Self {
        let context = CallContext::default();
        Self { username: username.into(), flow, device: None, context }
    }

    /// By password, which does not leave this process (USER_SRP_AUTH). The user name may be an e-mail address
    /// or a telephone number where the pool allows it.
    pub fn with_password(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::new(username, AttemptFlow::Srp(password.into()))
    }

    /// By password, which is sent to Cognito (USER_PASSWORD_AUTH): for a trigger that migrates users, and for
    /// emulators.
    pub fn with_plain_password(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::new(username, AttemptFlow::PlainPassword(password.into()))
    }

    /// By what the user has set up (USER_AUTH): the answer is usually
    /// [`SignInChallenge::Choice`](super::SignInChallenge::Choice).
    ///
    /// The pool's setting that hides whether a user exists does not cover this flow.
    pub fn by_choice(username: impl Into<String>) -> Self {
        Self::new(username, AttemptFlow::Choice { preferred: None, session: None })
    }

    /// A user who has just confirmed a sign-up, without another code: with the session that
    /// the confirmation of the sign-up returned (USER_AUTH).
    pub fn after_sign_up(username: impl Into<String>, session: ChallengeSession) -> Self {
        Self::new(username, AttemptFlow::Choice { preferred: None, session: Some(session) })
    }

    /// By challenges of the pool's own triggers (CUSTOM_AUTH).
    pub fn custom(username: impl Into<String>) -> Self {
        Self::new(username, AttemptFlow::Custom(None))
    }

    /// By password with SRP first, and then by challenges of the pool's own triggers (CUSTOM_AUTH).
    pub fn custom_after_password(
        username: impl Into<String>,
        password: impl Into<Password>,
    ) -> Self {
        Self::new(username, AttemptFlow::Custom(Some(password.into())))
    }

    /// Prefers a code by e-mail, if the user may choose. Has an effect with [`by_choice`](Self::by_choice)
    /// only, as the other preferences. A user without it gets the choice.
    pub fn prefer_email_code(self) -> Self {
        self.prefer(Preferred::Other("EMAIL_OTP"))
    }

    /// Prefers a code by text message.
    pub fn prefer_sms_code(self) -> Self {
        self.prefer(Preferred::Other("SMS_OTP"))
    }

    /// Prefers a passkey.
    pub fn prefer_passkey(self) -> Self {
        self.prefer(Preferred::Other("WEB_AUTHN"))
    }

    /// Prefers this password, by SRP.
    pub fn prefer_password(self, password: impl Into<Password>) -> Self {
        self.prefer(Preferred::PasswordSrp(password.into()))
    }

    /// Prefers this password, which is sent to Cognito.
    pub fn prefer_plain_password(self, password: impl Into<Password>) -> Self {
        self.prefer(Preferred::Password(password.into()))
    }

    fn prefer(mut self, preference: Preferred) -> Self {
        if let AttemptFlow::Choice { preferred, .. } = &mut self.flow {
            *preferred = Some(preference);
        }
        self
    }

    /// Proves a remembered device, which takes the place of the second factor. A device that Cognito does not
    /// know any more is left out; and so is any device [after a sign-up](Self::after_sign_up): a new user has none.
    pub fn device(self, device: RememberedDevice) -> Self {
        Self { device: Some(device), ..self }
    }

    /// Where the request comes from, for threat protection. It goes with each call of the sign-in, in place of
    /// the one of [`DirectSignIn::with_user_context`](super::DirectSignIn::with_user_context).
    pub fn user_context(mut self, context: UserContext) -> Self {
        self.context.user_context = Some(context);
        self
    }

    /// Adds a text for the pool's triggers (`ClientMetadata`). Cognito neither encrypts nor keeps it. It goes
    /// with each call of the sign-in.
    pub fn client_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.client_metadata.insert(name.into(), value.into());
        self
    }

    /// `None` after a sign-up: a new user has no remembered device, so this one belongs to another user. A second
    /// try without it would send the session of the sign-up again, which can be used once.
    pub(super) fn device_to_prove(&self) -> Option<&RememberedDevice> {
        let is_after_sign_up = matches!(self.flow, AttemptFlow::Choice { session: Some(_), .. });
        self.device.as_ref().filter(|_| !is_after_sign_up)
    }

    /// The password that is to be proved by SRP.
    pub(super) fn srp_password(&self) -> Option<&Password> {
        match &self.flow {
            AttemptFlow::Srp(password) | AttemptFlow::Custom(Some(password)) => Some(password),
            AttemptFlow::Choice { preferred: Some(Preferred::PasswordSrp(password)), .. } => {
                Some(password)
            }
            _ => None,
        }
    }

    pub(super) fn check(&self) -> Result<(), AuthError> {
        input::user_name(&self.username)?;
        self.context.check()?;
        if let Some(device) = &self.device {
            input::device_key(device.key())?;
        }
        match &self.flow {
            AttemptFlow::Srp(password)
            | AttemptFlow::PlainPassword(password)
            | AttemptFlow::Custom(Some(password)) => input::password(password),
            AttemptFlow::Choice {
                preferred: Some(Preferred::PasswordSrp(password) | Preferred::Password(password)),
                ..
            } => input::password(password),
            AttemptFlow::Choice { .. } | AttemptFlow::Custom(None) => Ok(()),
        }
    }
}
