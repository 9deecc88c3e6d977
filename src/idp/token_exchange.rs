//! Token exchange ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)), by GetDerivedToken. Nothing is sent here.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

use super::form::{Client, check_token};
use super::issued;
use super::json_api::{self, Operation};
use super::response::ProviderResponse;
use super::sign_in::check_scopes;
use super::token::MAX_EXPIRES_IN;
use crate::error::{AnswerProblem, AuthError, InputProblem};
use crate::json::Members;
use crate::secret::{AccessToken, IdToken};

/// Each token is another one.
pub(crate) const GET_DERIVED_TOKEN: Operation = Operation {
    name: "GetDerivedToken",
    target: "AWSCognitoIdentityProviderService.GetDerivedToken",
    is_idempotent: false,
};

/// An exchange of tokens: of which token, for what. With an actor the new token says who acts for the user
/// ([`AccessClaims::actors`](crate::AccessClaims::actors)).
///
/// ```
/// use cognito_auth::{AccessToken, TokenExchange};
///
/// # let (of_user, of_service) = (AccessToken::new("a"), AccessToken::new("b"));
/// let exchange = TokenExchange::of_access_token(&of_user)
///     .actor(&of_service)
///     .scopes(["invoices/read"])
///     .resource("invoices");
/// # let _ = exchange;
/// ```
#[derive(Clone)]
#[must_use]
pub struct TokenExchange {
    subject: Zeroizing<String>,
    subject_kind: ExchangeKind,
    actor: Option<Zeroizing<String>>,
    scopes: Vec<String>,
    audience: Option<String>,
    resource: Option<String>,
    requested: Option<ExchangeKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ExchangeKind {
    AccessToken,
    IdToken,
}

impl TokenExchange {
    fn of(subject: &str, subject_kind: ExchangeKind) -> Self {
        Self {
            subject: Zeroizing::new(subject.to_owned()),
            subject_kind,
            actor: None,
            scopes: Vec::new(),
            audience: None,
            resource: None,
            requested: None,
        }
    }

    /// Of a user's access token, such as the one of a request.
    pub fn of_access_token(token: &AccessToken) -> Self {
        Self::of(token.expose(), ExchangeKind::AccessToken)
    }

    /// Of a user's ID token.
    pub fn of_id_token(token: &IdToken) -> Self {
        Self::of(token.expose(), ExchangeKind::IdToken)
    }

    /// The access token of the service that acts for the user, such as that of
    /// [`MachineTokens`](crate::MachineTokens). Default: none.
    pub fn actor(self, token: &AccessToken) -> Self {
        Self { actor: Some(Zeroizing::new(token.expose().to_owned())), ..self }
    }

    /// The scopes of the new token, at most 50. Default: what Cognito decides.
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        Self { scopes: scopes.into_iter().map(Into::into).collect(), ..self }
    }

    /// Who the new token is for (`aud`). Default: what Cognito decides.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    /// The resource server that the new token is for. Default: what Cognito decides.
    pub fn resource(self, identifier: impl Into<String>) -> Self {
        Self { resource: Some(identifier.into()), ..self }
    }

    /// Asks for an access token. Default: what Cognito decides.
    pub fn request_access_token(self) -> Self {
        Self { requested: Some(ExchangeKind::AccessToken), ..self }
    }

    /// Asks for an ID token.
    pub fn request_id_token(self) -> Self {
        Self { requested: Some(ExchangeKind::IdToken), ..self }
    }

