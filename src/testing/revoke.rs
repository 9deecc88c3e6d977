//! `POST /oauth2/revoke` (Developer Guide, "Revoke endpoint";
//! [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).

use http::{HeaderMap, StatusCode};

use super::answer::{Answer, domain, oauth_error};
use super::client::{LocalClient, authenticate};
use super::state::State;
use super::token_endpoint::read_form;
use crate::error::RefusalCode;
use crate::jwt::unverified::UnverifiedJwt;

impl State {
    /// `200` without a body, also when the token was dead already. A client that cannot show who it
    /// is gets `401` here, unlike at the token endpoint.
    pub(super) fn revoke_endpoint(&mut self, headers: &HeaderMap, body: &[u8]) -> Answer {
        match self.revoke_request(headers, body) {
            Ok(()) => domain(StatusCode::OK, ""),
            Err(code @ RefusalCode::InvalidClient) => oauth_error(StatusCode::UNAUTHORIZED, code),
            Err(code) => oauth_error(StatusCode::BAD_REQUEST, code),
        }
    }

    fn revoke_request(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<(), RefusalCode> {
        let form = read_form(headers, body)?;
        let client = authenticate(&self.clients, headers, &form)?.clone();
        self.revoke(&client, form.get("token").ok_or(RefusalCode::InvalidRequest)?)
    }

    /// Ends the session of a refresh token. One of another client is refused
    /// ([RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)), one that nobody knows
    /// is as good as revoked (§2.2 there).
    pub(super) fn revoke(&mut self, client: &LocalClient, token: &str) -> Result<(), RefusalCode> {
        if UnverifiedJwt::parse(token).is_ok() {
            return Err(RefusalCode::UnsupportedTokenType);
        }
        match self.revoke_refresh_token(&client.id, token) {
            Some(false) => Err(RefusalCode::InvalidGrant),
            Some(true) | None => Ok(()),
        }
    }
}
