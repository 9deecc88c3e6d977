//! `POST /oauth2/token` (Developer Guide, "Token endpoint"): the three grants.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::error::RefusalCode;
use crate::testing::client::LocalClient;
use crate::testing::http::domain::client_authentication::authenticate;
use crate::testing::http::domain::response::{oauth, oauth_error};
use crate::testing::http::form::FormParameters;
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::codes::CodeExchange;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::issue::{IssuedTokens, grant, grant_machine};

/// Every refusal is a `400`, `invalid_client` included.
pub(crate) fn respond(
    state: &mut PoolState,
    now: Duration,
    headers: &HeaderMap,
    body: &[u8],
) -> HttpResponse {
    match grant_for(state, now, headers, body) {
        Ok(grant) => oauth(StatusCode::OK, &grant),
        Err(code) => oauth_error(StatusCode::BAD_REQUEST, code),
    }
}

/// What the endpoint decides: authenticates the client, then leaves it to the grant.
pub(crate) fn grant_for(
    state: &mut PoolState,
    now: Duration,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<IssuedTokens, RefusalCode> {
    let form = read_form(headers, body)?;
    let grant_type = form.get("grant_type").ok_or(RefusalCode::InvalidRequest)?;
    if !matches!(grant_type, "authorization_code" | "refresh_token" | "client_credentials") {
        return Err(RefusalCode::UnsupportedGrantType);
    }
    let client = authenticate(&state.clients, headers, &form)?.clone();
    match grant_type {
        "authorization_code" => code_grant(state, now, &client, &form),
        "refresh_token" => refresh_grant(state, now, &client, form.get("refresh_token")),
        _ => machine_grant(state, now, &client, form.words("scope")),
    }
}

/// An authorization code becomes tokens.
fn code_grant(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    form: &FormParameters,
) -> Result<IssuedTokens, RefusalCode> {
    if !client.signs_users_in {
        return Err(RefusalCode::UnauthorizedClient);
    }
    let exchange = CodeExchange {
        client_id: &client.id,
        code: form.get("code").ok_or(RefusalCode::InvalidRequest)?,
        redirect_uri: form.get("redirect_uri").ok_or(RefusalCode::InvalidRequest)?,
        verifier: form.get("code_verifier"),
    };
    let (origin_jti, nonce) = state.redeem_code(now, &exchange)?;
    let refresh_token = state.issue_refresh_token(now, &origin_jti);
    grant(state, now, &origin_jti, nonce.as_deref(), Some(refresh_token))
        .ok_or(RefusalCode::InvalidGrant)
}

/// A refresh token becomes tokens. The new ID token has no nonce
/// ([OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
fn refresh_grant(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    token: Option<&str>,
) -> Result<IssuedTokens, RefusalCode> {
    if !client.signs_users_in {
        return Err(RefusalCode::UnauthorizedClient);
    }
    let token = token.ok_or(RefusalCode::InvalidRequest)?;
    // No parameter names a device here: the refresh token of a tracked one is not accepted.
    let refreshed = state.refresh(now, &client.id, token, None);
    let refreshed = refreshed.map_err(|_| RefusalCode::InvalidGrant)?;
    grant(state, now, &refreshed.origin_jti, None, refreshed.refresh_token)
        .ok_or(RefusalCode::InvalidGrant)
}

/// A client becomes its own bearer. Only scopes of resource servers; none asked for means all.
fn machine_grant(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    asked: Vec<String>,
) -> Result<IssuedTokens, RefusalCode> {
    if !client.may_act_for_itself() {
        return Err(RefusalCode::UnauthorizedClient);
    }
    let own = client.custom_scopes();
    let scopes = if asked.is_empty() { own.clone() } else { asked };
    if !scopes.iter().all(|scope| own.contains(scope)) {
        return Err(RefusalCode::InvalidScope);
    }
    Ok(grant_machine(state, now, &client.id, &scopes))
}

/// A form body, and nothing else: JSON is an `invalid_request`.
pub(crate) fn read_form(headers: &HeaderMap, body: &[u8]) -> Result<FormParameters, RefusalCode> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(RefusalCode::InvalidRequest);
    }
    FormParameters::parse(body).ok_or(RefusalCode::InvalidRequest)
}