    /// The body of GetDerivedToken.
    pub(crate) fn body(&self, client: Client<'_>) -> Result<Zeroizing<String>, AuthError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct DerivedTokenBody<'a> {
            client_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            client_secret: Option<&'a str>,
            subject_token: &'a str,
            subject_token_type: ExchangeKind,
            #[serde(skip_serializing_if = "Option::is_none")]
            actor_token: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            actor_token_type: Option<ExchangeKind>,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            scopes: &'a [String],
            #[serde(skip_serializing_if = "Option::is_none")]
            audiences: Option<[&'a str; 1]>,
            #[serde(skip_serializing_if = "Option::is_none")]
            resources: Option<[&'a str; 1]>,
            #[serde(skip_serializing_if = "Option::is_none")]
            requested_token_type: Option<ExchangeKind>,
        }

        check_token("the subject's token", &self.subject)?;
        let actor = self.actor.as_deref().map(String::as_str);
        actor.map_or(Ok(()), |token| check_token("the actor's token", token))?;
        check_scopes(self.scopes.iter().map(String::as_str))?;
        check_name("the audience", self.audience.as_deref())?;
        check_name("the resource", self.resource.as_deref())?;
        json_api::body(&DerivedTokenBody {
            client_id: client.id,
            client_secret: client.secret.map(|secret| secret.expose()),
            subject_token: &self.subject,
            subject_token_type: self.subject_kind,
            actor_token: actor,
            actor_token_type: actor.map(|_| ExchangeKind::AccessToken),
            scopes: &self.scopes,
            audiences: self.audience.as_deref().map(|one| [one]),
            resources: self.resource.as_deref().map(|one| [one]),
            requested_token_type: self.requested,
        })
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenExchange")
            .field("subject", &self.subject_kind)
            .field("actor", &self.actor.is_some())
            .field("scopes", &self.scopes)
            .field("audience", &self.audience)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

/// 1 to 256 characters of printable ASCII without quotes and backslashes, as the API's model has it.
fn check_name(what: &'static str, text: Option<&str>) -> Result<(), AuthError> {
    let reason = match text {
        None => return Ok(()),
        Some("") => InputProblem::Empty,
        Some(text) if text.len() > 256 => InputProblem::TooLong,
        Some(text) if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') => {
            InputProblem::NotPrintable
        }
        Some(_) => return Ok(()),
    };
    Err(AuthError::Input { what, reason })
}

/// The result of a [`TokenExchange`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExchangedToken {
    /// The new token, which was not verified.
    pub token: AccessOrIdToken,
    /// How long it is good for, if Cognito says so.
    pub expires_in: Option<Duration>,
    /// Its scopes, if Cognito says so.
    pub scopes: Vec<String>,
}

/// The token that an exchange has issued.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessOrIdToken {
    /// An access token.
    Access(AccessToken),
    /// An ID token.
    Id(IdToken),
}

/// Reads the answer of GetDerivedToken.
pub(crate) fn read(answer: &ProviderResponse) -> Result<ExchangedToken, AuthError> {
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let members =
        answer.members().ok_or_else(|| answer.undecodable(AnswerProblem::NotJsonObject))?;
    let text = |name| match members.optional_text(name) {
        Ok(text) => Ok(text.map(|text| text.into_owned()).filter(|text| !text.is_empty())),
        Err(_) => Err(answer.undecodable(AnswerProblem::NotAText)),
    };
    let missing = || answer.undecodable(AnswerProblem::MemberMissing);
    let token = text("IssuedToken")?.ok_or_else(missing)?;
    issued::check_size("the exchanged token", &token)?;
    // An ID token is for its audience, and not for calls: RFC 8693 §2.2.1 has `N_A` for it.
    match text("TokenType")?.as_deref() {
        None => return Err(answer.undecodable(AnswerProblem::NoTokenType)),
        Some(kind) if kind.eq_ignore_ascii_case("Bearer") || kind == "N_A" => {}
        Some(_) => return Err(answer.undecodable(AnswerProblem::NotBearer)),
    }
    let token = match text("IssuedTokenType")?.as_deref() {
        Some("ACCESS_TOKEN") => AccessOrIdToken::Access(AccessToken::new(token)),
        Some("ID_TOKEN") => AccessOrIdToken::Id(IdToken::new(token)),
        _ => return Err(missing()),
    };
    let expires_in = match members.seconds("ExpiresIn") {
        _ if !members.given("ExpiresIn") => None,
        Ok(seconds) if seconds.is_none_or(|seconds| seconds <= MAX_EXPIRES_IN) => seconds,
        _ => return Err(answer.undecodable(AnswerProblem::NotAnExpiry)),
    };
    let scopes = scopes(&members).ok_or_else(|| answer.undecodable(AnswerProblem::NotAText))?;
    Ok(ExchangedToken { token, expires_in: expires_in.map(Duration::from_secs), scopes })
}

fn scopes(members: &Members<'_>) -> Option<Vec<String>> {
    match members.raw("Scopes").filter(|_| members.given("Scopes")) {
        Some(raw) => serde_json::from_str(raw).ok(),
        None => Some(Vec::new()),
    }
}
