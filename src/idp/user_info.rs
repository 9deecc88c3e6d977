//! Who a token belongs to: GetUser's answer and userInfo's, in one form.

mod challenge;

use std::collections::BTreeMap;

use http::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::form::{check_token, sensitive};
use super::issued::read_unverified;
use super::json_api::{self, Operation};
use super::response::{ProviderResponse, refused};
use super::{UserInfo, UserInfoSource};
use crate::error::{AnswerProblem, AuthError, InputProblem, Refusal, RefusalCode};
use crate::json::Members;
use crate::pool::UserPool;
use crate::secret::AccessToken;

const WHAT: &str = "the access token";

pub(crate) const GET_USER: Operation = Operation {
    name: "GetUser",
    target: "AWSCognitoIdentityProviderService.GetUser",
    is_idempotent: true,
};

/// Where to ask, by the scopes that the token claims to have. A token that lies about them is
/// refused there. userInfo is at the pool's domain: without one it cannot be asked.
pub(crate) fn source_of(token: &AccessToken, pool: &UserPool) -> Result<UserInfoSource, AuthError> {
    check_token(WHAT, token.expose())?;
    let source = read_unverified(token.expose(), |claims| {
        let scopes = claims.text("scope").ok().flatten().unwrap_or_default();
        let has = |scope: &str| scopes.split(' ').any(|known| known == scope);
        if has("aws.cognito.signin.user.admin") {
            Ok(UserInfoSource::GetUser)
        } else if has("openid") && pool.domain().is_some() {
            Ok(UserInfoSource::UserInfo)
        } else {
            Err(AuthError::NoUserScope)
        }
    });
    source.ok_or(AuthError::Input { what: WHAT, reason: InputProblem::NotAJwt })?
}

/// A body with nothing but the access token: GetUser's, and GlobalSignOut's.
pub(super) fn access_token_body(token: &AccessToken) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct AccessTokenBody<'a> {
        access_token: &'a str,
    }

    check_token(WHAT, token.expose())?;
    json_api::body(&AccessTokenBody { access_token: token.expose() })
}

/// `Authorization` for userInfo ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
pub(crate) fn authorization(token: &AccessToken) -> Result<HeaderValue, AuthError> {
    check_token(WHAT, token.expose())?;
    Ok(sensitive(&Zeroizing::new(format!("Bearer {}", token.expose()))))
}

/// Reads GetUser's answer.
pub(crate) fn of_get_user(
    answer: &ProviderResponse,
    token: &AccessToken,
) -> Result<UserInfo, AuthError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct GetUserAnswer<'a> {
        username: String,
        #[serde(borrow)]
        user_attributes: Vec<Attribute<'a>>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Attribute<'a> {
        name: String,
        #[serde(borrow)]
        value: Option<&'a RawValue>,
    }

    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let user: GetUserAnswer<'_> = read(answer)?;
    let mut attributes = BTreeMap::new();
    for attribute in user.user_attributes {
        let Some(text) = attribute.value.and_then(|value| text_of(value.get())) else { continue };
        if attributes.insert(attribute.name, text).is_some() {
            return Err(answer.undecodable(AnswerProblem::AttributeTwice));
        }
    }
    user_info(answer, token, Some(user.username), attributes, UserInfoSource::GetUser)
}

/// Reads userInfo's answer
/// ([OpenID Connect Core §5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
pub(crate) fn of_user_info(
    answer: &ProviderResponse,
    token: &AccessToken,
) -> Result<UserInfo, AuthError> {
    if answer.status != 200 {
        return Err(user_info_error(answer));
    }
    let members: BTreeMap<String, &RawValue> = read(answer)?;
    let mut attributes: BTreeMap<String, String> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name, text_of(value.get())?)))
        .collect();
    let username = attributes.remove("username");
    user_info(answer, token, username, attributes, UserInfoSource::UserInfo)
}

fn read<'a, T: Deserialize<'a>>(answer: &'a ProviderResponse) -> Result<T, AuthError> {
    // Duplicate members first: serde would let some of them through.
    answer
        .members()
        .and_then(|_| serde_json::from_slice(&answer.body).ok())
        .ok_or_else(|| answer.undecodable(AnswerProblem::NotAUser))
}

