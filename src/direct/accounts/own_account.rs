//! What a signed-in user changes: the password, attributes, the account's end.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{AttributeBody, CodeDelivery, TokenBody, access_token, members, missing, operation};
use crate::direct::{DirectSignIn, input};
use crate::error::AuthError;
use crate::idp::json_api::{self, Operation};
use crate::idp::response::ProviderResponse;
use crate::secret::{AccessToken, OneTimeCode, Password};

const CHANGE_PASSWORD: Operation = operation!("ChangePassword" once);
const UPDATE_USER_ATTRIBUTES: Operation = operation!("UpdateUserAttributes" once);
const DELETE_USER_ATTRIBUTES: Operation = operation!("DeleteUserAttributes" twice);
const GET_ATTRIBUTE_CODE: Operation = operation!("GetUserAttributeVerificationCode" once);
const VERIFY_USER_ATTRIBUTE: Operation = operation!("VerifyUserAttribute" once);
const DELETE_USER: Operation = operation!("DeleteUser" once);

/// Each needs an access token with the scope `aws.cognito.signin.user.admin`, as direct sign-in gets. A dead
/// token is [`AuthError::Refused`].
impl DirectSignIn {
    /// Changes the password. `previous` is left out only for a user who never had one.
    ///
    /// Cognito's documentation does not say that it ends the user's sessions, so expect them to continue. Who
    /// changes a password that others know wants to end them:
    /// [`BrowserSessions::end_everywhere`](crate::sessions::BrowserSessions::end_everywhere).
    ///
    /// # Errors
    /// [`AuthError::Refused`] with [`NotAuthorized`](crate::RefusalCode::NotAuthorized) for a wrong previous
    /// password, and for a new one that the policy does not allow; [`AuthError::Input`].
    pub async fn change_password(
        &self,
        token: &AccessToken,
        previous: Option<&Password>,
        new: &Password,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ChangePasswordBody<'a> {
            access_token: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            previous_password: Option<&'a str>,
            proposed_password: &'a str,
        }
        previous.map_or(Ok(()), input::typed_password)?;
        input::new_password(new)?;
        let body = ChangePasswordBody {
            access_token: access_token(token)?,
            previous_password: previous.map(Password::expose),
            proposed_password: new.expose(),
        };
        self.account(CHANGE_PASSWORD, &body, json_api::done).await
    }

    /// Sets attributes: name and value. Cognito sends a code for each address or telephone number that has to
    /// be verified.
    ///
    /// # Errors
    /// [`AuthError::Refused`] with [`AliasExists`](crate::RefusalCode::AliasExists) for an address that another
    /// account has; [`AuthError::Input`].
    pub async fn update_attributes(
        &self,
        token: &AccessToken,
        attributes: &[(&str, &str)],
    ) -> Result<Vec<CodeDelivery>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct UpdateBody<'a> {
            access_token: &'a str,
            user_attributes: Vec<AttributeBody<'a>>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            client_metadata: &'a BTreeMap<String, String>,
        }
        for (name, value) in attributes {
            input::attribute(name, value)?;
        }
        let pairs = attributes.iter();
        let user_attributes = pairs.map(|(name, value)| AttributeBody { name, value }).collect();
        let (access_token, client_metadata) = (access_token(token)?, self.client_metadata()?);
        let body = UpdateBody { access_token, user_attributes, client_metadata };
        self.account(UPDATE_USER_ATTRIBUTES, &body, deliveries).await
    }

    /// Deletes attributes.
    ///
    /// # Errors
    /// [`AuthError::Refused`]; [`AuthError::Input`].
    pub async fn delete_attributes(
        &self,
        token: &AccessToken,
        names: &[&str],
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct DeleteAttributesBody<'a> {
            access_token: &'a str,
            user_attribute_names: &'a [&'a str],
        }
        names.iter().try_for_each(|name| input::attribute(name, ""))?;
        let access_token = access_token(token)?;
        let body = DeleteAttributesBody { access_token, user_attribute_names: names };
        self.account(DELETE_USER_ATTRIBUTES, &body, json_api::done).await
    }

    /// Sends a code to verify this attribute with: `email` or `phone_number`.
    ///
    /// # Errors
    /// [`AuthError::Refused`]; [`AuthError::Input`].
    pub async fn send_attribute_code(
        &self,
        token: &AccessToken,
        attribute: &str,
    ) -> Result<Option<CodeDelivery>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct AttributeCodeBody<'a> {
            access_token: &'a str,
            attribute_name: &'a str,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            client_metadata: &'a BTreeMap<String, String>,
        }
        input::attribute(attribute, "")?;
        let (access_token, client_metadata) = (access_token(token)?, self.client_metadata()?);
        let body = AttributeCodeBody { access_token, attribute_name: attribute, client_metadata };
        self.account(GET_ATTRIBUTE_CODE, &body, CodeDelivery::of).await
    }

    /// Verifies an attribute by its code.
    ///
    /// # Errors
    /// [`AuthError::Refused`] for a wrong code or one that has expired; [`AuthError::Input`].
    pub async fn verify_attribute(
        &self,
        token: &AccessToken,
        attribute: &str,
        code: &OneTimeCode,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct VerifyAttributeBody<'a> {
            access_token: &'a str,
            attribute_name: &'a str,
            code: &'a str,
        }
        input::attribute(attribute, "")?;
        input::code(code)?;
        let body = VerifyAttributeBody {
            access_token: access_token(token)?,
            attribute_name: attribute,
            code: code.expose(),
        };
        self.account(VERIFY_USER_ATTRIBUTE, &body, json_api::done).await
    }

    /// Deletes the account of this token. The tokens that were issued stay valid for a verifier: end the user's
    /// sessions too.
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn delete_user(&self, token: &AccessToken) -> Result<(), AuthError> {
        let body = TokenBody { access_token: access_token(token)? };
        self.account(DELETE_USER, &body, json_api::done).await
    }
}

/// Reads the answer of UpdateUserAttributes.
pub(crate) fn deliveries(answer: &ProviderResponse) -> Result<Vec<CodeDelivery>, AuthError> {
    let members = members(answer)?;
    let name = "CodeDeliveryDetailsList";
    let Some(raw) = members.raw(name).filter(|_| members.given(name)) else {
        return Ok(Vec::new());
    };
    let details: Vec<&RawValue> = serde_json::from_str(raw).map_err(|_| missing(answer))?;
    details.into_iter().map(|raw| CodeDelivery::read(answer, raw.get())).collect()
}
