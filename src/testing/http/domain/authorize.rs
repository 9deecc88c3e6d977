//! `GET /oauth2/authorize`: is the request good, and is the browser signed in already?
//! (Developer Guide, "Authorize endpoint"; [RFC 6749 §4.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1).)

use std::time::Duration;

use http::HeaderMap;
use url::Url;

use crate::testing::client::LocalClient;
use crate::testing::http::cookie::{HOSTED_COOKIE, cookie};
use crate::testing::http::domain::response::redirect;
use crate::testing::http::form::{FormParameters, with_query};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::clients::PoolClients;
use crate::testing::pool::codes::IssuedCode;
use crate::testing::pool::state::PoolState;

/// A request that may go on to the login page.
#[derive(Debug)]
pub(crate) struct AuthorizeRequest {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<String>,
    challenge: Option<String>,
    scopes: Vec<String>,
    resource: Option<String>,
    prompt: Vec<String>,
    max_age: Option<Duration>,
    pub(crate) login_hint: Option<String>,
}

/// Back to the app with a code where the browser is signed in, else on to the login page.
pub(crate) fn respond(
    state: &mut PoolState,
    now: Duration,
    query: &str,
    headers: &HeaderMap,
) -> HttpResponse {
    let request = match AuthorizeRequest::read(query, &state.clients) {
        Ok(request) => request,
        Err(target) => return redirect(&target),
    };
    let signed_in = hosted_user(state, now, headers);
    match signed_in.filter(|(_, at)| request.accepts_sign_in(now, *at)) {
        Some((sub, auth_time)) => redirect(&send_code(state, now, &request, sub, auth_time)),
        None if request.asks_for("none") => redirect(&request.error("login_required")),
        None => redirect(&format!("/login?{query}")),
    }
}

/// The redirect URI with a new code in it.
pub(crate) fn send_code(
    state: &mut PoolState,
    now: Duration,
    request: &AuthorizeRequest,
    sub: String,
    auth_time: Duration,
) -> String {
    let code = IssuedCode {
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        scopes: request.scopes.clone(),
        resource: request.resource.clone(),
        sub,
        auth_time,
        issued_at: now,
    };
    let code = state.codes.issue(&mut state.random, code);
    callback(&request.redirect_uri, request.state.as_deref(), [("code", code.as_str())])
}

/// The `sub` that the browser is signed in as, and since when.
pub(crate) fn hosted_user(
    state: &PoolState,
    now: Duration,
    headers: &HeaderMap,
) -> Option<(String, Duration)> {
    let session = state.hosted_sessions.get(now, &cookie(headers, HOSTED_COOKIE)?)?;
    let user = state.users.by_sub(&session.sub).filter(|user| user.enabled)?;
    Some((user.sub.clone(), session.auth_time))
}

impl AuthorizeRequest {
    /// Reads a query.
    ///
    /// # Errors
    /// Where to send the browser instead: never to a redirect URI that is not the client's
    /// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
    pub(crate) fn read(query: &str, clients: &PoolClients) -> Result<Self, String> {
        let invalid = || "/error?error=invalid_request".to_owned();
        let form = FormParameters::parse(query.as_bytes()).ok_or_else(invalid)?;
        let client_id = form.get("client_id").ok_or_else(invalid)?;
        let redirect_uri = form.get("redirect_uri").ok_or_else(invalid)?;
        let client = clients.get(client_id).ok_or_else(invalid)?;
        if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
            let pairs = [("error", "redirect_mismatch"), ("client_id", client_id)];
            return Err(with_query("/error", pairs));
        }
        if form.get("idp_identifier").is_some()
            || form.get("identity_provider").is_some_and(|name| name != "COGNITO")
        {
            return Err(invalid());
        }
        let state = form.get("state");
        Self::read_rest(&form, client, redirect_uri)
            .map_err(|error| callback(redirect_uri, state, [("error", error)]))
    }

    fn read_rest(
        form: &FormParameters,
        client: &LocalClient,
        redirect_uri: &str,
    ) -> Result<Self, &'static str> {
        match form.get("response_type") {
            Some("code") if client.signs_users_in => {}
            // No client here is enabled for the implicit grant.
            Some("code" | "token") => return Err("unauthorized_client"),
            Some(_) => return Err("unsupported_response_type"),
            None => return Err("invalid_request"),
        }
        let challenge = match (form.get("code_challenge"), form.get("code_challenge_method")) {
            (Some(challenge), Some("S256")) => Some(challenge.to_owned()),
            (None, None) => None,
            _ => return Err("invalid_request"),
        };
        let prompt = form.words("prompt");
        let known = |word: &String| {
            matches!(word.as_str(), "none" | "login" | "select_account" | "consent")
        };
        let none_among_others = prompt.len() > 1 && prompt.iter().any(|word| word == "none");
        if none_among_others || !prompt.iter().all(known) {
            return Err("invalid_request");
        }
        let max_age = form.get("max_age").map(str::parse).transpose();
        let resource = form.get("resource").map(str::to_owned);
        if resource.as_deref().is_some_and(|resource| !is_resource(resource)) {
            return Err("invalid_target");
        }
        Ok(Self {
            client_id: client.id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            state: form.get("state").map(str::to_owned),
            nonce: form.get("nonce").map(str::to_owned),
            challenge,
            scopes: granted_scopes(form.words("scope"), client).ok_or("invalid_scope")?,
            resource,
            prompt,
            max_age: max_age.map_err(|_| "invalid_request")?.map(Duration::from_secs),
            login_hint: form.get("login_hint").map(str::to_owned),
        })
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    fn asks_for(&self, prompt: &str) -> bool {
        self.prompt.iter().any(|word| word == prompt)
    }

    /// Whether the browser's own sign-in will do.
    fn accepts_sign_in(&self, now: Duration, auth_time: Duration) -> bool {
        let too_old = self.max_age.is_some_and(|limit| now.saturating_sub(auth_time) > limit);
        !self.asks_for("login") && !self.asks_for("select_account") && !too_old
    }

    fn error(&self, error: &str) -> String {
        callback(&self.redirect_uri, self.state.as_deref(), [("error", error)])
    }
}

fn callback(uri: &str, state: Option<&str>, [pair]: [(&str, &str); 1]) -> String {
    with_query(uri, [Some(pair), state.map(|state| ("state", state))].into_iter().flatten())
}

/// The scopes of a request: none asked for means all of the client's; `email`, `phone` and `profile`
/// go with `openid` only.
fn granted_scopes(mut asked: Vec<String>, client: &LocalClient) -> Option<Vec<String>> {
    if asked.is_empty() {
        return Some(client.user_scopes());
    }
    let mut seen = Vec::new();
    asked.retain(|scope| {
        let new = !seen.contains(scope);
        seen.push(scope.clone());
        new
    });
    let has_openid = asked.iter().any(|scope| scope == "openid");
    let fits = |scope: &String| {
        let needs_openid = matches!(scope.as_str(), "email" | "phone" | "profile");
        client.scopes.contains(scope) && (has_openid || !needs_openid)
    };
    asked.iter().all(fits).then_some(asked)
}

/// `https`, `http://localhost` or a scheme of the app's own, without a fragment
/// ([RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
fn is_resource(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let plain = url.scheme() == "http" && url.host_str() != Some("localhost");
        url.fragment().is_none() && !plain
    })
}

#[cfg(test)]
mod tests;
