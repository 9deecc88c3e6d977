//! The token endpoint: three grants out, tokens or an error back. Nothing is sent here.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

use super::form::{Client, Form, check_token};
use super::json_api::{self, Operation};
use super::response::ProviderResponse;
use super::sign_in::{check_code_verifier, check_redirect_uri, check_scopes, is_code};
use super::{AuthCode, NewDevice, Tokens, issued, oauth_error};
use crate::error::{AnswerProblem, AuthError, ConfigError, InputProblem, RequiredSetting};
use crate::json::Members;
use crate::secret::{AccessToken, IdToken, RefreshToken};

/// The longest lifetime that is accepted from the token endpoint, in seconds: ten years, the most that Cognito
/// gives any token. More is a mistake, and would overflow the arithmetic of times.
pub(super) const MAX_EXPIRES_IN: u64 = 315_360_000;

/// The refresh at a pool without a domain. Not idempotent: with rotation, the first arrival spends the
/// token.
pub(crate) const GET_TOKENS_FROM_REFRESH_TOKEN: Operation = Operation {
    name: "GetTokensFromRefreshToken",
    target: "AWSCognitoIdentityProviderService.GetTokensFromRefreshToken",
    is_idempotent: false,
};

/// What tokens are asked for ([RFC 6749 §4.1.3, §6, §4.4.2](https://www.rfc-editor.org/rfc/rfc6749)).
pub(crate) enum Grant<'a> {
    AuthorizationCode(&'a AuthCode),
    RefreshToken(&'a RefreshToken),
    ClientCredentials(&'a [&'a str]),
}

impl Grant<'_> {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::AuthorizationCode(_) => "authorization_code",
            Self::RefreshToken(_) => "refresh_token",
            Self::ClientCredentials(_) => "client_credentials",
        }
    }

    /// The form to send to the token endpoint.
    pub(crate) fn form(&self, client: Client<'_>) -> Result<Form, AuthError> {
        let mut fields = Vec::with_capacity(4);
        fields.push(("grant_type", self.name()));
        let scope;
        match self {
            Self::AuthorizationCode(code) => {
                check_code(code)?;
                fields.push(("code", &code.code));
                fields.push(("redirect_uri", &code.redirect_uri));
                if let Some(verifier) = &code.code_verifier {
                    fields.push(("code_verifier", verifier.expose()));
                }
            }
            Self::RefreshToken(token) => {
                check_token("the refresh token", token.expose())?;
                fields.push(("refresh_token", token.expose()));
            }
            Self::ClientCredentials(scopes) => {
                if client.secret.is_none() {
                    let setting = RequiredSetting::ClientSecret;
                    return Err(ConfigError::Missing { setting }.into());
                }
                check_scopes(scopes.iter().copied())?;
                scope = scopes.join(" ");
                if !scope.is_empty() {
                    fields.push(("scope", &scope));
                }
            }
        }
        Ok(Form::new(&fields, client))
    }
}

/// Looks at what was given with a code before it is sent.
pub(crate) fn check_code(code: &AuthCode) -> Result<(), AuthError> {
    if !is_code(&code.code) {
        let reason = InputProblem::NotACode;
        return Err(AuthError::Input { what: "the authorization code", reason });
    }
    check_redirect_uri(&code.redirect_uri).map_err(|problem| AuthError::Input {
        what: "the redirect URI",
        reason: InputProblem::Url(problem),
    })?;
    code.code_verifier.as_ref().map_or(Ok(()), check_code_verifier)
}

/// Reads the token endpoint's answer
/// ([RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
pub(crate) fn tokens(answer: &ProviderResponse) -> Result<Tokens, AuthError> {
    if answer.status != 200 {
        return Err(oauth_error::read(answer));
    }
    let members =
        answer.members().ok_or_else(|| answer.undecodable(AnswerProblem::NotJsonObject))?;
    let kind = member(answer, &members, "token_type")?;
    if kind.is_none() {
        return Err(answer.undecodable(AnswerProblem::NoTokenType));
    }
    let names = ["access_token", "id_token", "refresh_token", "token_type", "expires_in"];
    read(answer, &members, names)
}

