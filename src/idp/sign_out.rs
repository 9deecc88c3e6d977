//! Signing out: every session of a user (GlobalSignOut), or one (revocation).

use serde::Serialize;
use zeroize::Zeroizing;

use super::form::{Client, Form, check_token};
use super::response::ProviderResponse;
use super::user_info::access_token_body;
use super::{json_api, oauth_error};
use crate::error::{AuthError, RefusalCode, Unreachable};
use crate::secret::{AccessToken, RefreshToken};

const WHAT: &str = "the refresh token";

/// GlobalSignOut's body.
pub(crate) fn global_sign_out_body(token: &AccessToken) -> Result<Zeroizing<String>, AuthError> {
    access_token_body(token)
}

/// Reads GlobalSignOut's answer. A token that was revoked before, or has expired, is a refusal: the
/// user's other sessions may well go on.
///
/// The first try may be what revoked the token: the second one's answer does not tell then, and the
/// first one's was cut off.
pub(crate) fn globally_signed_out(answer: &ProviderResponse) -> Result<(), AuthError> {
    json_api::done(answer).map_err(|error| match error {
        AuthError::Refused(refusal)
            if answer.sent_twice && refusal.code() == RefusalCode::TokenRevoked =>
        {
            AuthError::Unreachable(Unreachable::CutOff)
        }
        error => error,
    })
}

/// The form for the revocation endpoint
/// ([RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)). Without
/// `token_type_hint`: Cognito does not document one, and takes refresh tokens only.
pub(crate) fn revoke_form(token: &RefreshToken, client: Client<'_>) -> Result<Form, AuthError> {
    check_token(WHAT, token.expose())?;
    Ok(Form::new(&[("token", token.expose())], client))
}

/// Reads the revocation endpoint's answer. 200 whatever the body, and for tokens that are unknown
/// or revoked already; after anything else the token has to be taken for good still
/// ([RFC 7009 §2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)).
pub(crate) fn revoked(answer: &ProviderResponse) -> Result<(), AuthError> {
    if answer.status == 200 { Ok(()) } else { Err(oauth_error::read(answer)) }
}

/// RevokeToken's body: for a pool without a domain.
pub(crate) fn revoke_body(
    token: &RefreshToken,
    client: Client<'_>,
) -> Result<Zeroizing<String>, AuthError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request<'a> {
        token: &'a str,
        client_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_secret: Option<&'a str>,
    }

    check_token(WHAT, token.expose())?;
    json_api::body(&Request {
        token: token.expose(),
        client_id: client.id,
        client_secret: client.secret.map(|secret| secret.expose()),
    })
}
