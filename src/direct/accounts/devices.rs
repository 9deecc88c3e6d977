//! Remembered devices: registration, lists, and the refresh of a session that belongs to one.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::passkeys::MOST_PAGES;
use super::{access_token, is_gone, members, missing, operation};
use crate::direct::{DirectSignIn, RememberedDevice, input};
use crate::error::{AuthError, InputProblem, Refusal, RefusalCode};
use crate::idp::form::{Client, check_token};
use crate::idp::json_api::{self, Operation, moment};
use crate::idp::response::ProviderResponse;
use crate::idp::{HandsOut, NewDevice, Tokens, token};
use crate::secret::{AccessToken, DevicePassword, RefreshToken};
use crate::srp::{DeviceVerifier, SrpIdentity, new_device_password};

const CONFIRM_DEVICE: Operation = operation!("ConfirmDevice" once);
const UPDATE_DEVICE_STATUS: Operation = operation!("UpdateDeviceStatus" twice);
const LIST_DEVICES: Operation = operation!("ListDevices" twice);
const FORGET_DEVICE: Operation = operation!("ForgetDevice" twice);

/// A device that was registered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RegisteredDevice {
    /// What the device proves itself with: store it.
    pub device: RememberedDevice,
    /// Whether the user has to agree before it is remembered ([`DirectSignIn::remember_device`]).
    pub needs_consent: bool,
}

/// A device of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceInfo {
    /// The key by which it is forgotten.
    pub key: String,
    /// Its attributes, such as `device_name`: name and value.
    pub attributes: Vec<(String, String)>,
    /// When it was registered.
    pub created_at: Option<SystemTime>,
    /// When it was used last.
    pub last_used_at: Option<SystemTime>,
}

impl DirectSignIn {
    /// Registers the new device of a sign-in ([`Tokens::new_device`]), with a password that is made here. From
    /// the next sign-in on it takes the place of the second factor
    /// ([`SignInAttempt::device`](crate::direct::SignInAttempt::device)).
    ///
    /// Each sign-in without a device makes a new one. Where a pool tracks devices, a refresh needs the device
    /// too ([`refresh_with_device`](Self::refresh_with_device)).
    ///
    /// # Errors
    /// [`AuthError::Refused`]; [`AuthError::Input`] without random octets.
    pub async fn register_device(
        &self,
        token: &AccessToken,
        new: &NewDevice,
        name: Option<&str>,
    ) -> Result<RegisteredDevice, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct VerifierBody<'a> {
            password_verifier: &'a str,
            salt: &'a str,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ConfirmDeviceBody<'a> {
            access_token: &'a str,
            device_key: &'a str,
            device_secret_verifier_config: VerifierBody<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            device_name: Option<&'a str>,
        }
        input::device_key(&new.key)?;
        input::device_name(name)?;
        let reason = InputProblem::NoRandomness;
        let no_random = || AuthError::Input { what: "the device's password", reason };
        let password = new_device_password().ok_or_else(no_random)?;
        let (realm, user_id) = (new.group_key.as_str(), new.key.as_str());
        let identity = SrpIdentity { realm, user_id, password: &password };
        let verifier = DeviceVerifier::random(&identity).ok_or_else(no_random)?;
        let body = ConfirmDeviceBody {
            access_token: access_token(token)?,
            device_key: &new.key,
            device_secret_verifier_config: VerifierBody {
                password_verifier: &verifier.password_verifier,
                salt: &verifier.salt,
            },
            device_name: name,
        };
        let needs_consent = self.account(CONFIRM_DEVICE, &body, device_confirmed).await?;
        let password = DevicePassword::new(password.as_str());
        let device = RememberedDevice::new(&new.key, &new.group_key, password);
        Ok(RegisteredDevice { device, needs_consent })
    }

    /// Remembers a device, or does not any more (UpdateDeviceStatus).
    ///
    /// # Errors
    /// [`AuthError::Refused`], with [`DeviceNotFound`](RefusalCode::DeviceNotFound) for one that was forgotten.
    pub async fn remember_device(
        &self,
        token: &AccessToken,
        device_key: &str,
        is_remembered: bool,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct DeviceStatusBody<'a> {
            access_token: &'a str,
            device_key: &'a str,
            device_remembered_status: &'static str,
        }
        input::device_key(device_key)?;
        let status = if is_remembered { "remembered" } else { "not_remembered" };
        let access_token = access_token(token)?;
        let body = DeviceStatusBody { access_token, device_key, device_remembered_status: status };
        let result = self.account(UPDATE_DEVICE_STATUS, &body, json_api::done).await;
        result.map_err(|error| match is_gone(&error) {
            true => Refusal::new(RefusalCode::DeviceNotFound).into(),
            false => error,
        })
    }

    /// The user's devices, of which at most 1,200 are read: 20 pages of 60. The rest of a longer list is left out.
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn devices(&self, token: &AccessToken) -> Result<Vec<DeviceInfo>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ListDevicesBody<'a> {
            access_token: &'a str,
            limit: u8,
            #[serde(skip_serializing_if = "Option::is_none")]
            pagination_token: Option<&'a str>,
        }
        let (access_token, mut devices, mut next) = (access_token(token)?, Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let pagination_token: Option<String> = next.take();
            let pagination_token = pagination_token.as_deref();
            let body = ListDevicesBody { access_token, limit: 60, pagination_token };
            let (page, following) = self.account(LIST_DEVICES, &body, devices_of).await?;
            devices.extend(page);
            next = following;
            if next.is_none() {
                break;
            }
        }
        Ok(devices)
    }

    /// Forgets a device. One that is forgotten already is no error.
    ///
    /// # Errors
    /// [`AuthError::Refused`].
    pub async fn forget_device(
        &self,
        token: &AccessToken,
        device_key: &str,
    ) -> Result<(), AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct ForgetDeviceBody<'a> {
            access_token: &'a str,
            device_key: &'a str,
        }
        input::device_key(device_key)?;
        let body = ForgetDeviceBody { access_token: access_token(token)?, device_key };
        match self.account(FORGET_DEVICE, &body, json_api::done).await {
            Err(error) if is_gone(&error) => Ok(()),
            result => result,
        }
    }

    /// Gets new tokens for a refresh token that belongs to a device (GetTokensFromRefreshToken). Without the
    /// device's key Cognito refuses such a token. Else as
    /// [`IdentityProvider::refresh`](crate::IdentityProvider::refresh).
    /// [`refresh_by_initiate_auth`](Self::refresh_by_initiate_auth) has a table of the three refreshes.
    ///
    /// # Errors
    /// As [`IdentityProvider::refresh`](crate::IdentityProvider::refresh).
    pub async fn refresh_with_device(
        &self,
        refresh_token: &RefreshToken,
        device_key: &str,
    ) -> Result<Tokens, AuthError> {
        check_token("the refresh token", refresh_token.expose())?;
        input::device_key(device_key)?;
        let client = &self.client;
        let (key, metadata) = (Some(device_key), Some(self.client_metadata()?));
        let body = |client: Client<'_>| token::json_request(refresh_token, client, key, metadata);
        let (operation, hands_out) = (token::GET_TOKENS_FROM_REFRESH_TOKEN, HandsOut::RefreshToken);
        let tokens =
            client.json_call_as_client(operation, body, hands_out, token::json_tokens).await?;
        client.check_refreshed(tokens, refresh_token)
    }
}