/// A value as the text that was sent. `null` is none. Cognito sends texts only; what other
/// providers send as booleans, numbers or objects is kept as it stands.
fn text_of(json: &str) -> Option<String> {
    match json {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        text => Some(text.to_owned()),
    }
}

fn user_info(
    answer: &ProviderResponse,
    token: &AccessToken,
    username: Option<String>,
    attributes: BTreeMap<String, String>,
    source: UserInfoSource,
) -> Result<UserInfo, AuthError> {
    let missing = |reason| answer.undecodable(reason);
    let sub = attributes.get("sub").filter(|sub| !sub.is_empty()).cloned();
    let sub = sub.ok_or_else(|| missing(AnswerProblem::NoSub))?;
    let username = username.filter(|name| !name.is_empty());
    let username = username.ok_or_else(|| missing(AnswerProblem::NoUserName))?;
    if unverified_sub(token).is_some_and(|claimed| claimed != sub) {
        return Err(missing(AnswerProblem::OtherUser));
    }
    let verified = attributes.get("email_verified").map(String::as_str);
    Ok(UserInfo {
        email: attributes.get("email").cloned(),
        email_verified: match verified {
            Some(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        sub,
        username,
        attributes,
        source,
    })
}

/// The answer has to be about the user of the token
/// ([OpenID Connect Core §5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
/// `None` for a token that is no JWT: there is nothing to compare then.
fn unverified_sub(token: &AccessToken) -> Option<String> {
    let sub = |claims: &Members<'_>| Some(claims.text("sub").ok()??.into_owned());
    read_unverified(token.expose(), sub)?
}

/// What an answer of userInfo other than 200 means: by the challenge, by an error in the body, and
/// by the status where neither can be read
/// ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
fn user_info_error(answer: &ProviderResponse) -> AuthError {
    let members = answer.members();
    let in_body = |name| {
        let text = members.as_ref().and_then(|members| members.text(name).ok().flatten());
        text.map(|text| text.into_owned())
    };
    let challenge = challenge::error_of(&answer.headers);
    let (error, words) = match challenge {
        Some(challenge) => (Some(challenge.error), challenge.description),
        None => {
            (in_body("error").map(|text| text.to_ascii_lowercase()), in_body("error_description"))
        }
    };
    let (kind, message) = (in_body("__type"), in_body("message"));
    let throttled = [&words, &message, &error]
        .iter()
        .any(|words| answer.is_throttled(kind.as_deref(), words.as_deref()));
    if throttled && (400..500).contains(&answer.status) {
        return answer.rate_limited();
    }
    // A firewall's 403 has no challenge.
    let scope_missing = answer.status == 403 && error.as_deref() == Some("insufficient_scope");
    if !scope_missing && let Some(error) = answer.error_by_status() {
        return error;
    }
    if !scope_missing && !matches!(answer.status, 400 | 401) {
        return answer.undecodable(AnswerProblem::Status);
    }
    let about_scope = words.as_deref().is_some_and(|words| words.contains("openid scope"));
    let code = match (answer.status, error.as_deref()) {
        (_, Some("insufficient_scope")) => RefusalCode::InsufficientScope,
        (_, Some("invalid_token")) if about_scope => RefusalCode::InsufficientScope,
        (_, Some("invalid_token")) | (401, _) => RefusalCode::InvalidToken,
        (_, Some("invalid_request")) => RefusalCode::InvalidRequest,
        // Nothing but the status: a page of HTML may come from anywhere, silence is Cognito's.
        (400, _) if answer.body.is_empty() || members.is_some() => RefusalCode::InvalidRequest,
        _ => return answer.undecodable(AnswerProblem::NeitherUserNorError),
    };
    let refusal = match code {
        // The token is malformed: the rest of the request is always the same.
        RefusalCode::InvalidRequest => Refusal::new(code).of_the_user(),
        _ => Refusal::new(code),
    };
    refused(refusal, words.as_deref())
}
