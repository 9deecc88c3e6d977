//! How a client authenticates at the token and revocation endpoints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::error::RefusalCode;
use crate::testing::client::LocalClient;
use crate::testing::http::form::FormParameters;
use crate::testing::pool::clients::PoolClients;

/// Finds the client of a request to the token or revocation endpoint: HTTP Basic, or `client_id`
/// and `client_secret` in the body ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
pub(crate) fn authenticate<'a>(
    clients: &'a PoolClients,
    headers: &HeaderMap,
    form: &FormParameters,
) -> Result<&'a LocalClient, RefusalCode> {
    let refused = RefusalCode::InvalidClient;
    let find = |id: &str| clients.get(id).ok_or(refused);
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    let Some(authorization) = authorizations.next() else {
        let client = find(form.get("client_id").ok_or(RefusalCode::InvalidRequest)?)?;
        let accepted = client.accepts(form.get("client_secret"));
        return if accepted { Ok(client) } else { Err(refused) };
    };
    if authorizations.next().is_some() {
        return Err(refused);
    }
    let credentials = authorization.to_str().ok().and_then(basic).ok_or(refused)?;
    let (id, secret) = credentials.split_once(':').ok_or(refused)?;
    // RFC 6749 wants both form-encoded, Cognito's guide shows both as they are.
    let (decoded_id, decoded_secret) = (form_decoded(id), form_decoded(secret));
    let client = find(id).or_else(|_| find(&decoded_id))?;
    let same_id = form.get("client_id").is_none_or(|id| id == client.id);
    let accepted = client.accepts(Some(secret)) || client.accepts(Some(&decoded_secret));
    if same_id && accepted { Ok(client) } else { Err(refused) }
}

fn basic(header: &str) -> Option<String> {
    let (scheme, credentials) = header.split_once(' ')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    let decoded = STANDARD.decode(credentials.trim_start_matches(' ')).ok()?;
    String::from_utf8(decoded).ok().filter(|_| is_basic)
}

fn form_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
