//! The answers of an authorizer.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use serde::Serialize;

use crate::claims::AccessClaims;

/// What the function behind learns of the caller, as texts (REST APIs allow no lists): `sub`, `client_id`, `scope`,
/// `exp` (seconds since 1970), and where the token has them `username` and `groups`. The scopes have spaces between them;
/// the groups, whose names may have spaces, are a JSON array: `["admins","the night shift"]`.
///
/// The function finds it in `requestContext.authorizer`, behind an HTTP API in `requestContext.authorizer.lambda`.
/// Mapping templates and access logs have it as `$context.authorizer.sub`. Add entries of your own with names of letters
/// and digits. The token is not in it.
pub type AuthorizerContext = BTreeMap<String, String>;

pub(super) fn context_of(claims: &AccessClaims) -> AuthorizerContext {
    let groups: Vec<_> = claims.groups().collect();
    let scopes: Vec<_> = claims.scopes().collect();
    let end = claims.expires_at().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut context = AuthorizerContext::from([
        ("sub".to_owned(), claims.sub().to_owned()),
        ("client_id".to_owned(), claims.client_id().to_owned()),
        ("scope".to_owned(), scopes.join(" ")),
        ("exp".to_owned(), end.as_secs().to_string()),
    ]);
    context.extend(claims.username().map(|name| ("username".to_owned(), name.to_owned())));
    if !groups.is_empty() {
        context.insert("groups".to_owned(), serde_json::Value::from(groups).to_string());
    }
    context
}

/// The simple answer to an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SimpleAnswer {
    /// Whether the request goes on to the function.
    pub is_authorized: bool,
    /// Empty for a refused request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub context: AuthorizerContext,
}

impl SimpleAnswer {
    pub(super) fn allowed(context: AuthorizerContext) -> Self {
        Self { is_authorized: true, context }
    }

    pub(super) fn refused() -> Self {
        Self { is_authorized: false, context: AuthorizerContext::new() }
    }
}

/// An IAM policy for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyAnswer {
    /// The claim `sub`; `refused` where no claims are known.
    pub principal_id: String,
    /// What the caller may do.
    pub policy_document: PolicyDocument,
    /// Empty for a refused request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub context: AuthorizerContext,
    /// The key of a usage plan, for a REST API whose API keys come from the authorizer. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_identifier_key: Option<String>,
}

impl PolicyAnswer {
    pub(super) fn new(
        principal: &str,
        effect: PolicyEffect,
        resource: Vec<String>,
        context: AuthorizerContext,
    ) -> Self {
        let statement = PolicyStatement { action: "execute-api:Invoke", effect, resource };
        let policy_document = PolicyDocument { version: "2012-10-17", statement: vec![statement] };
        let principal_id = principal.to_owned();
        Self { principal_id, policy_document, context, usage_identifier_key: None }
    }
}

/// The policy of a [`PolicyAnswer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PolicyDocument {
    /// The version of the policy language.
    pub version: &'static str,
    /// What is allowed or denied. What none of them names is denied.
    pub statement: Vec<PolicyStatement>,
}

/// What a policy allows or denies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PolicyStatement {
    /// Always `execute-api:Invoke`.
    pub action: &'static str,
    /// Whether it is allowed.
    pub effect: PolicyEffect,
    /// The routes, as ARNs of at most 512 octets.
    pub resource: Vec<String>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PolicyEffect {
    /// Allowed, if no other statement denies it.
    Allow,
    /// Denied.
    Deny,
}

/// The function fails with this text. API Gateway compares it byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizerError {
    /// No token, a malformed or a refused one: the client gets 401. Lambda counts it among the function's errors.
    #[error("Unauthorized")]
    Unauthorized,
    /// The token could not be checked: the client gets 500, and nothing is cached.
    #[error("the token cannot be checked at the moment")]
    Unavailable,
}
