//! Users, and which of their attributes a token shows.

use std::collections::BTreeMap;
use std::fmt;

use subtle::ConstantTimeEq;

use crate::testing::mfa::{LocalMfaMethod, LocalMfaPreference};

/// A user of a [`LocalUserPool`](super::LocalUserPool).
///
/// ```
/// use cognito_auth::testing::LocalUser;
///
/// let alice = LocalUser::new("alice", "Passw0rd!")
///     .email("alice@example.com")
///     .email_verified(true)
///     .group("admins")
///     .attribute("custom:tenant", "acme");
/// ```
#[derive(Clone)]
pub struct LocalUser {
    pub(crate) username: String,
    /// `None` for a user who signed up without one.
    password: Option<String>,
    pub(crate) sub: Option<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) status: LocalUserStatus,
    pub(crate) mfa: LocalMfaPreference,
    /// The secret of the user's authenticator app, in Base32.
    pub(crate) software_token: Option<String>,
    attributes: BTreeMap<String, String>,
}

/// How far a user's account is, in Cognito's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalUserStatus {
    Unconfirmed,
    Confirmed,
    ResetRequired,
    ForceChangePassword,
}

impl LocalUserStatus {
    /// `UserStatus` of the API reference.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        }
    }
}

impl LocalUser {
    /// A confirmed user without attributes, groups and second factors. The password may be any.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::with_password(username.into(), Some(password.into()))
    }

    /// A user who signed up, confirmed or not.
    pub(crate) fn with_password(username: String, password: Option<String>) -> Self {
        Self {
            username,
            password,
            sub: None,
            groups: Vec::new(),
            status: LocalUserStatus::Confirmed,
            mfa: LocalMfaPreference::default(),
            software_token: None,
            attributes: BTreeMap::new(),
        }
    }

    /// Sets the `sub`. Without this it is random.
    pub fn subject(mut self, sub: impl Into<String>) -> Self {
        self.sub = Some(sub.into());
        self
    }

    /// Sets the e-mail address.
    pub fn email(self, email: impl Into<String>) -> Self {
        self.attribute("email", email)
    }

    /// Sets `email_verified`: a boolean in ID tokens, a text everywhere else, as in Cognito.
    pub fn email_verified(self, verified: bool) -> Self {
        self.attribute("email_verified", verified.to_string())
    }

    /// Sets an attribute, such as `name` or `custom:tenant`. As in Cognito, every value is a text.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Sets the telephone number, in the form `+15555550100`.
    pub fn phone_number(self, number: impl Into<String>) -> Self {
        self.attribute("phone_number", number)
    }

    /// Sets `phone_number_verified`. Only a verified number receives a code to reset a password, and only a
    /// verified one is a factor of sign-in; the same is true of e-mail addresses.
    pub fn phone_number_verified(self, verified: bool) -> Self {
        self.attribute("phone_number_verified", verified.to_string())
    }

    /// The user has signed up and not confirmed it: `UNCONFIRMED`. Sign-ins are refused with
    /// `UserNotConfirmedException`.
    pub fn unconfirmed(self) -> Self {
        Self { status: LocalUserStatus::Unconfirmed, ..self }
    }

    /// The password is one that an administrator gave: `FORCE_CHANGE_PASSWORD`. A sign-in through the JSON
    /// API goes on with the challenge `NEW_PASSWORD_REQUIRED`.
    pub fn force_change_password(self) -> Self {
        Self { status: LocalUserStatus::ForceChangePassword, ..self }
    }

    /// An administrator has reset the password: `RESET_REQUIRED`. A sign-in with the right password is
    /// refused with `PasswordResetRequiredException` until ConfirmForgotPassword.
    pub fn reset_required(self) -> Self {
        Self { status: LocalUserStatus::ResetRequired, ..self }
    }

    /// Switches on the second factor `SMS_MFA`. The user needs a [`phone_number`](Self::phone_number).
    pub fn sms_mfa(mut self) -> Self {
        self.mfa.enable(LocalMfaMethod::Sms);
        self
    }

    /// Switches on the second factor `EMAIL_OTP`. The user needs an [`email`](Self::email).
    pub fn email_mfa(mut self) -> Self {
        self.mfa.enable(LocalMfaMethod::Email);
        self
    }

    /// Switches on the second factor `SOFTWARE_TOKEN_MFA`, with the secret of the user's authenticator app
    /// in Base32. [`LocalUserPool::software_token_code`](super::LocalUserPool::software_token_code) has the
    /// code that the app would show.
    pub fn software_token_mfa(mut self, secret: impl Into<String>) -> Self {
        self.mfa.enable(LocalMfaMethod::SoftwareToken);
        self.software_token = Some(secret.into());
        self
    }

    /// Adds the user to a group.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.groups.push(group.into());
        self
    }

    pub(crate) fn has_password(&self, password: &str) -> bool {
        let own = self.password.as_deref();
        own.is_some_and(|own| own.as_bytes().ct_eq(password.as_bytes()).into())
    }

    /// SRP is computed with it: Cognito keeps a verifier in its place.
    pub(crate) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    pub(crate) fn set_password(&mut self, password: &str) {
        self.password = Some(password.to_owned());
    }

    pub(crate) fn get_attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(crate) fn set_attribute(&mut self, name: &str, value: &str) {
        self.attributes.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn remove_attribute(&mut self, name: &str) {
        self.attributes.remove(name);
    }

    /// The value of `email` or `phone_number`, where it is verified.
    pub(crate) fn verified(&self, name: &str) -> Option<&str> {
        let verified = self.get_attribute(&format!("{name}_verified")) == Some("true");
        self.get_attribute(name).filter(|_| verified)
    }

    /// Every attribute, as GetUser lists them. `sub` is not in here.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The attributes that these scopes show at userInfo and in an ID token of the domain: with
    /// `openid` alone every one, else those of `profile` (custom ones included), `email` and
    /// `phone` (Developer Guide, "Scopes, M2M, and resource servers").
    pub(crate) fn attributes_for<'a>(
        &'a self,
        scopes: &'a [String],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let asked = |scope: &str| scopes.iter().any(|asked| asked == scope);
        let (profile, email, phone) = (asked("profile"), asked("email"), asked("phone"));
        let everything = !profile && !email && !phone;
        self.attributes().filter(move |(name, _)| {
            everything
                || match *name {
                    "email" | "email_verified" => email,
                    "phone_number" | "phone_number_verified" => phone,
                    _ => profile,
                }
        })
    }
}

impl fmt::Debug for LocalUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalUser").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
