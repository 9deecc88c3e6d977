//! `GET /logout` (Developer Guide, "Logout endpoint"): the login page forgets the browser.

use http::HeaderMap;

use crate::testing::http::cookie::{HOSTED_COOKIE, cookie, set_cookie};
use crate::testing::http::domain::login::error_page;
use crate::testing::http::domain::response::redirect;
use crate::testing::http::form::{FormParameters, with_query};
use crate::testing::http::response::{HttpResponse, with_cookie};
use crate::testing::pool::state::PoolState;

const NO_REDIRECT_URI: &str = "Required String parameter 'redirect_uri' is not present";
const NO_CLIENT_ID: &str = "Missing required parameter client_id in request URL";

/// The cookie goes in any case, also when the request is wrong. Tokens stay alive.
pub(crate) fn respond(state: &mut PoolState, query: &str, headers: &HeaderMap) -> HttpResponse {
    if let Some(value) = cookie(headers, HOSTED_COOKIE) {
        state.hosted_sessions.close(&value);
    }
    let response = match target(state, query) {
        Ok(target) => redirect(&target),
        Err(detail) => error_page(detail),
    };
    with_cookie(response, &set_cookie(HOSTED_COOKIE, "", Some(0)))
}

/// With `logout_uri`: there, if it is one of the client's sign-out URLs. With `redirect_uri` and
/// `response_type`: to a new sign-in.
fn target(state: &PoolState, query: &str) -> Result<String, &'static str> {
    let form = FormParameters::parse(query.as_bytes()).ok_or(NO_REDIRECT_URI)?;
    let client_id = form.get("client_id").ok_or(NO_CLIENT_ID)?;
    let client = state.clients.get(client_id).ok_or(NO_REDIRECT_URI)?;
    if let Some(uri) = form.get("logout_uri") {
        let known = client.logout_uris.iter().any(|known| known == uri);
        return if known { Ok(uri.to_owned()) } else { Err(NO_REDIRECT_URI) };
    }
    let redirect_uri = form.get("redirect_uri").ok_or(NO_REDIRECT_URI)?;
    if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(NO_REDIRECT_URI);
    }
    let names = ["client_id", "redirect_uri", "response_type", "scope", "state", "nonce"];
    let pairs = names.into_iter().filter_map(|name| Some((name, form.get(name)?)));
    Ok(with_query("/login", pairs))
}
