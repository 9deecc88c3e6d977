//! A user's sessions at Cognito: ListUserSessions, RevokeUserSession, and RevokeToken with linked sessions. Nothing is
//! sent here.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::form::{Client, check_token};
use super::json_api::{self, Operation, moment};
use super::response::ProviderResponse;
use crate::error::{AnswerProblem, AuthError, InputProblem};
use crate::secret::{AccessToken, RefreshToken};

/// A page has 125 sessions at most.
pub(crate) const MOST_PAGES: usize = 20;

pub(crate) const LIST_USER_SESSIONS: Operation = Operation {
    name: "ListUserSessions",
    target: "AWSCognitoIdentityProviderService.ListUserSessions",
    is_idempotent: true,
};

pub(crate) const REVOKE_USER_SESSION: Operation = Operation {
    name: "RevokeUserSession",
    target: "AWSCognitoIdentityProviderService.RevokeUserSession",
    is_idempotent: true,
};

/// A session of a user at Cognito.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CognitoSession {
    /// The id by which it is revoked.
    pub id: String,
    /// Whether it is a session of tokens or of the login page.
    pub kind: CognitoSessionKind,
    /// The app client of a session of tokens.
    pub client_id: Option<String>,
    /// When it began.
    pub created_at: Option<SystemTime>,
    /// When it was used last.
    pub last_active_at: Option<SystemTime>,
    /// The kind of device, in Cognito's words.
    pub device: Option<String>,
    /// The last IP address.
    pub ip_address: Option<String>,
    /// The city of the last address.
    pub city: Option<String>,
    /// The country of the last address.
    pub country: Option<String>,
    /// The session of the login page that it came from.
    pub origin_session_id: Option<String>,
    /// Whether it is the session of the token that was sent. Cognito refuses to revoke that one by its id.
    pub is_current: bool,
}

/// `Debug` does not show where the user is.
impl std::fmt::Debug for CognitoSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CognitoSession")
            .field("kind", &self.kind)
            .field("client_id", &self.client_id)
            .field("is_current", &self.is_current)
            .finish_non_exhaustive()
    }
}

/// A user's sessions at Cognito, from [`CognitoClient::user_sessions`](crate::CognitoClient::user_sessions).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CognitoSessionList {
    /// In Cognito's order.
    pub sessions: Vec<CognitoSession>,
    /// Whether these are all: `false` where Cognito had more than are read.
    pub is_complete: bool,
}

/// The kinds of [`CognitoSession`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CognitoSessionKind {
    /// A refresh token and its access tokens (`TOKEN`).
    Tokens,
    /// The cookie of the login page (`SSO`): with it a browser signs in again without a password.
    LoginPage,
    /// A kind that this crate does not know.
    Other,
}

/// The sessions that came from the same sign-in at the login page (`RevokeAssociatedSessions`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum LinkedSessions {
    /// They go on.
    #[serde(rename = "NONE")]
    Keep,
    /// They end as well, that of the login page among them.
    #[serde(rename = "LINKED")]
    End,
}

/// The body of ListUserSessions.
pub(crate) fn list_body(
    token: &AccessToken,
    next: Option<&str>,
) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct ListSessionsBody<'a> {
        access_token: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<&'a str>,
    }
    check_token("the access token", token.expose())?;
    json_api::body(&ListSessionsBody { access_token: token.expose(), next_token: next })
}

/// Reads a page of ListUserSessions, and the token of the next one.
pub(crate) fn page(
    answer: &ProviderResponse,
) -> Result<(Vec<CognitoSession>, Option<String>), AuthError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct SessionEntry {
        session_id: String,
        session_type: Option<String>,
        client_id: Option<String>,
        create_date: Option<f64>,
        last_active_date: Option<f64>,
        device_type: Option<String>,
        #[serde(rename = "LastIPAddress")]
        last_ip_address: Option<String>,
        last_location: Option<SessionLocation>,
        origin_session_id: Option<String>,
        is_current_session: Option<bool>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct SessionLocation {
        city: Option<String>,
        country: Option<String>,
    }
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let members =
        answer.members().ok_or_else(|| answer.undecodable(AnswerProblem::NotJsonObject))?;
    let missing = || answer.undecodable(AnswerProblem::MemberMissing);
    let entries: Option<Vec<SessionEntry>> = match members.raw("Sessions") {
        Some(raw) => serde_json::from_str(raw).map_err(|_| missing())?,
        None => None,
    };
    let sessions = entries.unwrap_or_default().into_iter().map(|entry| {
        let location = entry.last_location.unwrap_or_default();
        CognitoSession {
            id: entry.session_id,
            kind: match entry.session_type.as_deref() {
                Some("TOKEN") => CognitoSessionKind::Tokens,
                Some("SSO") => CognitoSessionKind::LoginPage,
                _ => CognitoSessionKind::Other,
            },
            client_id: entry.client_id,
            created_at: entry.create_date.and_then(moment),
            last_active_at: entry.last_active_date.and_then(moment),
            device: entry.device_type,
            ip_address: entry.last_ip_address,
            city: location.city,
            country: location.country,
            origin_session_id: entry.origin_session_id,
            is_current: entry.is_current_session.unwrap_or_default(),
        }
    });
    let next = members.optional_text("NextToken").map_err(|_| missing())?;
    let next = next.filter(|next| !next.is_empty()).map(|next| next.into_owned());
    Ok((sessions.collect(), next))
}

/// The body of RevokeUserSession.
pub(crate) fn revoke_body(
    token: &AccessToken,
    session_id: &str,
    linked: LinkedSessions,
) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct RevokeSessionBody<'a> {
        access_token: &'a str,
        session_id: &'a str,
        revoke_associated_sessions: LinkedSessions,
    }
    check_token("the access token", token.expose())?;
    let reason = match session_id {
        "" => Some(InputProblem::Empty),
        id if id.len() > 128 => Some(InputProblem::TooLong),
        id if !id.bytes().all(|byte| byte.is_ascii_graphic()) => Some(InputProblem::NotPrintable),
        _ => None,
    };
    if let Some(reason) = reason {
        return Err(AuthError::Input { what: "the id of the session", reason });
    }
    let access_token = token.expose();
    let body = RevokeSessionBody { access_token, session_id, revoke_associated_sessions: linked };
    json_api::body(&body)
}

/// The body of RevokeToken that ends the linked sessions too.
pub(crate) fn revoke_linked_body(
    token: &RefreshToken,
    client: Client<'_>,
) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct RevokeLinkedBody<'a> {
        token: &'a str,
        client_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_secret: Option<&'a str>,
        revoke_associated_sessions: LinkedSessions,
    }
    check_token("the refresh token", token.expose())?;
    json_api::body(&RevokeLinkedBody {
        token: token.expose(),
        client_id: client.id,
        client_secret: client.secret.map(|secret| secret.expose()),
        revoke_associated_sessions: LinkedSessions::End,
    })
}
