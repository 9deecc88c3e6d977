//! Revocation of a refresh token, which ends one session: at the revocation endpoint of the pool's
//! domain ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)), or by RevokeToken without a domain.

use serde::Serialize;
use zeroize::Zeroizing;

use super::form::{Client, Form, check_token};
use super::json_api::{self, Operation};
use super::oauth_error;
use super::response::ProviderResponse;
use crate::error::AuthError;
use crate::secret::RefreshToken;

const WHAT: &str = "the refresh token";

pub(crate) const REVOKE_TOKEN: Operation = Operation {
    name: "RevokeToken",
    target: "AWSCognitoIdentityProviderService.RevokeToken",
    is_idempotent: true,
};

/// The form for the revocation endpoint
/// ([RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)). Without
/// `token_type_hint`: Cognito documents none, and revokes refresh tokens only.
pub(crate) fn form(token: &RefreshToken, client: Client<'_>) -> Result<Form, AuthError> {
    check_token(WHAT, token.expose())?;
    Ok(Form::new(&[("token", token.expose())], client))
}

/// Reads the revocation endpoint's answer. A 200 is success whatever its body, and comes for tokens
/// that are unknown or revoked already; after any other answer the token has to be regarded as valid
/// ([RFC 7009 §2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)).
pub(crate) fn read(answer: &ProviderResponse) -> Result<(), AuthError> {
    if answer.status == 200 { Ok(()) } else { Err(oauth_error::read(answer)) }
}

/// RevokeToken's body.
pub(crate) fn json_body(
    token: &RefreshToken,
    client: Client<'_>,
) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct RevokeTokenBody<'a> {
        token: &'a str,
        client_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_secret: Option<&'a str>,
    }

    check_token(WHAT, token.expose())?;
    json_api::body(&RevokeTokenBody {
        token: token.expose(),
        client_id: client.id,
        client_secret: client.secret.map(|secret| secret.expose()),
    })
}
