//! The bodies of InitiateAuth and RespondToAuthChallenge.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::input;
use crate::error::AuthError;
use crate::idp::json_api::{self, Operation};

/// By SRP nothing happens to the user: the answer is a challenge.
pub(super) const INITIATE_SRP_AUTH: Operation = Operation {
    name: "InitiateAuth",
    target: "AWSCognitoIdentityProviderService.InitiateAuth",
    is_idempotent: true,
};

/// Other flows issue tokens, or send a code. A refresh is sent once, whatever it is sent to.
pub(super) const INITIATE_AUTH: Operation = Operation { is_idempotent: false, ..INITIATE_SRP_AUTH };

/// An answer spends the session of its challenge.
pub(super) const RESPOND_TO_AUTH_CHALLENGE: Operation = Operation {
    name: "RespondToAuthChallenge",
    target: "AWSCognitoIdentityProviderService.RespondToAuthChallenge",
    is_idempotent: false,
};

/// Where a user's request comes from (`UserContextData`), for threat protection. Without it, Cognito sees
/// the address of this server for every user.
///
/// The address is honoured only where the app client has a secret and
/// `EnablePropagateAdditionalUserContextData`.
///
/// `Debug` shows none of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UserContext {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoded_data: Option<String>,
}

impl UserContext {
    /// The address of the browser or the app.
    pub fn ip_address(address: std::net::IpAddr) -> Self {
        Self { ip_address: Some(address.to_string()), encoded_data: None }
    }

    /// Adds what Cognito's script found out in the browser (`EncodedData`).
    pub fn encoded_data(self, data: impl Into<String>) -> Self {
        Self { encoded_data: Some(data.into()), ..self }
    }
}

impl fmt::Debug for UserContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserContext").finish_non_exhaustive()
    }
}

/// What goes with each call of a sign-in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallContext {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) client_metadata: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_context: Option<UserContext>,
}

/// As Cognito names them; [`CallContext`] is sealed under names of its own.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ContextMembers<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    client_metadata: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_context_data: Option<&'a UserContext>,
}

impl CallContext {
    /// Both, where this one comes first.
    pub(super) fn over(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (name, value) in &other.client_metadata {
            both.client_metadata.entry(name.clone()).or_insert_with(|| value.clone());
        }
        both.user_context = both.user_context.or_else(|| other.user_context.clone());
        both
    }

    pub(super) fn check(&self) -> Result<(), AuthError> {
        for text in self.client_metadata.iter().flat_map(|(name, value)| [name, value]) {
            input::text("the client metadata", text)?;
        }
        let encoded = self.user_context.as_ref().and_then(|context| context.encoded_data.as_ref());
        encoded.map_or(Ok(()), |data| input::text("the user context", data))
    }

    pub(super) fn members(&self) -> ContextMembers<'_> {
        let user_context_data = self.user_context.as_ref();
        ContextMembers { client_metadata: &self.client_metadata, user_context_data }
    }
}

/// Texts by their names. Nothing is copied on the way to the body.
#[derive(Clone, Default)]
pub(super) struct TextMap<'a>(Vec<(&'a str, &'a str)>);

impl<'a> TextMap<'a> {
    pub(super) fn put(&mut self, name: &'a str, value: &'a str) {
        self.0.push((name, value));
    }

    pub(super) fn put_some(&mut self, name: &'a str, value: Option<&'a str>) {
        self.0.extend(value.map(|value| (name, value)));
    }
}

impl Serialize for TextMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

pub(super) struct InitiateAuth<'a> {
    pub(super) flow: &'a str,
    pub(super) client_id: &'a str,
    pub(super) parameters: TextMap<'a>,
    pub(super) session: Option<&'a str>,
    pub(super) context: &'a CallContext,
}

impl InitiateAuth<'_> {
    pub(super) fn body(&self) -> Result<Zeroizing<String>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct InitiateAuthBody<'a> {
            auth_flow: &'a str,
            client_id: &'a str,
            auth_parameters: &'a TextMap<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            session: Option<&'a str>,
            #[serde(flatten)]
            context: ContextMembers<'a>,
        }
        json_api::body(&InitiateAuthBody {
            auth_flow: self.flow,
            client_id: self.client_id,
            auth_parameters: &self.parameters,
            session: self.session,
            context: self.context.members(),
        })
    }
}

pub(super) struct RespondToAuthChallenge<'a> {
    pub(super) challenge: &'a str,
    pub(super) client_id: &'a str,
    pub(super) responses: TextMap<'a>,
    pub(super) session: Option<&'a str>,
    pub(super) context: &'a CallContext,
}

impl RespondToAuthChallenge<'_> {
    pub(super) fn body(&self) -> Result<Zeroizing<String>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct RespondBody<'a> {
            challenge_name: &'a str,
            client_id: &'a str,
            challenge_responses: &'a TextMap<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            session: Option<&'a str>,
            #[serde(flatten)]
            context: ContextMembers<'a>,
        }
        json_api::body(&RespondBody {
            challenge_name: self.challenge,
            client_id: self.client_id,
            challenge_responses: &self.responses,
            session: self.session,
            context: self.context.members(),
        })
    }
}
