//! A new password in the place of a temporary one.

use std::fmt;

use serde_json::{Map, Value};

use super::OpenChallenge;
use crate::direct::{Step, input};
use crate::error::{AuthError, InputProblem};
use crate::secret::Password;

/// The prefix of attributes, in what comes and in what is sent.
const PREFIX: &str = "userAttributes.";

/// The user's password is a temporary one.
///
/// ```
/// use cognito_auth::AuthError;
/// use cognito_auth::direct::{NewPasswordChallenge, Password, Step};
///
/// async fn set(challenge: &NewPasswordChallenge, new: &Password) -> Result<Step, AuthError> {
///     // The form asks for these, beside the password.
///     assert_eq!(challenge.required_attributes(), ["name"]);
///     challenge.answer(new, &[("name", "Alice")]).await
/// }
/// ```
#[derive(Clone)]
pub struct NewPasswordChallenge {
    pub(super) open: OpenChallenge,
    required: Vec<String>,
    attributes: Vec<(String, String)>,
}

impl NewPasswordChallenge {
    pub(super) fn new(open: OpenChallenge) -> Result<Self, AuthError> {
        let required = open.state.texts("requiredAttributes")?;
        let bare = |name: &String| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        let required = required.iter().map(bare).collect();
        // No answer depends on them.
        let attributes = open.state.parameters.get("userAttributes");
        let members: Option<Map<String, Value>> =
            attributes.and_then(|text| serde_json::from_str(text).ok());
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let members = members.unwrap_or_default().into_iter();
        let attributes = members.filter_map(|(name, value)| Some((name, text(&value)?))).collect();
        Ok(Self { open, required, attributes })
    }

    /// The attributes that have to be set with the password, such as `name`.
    pub fn required_attributes(&self) -> &[String] {
        &self.required
    }

    /// The attributes that the user has: name and value. They cannot be changed here. Empty where they are missing
    /// or cannot be read.
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// Sets the password and the [required attributes](Self::required_attributes).
    ///
    /// # Errors
    /// As [`DirectSignIn::start`](crate::direct::DirectSignIn::start); [`AuthError::Refused`] with
    /// [`InvalidPassword`](crate::RefusalCode::InvalidPassword) for one that the policy does not allow;
    /// [`AuthError::Input`] for one of under 6 characters, for a required attribute that is missing, and for
    /// one that is not asked for: Cognito refuses to change an attribute that has a value.
    pub async fn answer(
        &self,
        password: &Password,
        attributes: &[(&str, &str)],
    ) -> Result<Step, AuthError> {
        input::new_password(password)?;
        let refused = |reason| AuthError::Input { what: "an attribute", reason };
        for (name, value) in attributes {
            input::attribute(name, value)?;
            if !self.required.iter().any(|required| required == name) {
                return Err(refused(InputProblem::NotAnAttribute));
            }
        }
        let is_given = |name: &String| attributes.iter().any(|(given, _)| given == name);
        if !self.required.iter().all(is_given) {
            return Err(refused(InputProblem::AttributeMissing));
        }
        let named: Vec<_> =
            attributes.iter().map(|(name, value)| (format!("{PREFIX}{name}"), *value)).collect();
        let mut responses = vec![("NEW_PASSWORD", password.expose())];
        responses.extend(named.iter().map(|(name, value)| (name.as_str(), *value)));
        self.open.answer(&responses).await
    }
}

impl fmt::Debug for NewPasswordChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPasswordChallenge")
            .field("required", &self.required)
            .finish_non_exhaustive()
    }
}
