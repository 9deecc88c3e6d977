//! The passkeys of a signed-in user.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{TokenBody, access_token, is_gone, members, missing, operation};
use crate::direct::{DirectSignIn, input};
use crate::error::{AuthError, InputProblem};
use crate::idp::json_api::{self, Operation, moment};
use crate::idp::response::ProviderResponse;
use crate::secret::AccessToken;

const START_WEB_AUTHN_REGISTRATION: Operation = operation!("StartWebAuthnRegistration" once);
const COMPLETE_WEB_AUTHN_REGISTRATION: Operation = operation!("CompleteWebAuthnRegistration" once);
const LIST_WEB_AUTHN_CREDENTIALS: Operation = operation!("ListWebAuthnCredentials" twice);
const DELETE_WEB_AUTHN_CREDENTIAL: Operation = operation!("DeleteWebAuthnCredential" twice);

/// How many pages of a list are read: Cognito has at most 20 passkeys and 60 devices on one.
pub(super) const MOST_PAGES: usize = 20;

/// A passkey of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PasskeyInfo {
    /// The id by which it is deleted.
    pub id: String,
    /// A name for the user, such as the password manager's.
    pub name: String,
    /// The site that it is for.
    pub relying_party: String,
    /// `platform` or `cross-platform`, if the browser told.
    pub attachment: Option<String>,
    /// When it was registered.
    pub created_at: Option<SystemTime>,
}

impl DirectSignIn {
    /// Starts the registration of a passkey: the options for the browser's
    /// `PublicKeyCredential.parseCreationOptionsFromJSON`, as the text of a JSON object.
    ///
    /// # Errors
    /// [`AuthError::Refused`] with [`FeatureUnavailable`](crate::RefusalCode::FeatureUnavailable) where passkeys
    /// are off, or the pool has no domain.
    pub async fn start_passkey_registration(
        &self,
        token: &AccessToken,
    ) -> Result<String, AuthError> {
        let body = TokenBody { access_token: access_token(token)? };
        self.account(START_WEB_AUTHN_REGISTRATION, &body, creation_options).await
    }

    /// Registers a passkey: with all that the browser's `toJSON()` returned, as the text of a JSON object.
    ///
    /// # Errors
    /// [`AuthError::Refused`] with [`PasskeyChallengeOver`](crate::RefusalCode::PasskeyChallengeOver) when it took
    /// too long, with [`PasskeyRejected`](crate::RefusalCode::PasskeyRejected), and with
    /// [`PasskeyOrigin`](crate::RefusalCode::PasskeyOrigin) for a page elsewhere than at the pool's relying party;
    /// [`AuthError::Input`] for what is not a JSON object.
    pub async fn complete_passkey_registration(
        &self,
        token: &AccessToken,
        credential: &str,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct CompleteBody<'a> {
            access_token: &'a str,
            credential: &'a RawValue,
        }
        input::json_object("the passkey", credential)?;
        let reason = InputProblem::NotAJsonObject;
        let credential = serde_json::from_str(credential)
            .map_err(|_| AuthError::Input { what: "the passkey", reason })?;
        let body = CompleteBody { access_token: access_token(token)?, credential };
        self.account(COMPLETE_WEB_AUTHN_REGISTRATION, &body, json_api::done).await
    }

    /// The user's passkeys, of which at most 400 are read: 20 pages of 20. The rest of a longer list is left out.
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn passkeys(&self, token: &AccessToken) -> Result<Vec<PasskeyInfo>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ListPasskeysBody<'a> {
            access_token: &'a str,
            max_results: u8,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_token: Option<&'a str>,
        }
        let (access_token, mut passkeys, mut next) = (access_token(token)?, Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let next_token: Option<String> = next.take();
            let next_token = next_token.as_deref();
            let body = ListPasskeysBody { access_token, max_results: 20, next_token };
            let (page, following) =
                self.account(LIST_WEB_AUTHN_CREDENTIALS, &body, passkeys_of).await?;
            passkeys.extend(page);
            next = following;
            if next.is_none() {
                break;
            }
        }
        Ok(passkeys)
    }

    /// Deletes a passkey by its [id](PasskeyInfo::id). One that is deleted already is no error.
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn delete_passkey(&self, token: &AccessToken, id: &str) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct DeletePasskeyBody<'a> {
            access_token: &'a str,
            credential_id: &'a str,
        }
        input::text("the passkey's id", id)?;
        let body = DeletePasskeyBody { access_token: access_token(token)?, credential_id: id };
        match self.account(DELETE_WEB_AUTHN_CREDENTIAL, &body, json_api::done).await {
            Err(error) if is_gone(&error) => Ok(()),
            result => result,
        }
    }
}

/// Reads the answer of StartWebAuthnRegistration: an object, and not a text.
pub(crate) fn creation_options(answer: &ProviderResponse) -> Result<String, AuthError> {
    let options = members(answer)?.raw("CredentialCreationOptions");
    let options = options.filter(|options| options.starts_with('{'));
    options.map(str::to_owned).ok_or_else(|| missing(answer))
}

/// Reads a page of ListWebAuthnCredentials, and the token of the next one.
pub(crate) fn passkeys_of(
    answer: &ProviderResponse,
) -> Result<(Vec<PasskeyInfo>, Option<String>), AuthError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct PasskeyEntry {
        credential_id: String,
        friendly_credential_name: Option<String>,
        relying_party_id: Option<String>,
        authenticator_attachment: Option<String>,
        created_at: Option<f64>,
    }
    let members = members(answer)?;
    let raw = members.raw("Credentials").ok_or_else(|| missing(answer))?;
    let entries: Vec<PasskeyEntry> = serde_json::from_str(raw).map_err(|_| missing(answer))?;
    let passkeys = entries.into_iter().map(|entry| PasskeyInfo {
        id: entry.credential_id,
        name: entry.friendly_credential_name.unwrap_or_default(),
        relying_party: entry.relying_party_id.unwrap_or_default(),
        attachment: entry.authenticator_attachment,
        created_at: entry.created_at.and_then(moment),
    });
    let next = members.optional_text("NextToken").map_err(|_| missing(answer))?;
    let next = next.filter(|next| !next.is_empty()).map(|next| next.into_owned());
    Ok((passkeys.collect(), next))
}