/// The body of GetTokensFromRefreshToken: for a pool without a domain. The secret goes as it is;
/// this operation knows no secret hash. A token that belongs to a remembered device needs its key.
pub(crate) fn json_request(
    token: &RefreshToken,
    client: Client<'_>,
    device_key: Option<&str>,
    client_metadata: Option<&BTreeMap<String, String>>,
) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct GetTokensBody<'a> {
        refresh_token: &'a str,
        client_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_secret: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        device_key: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_metadata: Option<&'a BTreeMap<String, String>>,
    }

    check_token("the refresh token", token.expose())?;
    json_api::body(&GetTokensBody {
        refresh_token: token.expose(),
        client_id: client.id,
        client_secret: client.secret.map(|secret| secret.expose()),
        device_key,
        client_metadata: client_metadata.filter(|texts| !texts.is_empty()),
    })
}

/// Reads the answer of GetTokensFromRefreshToken.
pub(crate) fn json_tokens(answer: &ProviderResponse) -> Result<Tokens, AuthError> {
    if answer.status != 200 {
        return Err(json_api::error(answer));
    }
    let members =
        answer.members().ok_or_else(|| answer.undecodable(AnswerProblem::NotJsonObject))?;
    let result = members
        .raw("AuthenticationResult")
        .and_then(|text| Members::parse(text.as_bytes()).ok())
        .ok_or_else(|| answer.undecodable(AnswerProblem::NoAuthenticationResult))?;
    let names = ["AccessToken", "IdToken", "RefreshToken", "TokenType", "ExpiresIn"];
    let mut tokens = read(answer, &result, names)?;
    tokens.new_device = new_device(&result);
    Ok(tokens)
}

/// A device that lacks a key cannot be registered: it counts as none.
fn new_device(result: &Members<'_>) -> Option<NewDevice> {
    let device = Members::parse(result.raw("NewDeviceMetadata")?.as_bytes()).ok()?;
    let text = |name| device.optional_text(name).ok()?.filter(|text| !text.is_empty());
    Some(NewDevice::new(text("DeviceKey")?, text("DeviceGroupKey")?))
}

fn read(
    answer: &ProviderResponse,
    members: &Members<'_>,
    names: [&str; 5],
) -> Result<Tokens, AuthError> {
    let [access_token, id_token, refresh_token, token_type, expires_in] = names;
    if let Some(kind) = member(answer, members, token_type)?
        && !kind.eq_ignore_ascii_case("Bearer")
    {
        return Err(answer.undecodable(AnswerProblem::NotBearer));
    }
    let access_token = member(answer, members, access_token)?
        .ok_or_else(|| answer.undecodable(AnswerProblem::NoAccessToken))?;
    let expires_in = match members.seconds(expires_in) {
        _ if !members.given(expires_in) => None,
        Ok(seconds) if seconds.is_none_or(|seconds| seconds <= MAX_EXPIRES_IN) => seconds,
        _ => return Err(answer.undecodable(AnswerProblem::NotAnExpiry)),
    };
    let id_token = member(answer, members, id_token)?;
    let refresh_token = member(answer, members, refresh_token)?;
    issued::check_size("the access token", &access_token)?;
    issued::check_size("the ID token", id_token.as_deref().unwrap_or_default())?;
    issued::check_size("the refresh token", refresh_token.as_deref().unwrap_or_default())?;
    Ok(Tokens {
        access_token: AccessToken::new(access_token),
        id_token: id_token.map(IdToken::new),
        refresh_token: refresh_token.map(RefreshToken::new),
        expires_in: expires_in.map(Duration::from_secs),
        new_device: None,
    })
}

/// A text. `null` and the empty text count as missing: what is optional may be sent as either.
fn member(
    answer: &ProviderResponse,
    members: &Members<'_>,
    name: &str,
) -> Result<Option<String>, AuthError> {
    match members.optional_text(name) {
        Ok(text) => Ok(text.map(|text| text.into_owned()).filter(|text| !text.is_empty())),
        Err(_) => Err(answer.undecodable(AnswerProblem::NotAText)),
    }
}
