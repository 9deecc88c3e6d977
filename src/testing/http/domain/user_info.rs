//! `GET /oauth2/userInfo` (Developer Guide, "UserInfo endpoint"): the claims behind a token.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::testing::http::response::{Answer, challenge, oauth};
use crate::testing::tokens::claims::Members;
use crate::testing::tokens::issue::Holder;
use crate::testing::pool::state::State;

pub(crate) const BAD_REQUEST: &str = "Bad OAuth2 request at UserInfo Endpoint";
pub(crate) const TOKEN_DEAD: &str =
    "Access token is expired, disabled, or deleted, or the user has globally signed out.";
pub(crate) const NO_OPENID: &str = "Access token does not contain openid scope";

impl State {
    pub(crate) fn user_info_endpoint(&self, now: Duration, headers: &HeaderMap) -> Answer {
        let Some(token) = bearer(headers) else {
            return challenge(StatusCode::BAD_REQUEST, "invalid_request", BAD_REQUEST);
        };
        let unauthorized =
            |description| challenge(StatusCode::UNAUTHORIZED, "invalid_token", description);
        match self.user_info(now, token) {
            Ok(holder) => {
                let claims = user_info_claims(&holder);
                let claims: serde_json::Map<String, Value> = claims.into_iter().collect();
                oauth(StatusCode::OK, &claims)
            }
            Err(description) => unauthorized(description),
        }
    }

    /// Who this token belongs to, or why it is no good here.
    pub(crate) fn user_info(&self, now: Duration, token: &str) -> Result<Holder<'_>, &'static str> {
        let holder = self.holder(now, token).map_err(|_| TOKEN_DEAD)?;
        if holder.has_scope("openid") { Ok(holder) } else { Err(NO_OPENID) }
    }
}

/// Every value is a text here, booleans too; the name is `username`.
pub(crate) fn user_info_claims(holder: &Holder<'_>) -> Members {
    let text = |name: &str, value: &str| (name.to_owned(), Value::from(value));
    let mut claims = vec![text("sub", &holder.user.sub)];
    let attributes = holder.user.details.attributes_for(holder.scopes());
    claims.extend(attributes.map(|(name, value)| text(name, value)));
    claims.push(text("username", &holder.user.details.username));
    claims
}

/// [RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
