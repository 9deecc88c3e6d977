//! `POST /oauth2/revoke` (Developer Guide, "Revoke endpoint";
//! [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).

use http::{HeaderMap, StatusCode};

use crate::error::RefusalCode;
use crate::jwt::unverified::UnverifiedJwt;
use crate::testing::client::LocalClient;
use crate::testing::http::domain::client_authentication::authenticate;
use crate::testing::http::domain::response::{domain, oauth_error};
use crate::testing::http::domain::token::read_form;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// `200` without a body, also when the token was revoked before. A client that fails to
/// authenticate gets `401` here, unlike at the token endpoint.
pub(crate) fn respond(state: &mut PoolState, headers: &HeaderMap, body: &[u8]) -> HttpResponse {
    match request(state, headers, body) {
        Ok(()) => domain(StatusCode::OK, ""),
        Err(code @ RefusalCode::InvalidClient) => oauth_error(StatusCode::UNAUTHORIZED, code),
        Err(code) => oauth_error(StatusCode::BAD_REQUEST, code),
    }
}

fn request(state: &mut PoolState, headers: &HeaderMap, body: &[u8]) -> Result<(), RefusalCode> {
    let form = read_form(headers, body)?;
    let client = authenticate(&state.clients, headers, &form)?.clone();
    revoke(state, &client, form.get("token").ok_or(RefusalCode::InvalidRequest)?)
}

/// Ends the session of a refresh token. One of another client is refused
/// ([RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)), an unknown one
/// counts as revoked (§2.2 there).
pub(crate) fn revoke(
    state: &mut PoolState,
    client: &LocalClient,
    token: &str,
) -> Result<(), RefusalCode> {
    if UnverifiedJwt::parse(token).is_ok() {
        return Err(RefusalCode::UnsupportedTokenType);
    }
    match state.sessions.revoke_refresh_token(&client.id, token) {
        Some(false) => Err(RefusalCode::InvalidGrant),
        Some(true) | None => Ok(()),
    }
}