/// Reads the answer of ConfirmDevice: whether the user has to agree.
pub(crate) fn device_confirmed(answer: &ProviderResponse) -> Result<bool, AuthError> {
    match members(answer)?.raw("UserConfirmationNecessary") {
        Some("true") => Ok(true),
        Some("false" | "null") | None => Ok(false),
        Some(_) => Err(missing(answer)),
    }
}

/// Reads a page of ListDevices, and the token of the next one.
pub(crate) fn devices_of(
    answer: &ProviderResponse,
) -> Result<(Vec<DeviceInfo>, Option<String>), AuthError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct DeviceEntry {
        device_key: String,
        device_attributes: Option<Vec<DeviceAttribute>>,
        device_create_date: Option<f64>,
        device_last_authenticated_date: Option<f64>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct DeviceAttribute {
        name: String,
        value: Option<String>,
    }
    let members = members(answer)?;
    let entries: Option<Vec<DeviceEntry>> = match members.raw("Devices") {
        Some(raw) => serde_json::from_str(raw).map_err(|_| missing(answer))?,
        None => None,
    };
    let pair = |attribute: DeviceAttribute| Some((attribute.name, attribute.value?));
    let devices = entries.unwrap_or_default().into_iter().map(|entry| DeviceInfo {
        key: entry.device_key,
        attributes: entry.device_attributes.into_iter().flatten().filter_map(pair).collect(),
        created_at: entry.device_create_date.and_then(moment),
        last_used_at: entry.device_last_authenticated_date.and_then(moment),
    });
    let next = members.optional_text("PaginationToken").map_err(|_| missing(answer))?;
    let next = next.filter(|next| !next.is_empty()).map(|next| next.into_owned());
    Ok((devices.collect(), next))
}
