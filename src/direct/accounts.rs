//! Accounts: sign-up, a forgotten password, and what a signed-in user changes of the own account.

mod devices;
mod forgotten_password;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod own_account;
mod passkeys;
mod second_factors;
mod sign_up;

use std::collections::BTreeMap;

use serde::Serialize;
use zeroize::Zeroizing;

use super::advance::secret_hash;
use super::body::{CallContext, ContextMembers};
use super::{DirectSignIn, input};
use crate::error::{AnswerProblem, AuthError, Refusal, RefusalCode};
use crate::idp::HandsOut;
use crate::idp::form::{Client, check_token};
use crate::idp::json_api::{self, Operation};
use crate::idp::response::ProviderResponse;
use crate::json::Members;
use crate::secret::AccessToken;
pub use devices::{DeviceInfo, RegisteredDevice};
pub use passkeys::PasskeyInfo;
pub use second_factors::{AuthFactors, MfaPreference, MfaSetting};
pub use sign_up::{SignUp, SignedUp};

/// An operation, by its name: `once`, or `twice` where a second arrival changes nothing.
macro_rules! operation {
    ($name:literal once) => {
        operation!($name, false)
    };
    ($name:literal twice) => {
        operation!($name, true)
    };
    ($name:literal, $is_idempotent:literal) => {
        crate::idp::json_api::Operation {
            name: $name,
            target: concat!("AWSCognitoIdentityProviderService.", $name),
            is_idempotent: $is_idempotent,
        }
    };
}
use operation;

/// What is refused of a name that does not exist, or that has no address to send a code to: a page that
/// anyone can open must not show it.
fn hides_user(error: &AuthError) -> bool {
    let codes = [RefusalCode::UserNotFound, RefusalCode::InvalidParameter];
    matches!(error, AuthError::Refused(refusal) if codes.contains(&refusal.code()))
}

/// For a user who does not exist every code is a wrong one.
fn wrong_code_for_unknown_user(error: AuthError) -> AuthError {
    match error {
        AuthError::Refused(refusal) if refusal.code() == RefusalCode::UserNotFound => {
            Refusal::new(RefusalCode::CodeMismatch).into()
        }
        error => error,
    }
}

/// Whether what was to be removed is gone already.
fn is_gone(error: &AuthError) -> bool {
    matches!(error, AuthError::Refused(refusal) if refusal.code() == RefusalCode::ResourceNotFound)
}

/// Where Cognito sent a code, masked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeDelivery {
    /// The masked address or telephone number, such as `a***@e***`. For an unknown user it is made up, where
    /// the pool hides whether a user exists.
    pub destination: Option<String>,
    /// `EMAIL` or `SMS`.
    pub medium: Option<String>,
    /// The attribute that is to be verified, such as `email`.
    pub attribute: Option<String>,
}

impl CodeDelivery {
    fn read(answer: &ProviderResponse, raw: &str) -> Result<Self, AuthError> {
        let problem = || missing(answer);
        let members = Members::parse(raw.as_bytes()).map_err(|_| problem())?;
        let text = |name| {
            let text = members.optional_text(name).map_err(|_| problem())?;
            Ok::<_, AuthError>(text.map(|text| text.into_owned()))
        };
        let (destination, medium) = (text("Destination")?, text("DeliveryMedium")?);
        Ok(Self { destination, medium, attribute: text("AttributeName")? })
    }

    /// The member `CodeDeliveryDetails`, which is absent where no code was sent.
    fn of(answer: &ProviderResponse) -> Result<Option<Self>, AuthError> {
        let members = members(answer)?;
        let name = "CodeDeliveryDetails";
        let raw = members.raw(name).filter(|_| members.given(name));
        raw.map(|raw| Self::read(answer, raw)).transpose()
    }
}

/// An attribute, as the JSON API has it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeBody<'a> {
    name: &'a str,
    value: &'a str,
}

fn attribute_bodies<'a>(attributes: &'a [(String, String)]) -> Vec<AttributeBody<'a>> {
    attributes.iter().map(|(name, value)| AttributeBody { name, value }).collect()
}

/// The members of a successful answer.
fn members(answer: &ProviderResponse) -> Result<Members<'_>, AuthError> {
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    answer.members().ok_or_else(|| answer.undecodable(AnswerProblem::NotJsonObject))
}

fn missing(answer: &ProviderResponse) -> AuthError {
    answer.undecodable(AnswerProblem::MemberMissing)
}

/// The text of an access token that can be sent.
fn access_token(token: &AccessToken) -> Result<&str, AuthError> {
    check_token("the access token", token.expose())?;
    Ok(token.expose())
}

/// A body with the access token alone.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TokenBody<'a> {
    access_token: &'a str,
}

impl DirectSignIn {
    /// The texts for the pool's triggers.
    fn client_metadata(&self) -> Result<&BTreeMap<String, String>, AuthError> {
        self.context.check()?;
        Ok(&self.context.client_metadata)
    }

    async fn account<T>(
        &self,
        operation: Operation,
        body: &impl Serialize,
        read: impl FnOnce(&ProviderResponse) -> Result<T, AuthError> + Send,
    ) -> Result<T, AuthError> {
        let body = json_api::body(body)?;
        self.client.json_call(operation, body, HandsOut::Nothing, read).await
    }
}

/// What goes with the operations that need no token: the client, its hash, and the context.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PublicBody<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_hash: Option<String>,
    username: &'a str,
    #[serde(flatten)]
    context: ContextMembers<'a>,
}

impl DirectSignIn {
    /// Sends an operation that needs no token, and whose body has these members.
    async fn without_token<T>(
        &self,
        operation: Operation,
        username: &str,
        context: &CallContext,
        body: impl Fn(PublicBody<'_>) -> Result<Zeroizing<String>, AuthError> + Send + Sync,
        read: impl Fn(&ProviderResponse) -> Result<T, AuthError> + Send + Sync,
    ) -> Result<T, AuthError> {
        input::user_name(username)?;
        context.check()?;
        let body = |client: Client<'_>| {
            let (client_id, secret_hash) = (client.id, secret_hash(client, username));
            body(PublicBody { client_id, secret_hash, username, context: context.members() })
        };
        self.client.json_call_as_client(operation, body, HandsOut::Nothing, read).await
    }
}
