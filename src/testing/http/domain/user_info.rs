//! `GET /oauth2/userInfo` (Developer Guide, "UserInfo endpoint"): the claims behind a token.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::testing::http::domain::response::{challenge, oauth};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::claims::Members;
use crate::testing::tokens::holder::{TokenHolder, holder};

const BAD_REQUEST: &str = "Bad OAuth2 request at UserInfo Endpoint";
const TOKEN_INVALID: &str =
    "Access token is expired, disabled, or deleted, or the user has globally signed out.";
const NO_OPENID: &str = "Access token does not contain openid scope";

/// `GET` and `POST` alike.
pub(crate) fn respond(state: &PoolState, now: Duration, headers: &HeaderMap) -> HttpResponse {
    let Some(token) = bearer(headers) else {
        return challenge(StatusCode::BAD_REQUEST, "invalid_request", BAD_REQUEST);
    };
    let unauthorized =
        |description| challenge(StatusCode::UNAUTHORIZED, "invalid_token", description);
    match openid_holder(state, now, token) {
        Ok(holder) => {
            let claims = user_info_claims(&holder);
            let claims: serde_json::Map<String, Value> = claims.into_iter().collect();
            oauth(StatusCode::OK, &claims)
        }
        Err(description) => unauthorized(description),
    }
}

/// The holder of a token with the scope `openid`; else the description of the error.
pub(crate) fn openid_holder<'a>(
    state: &'a PoolState,
    now: Duration,
    token: &str,
) -> Result<TokenHolder<'a>, &'static str> {
    let holder = holder(state, now, token).map_err(|_| TOKEN_INVALID)?;
    if holder.has_scope("openid") { Ok(holder) } else { Err(NO_OPENID) }
}

/// Every value is a text here, booleans too; the name is `username`.
pub(crate) fn user_info_claims(holder: &TokenHolder<'_>) -> Members {
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
