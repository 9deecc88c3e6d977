//! From a request to its response, without a socket: both of Cognito's hosts at one address.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, CONTENT_TYPE, HeaderName,
};
use http::{Method, Request, StatusCode};
use serde_json::json;

use crate::testing::fault::Endpoint;
use crate::testing::http::domain::discovery::Discovery;
use crate::testing::http::domain::login::{error_page, error_page_for};
use crate::testing::http::domain::response::domain;
use crate::testing::http::domain::{
    authorize, hosted_pages, login, logout, revoke, token, user_info,
};
use crate::testing::http::json_api::dispatch;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::response::api_error;
use crate::testing::http::response::{HttpResponse, any_origin, put};
use crate::testing::http::{local_clock, local_outbox};
use crate::testing::pool::state::Core;

/// The longest query that is looked at, in bytes.
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Which endpoint a request is for.
pub(crate) fn endpoint_of<B>(request: &Request<B>) -> Option<Endpoint> {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    Some(match request.uri().path() {
        "/oauth2/authorize" => Endpoint::Authorize,
        "/login" => Endpoint::Login,
        path if hosted_pages::PATHS.contains(&path) => Endpoint::HostedPage,
        "/oauth2/token" => Endpoint::Token,
        "/oauth2/userInfo" => Endpoint::UserInfo,
        "/oauth2/revoke" => Endpoint::Revoke,
        "/logout" => Endpoint::Logout,
        "/" if request.method() == Method::POST => dispatch::endpoint_of(target?)?,
        path => match path.strip_prefix('/')?.split_once('/')? {
            // Below no pool: these two are not on the domain.
            ("", _) => return None,
            (_, ".well-known/jwks.json") => Endpoint::Jwks,
            (_, ".well-known/openid-configuration") => Endpoint::Discovery,
            _ => return None,
        },
    })
}

/// Whether Cognito serves it on the host of the JSON API, not on the pool's domain.
pub(crate) fn is_at_idp(endpoint: Endpoint) -> bool {
    dispatch::is_operation(endpoint) || matches!(endpoint, Endpoint::Jwks | Endpoint::Discovery)
}

/// Answers a request.
pub(crate) fn respond(core: &Core, request: &Request<Vec<u8>>) -> HttpResponse {
    let local = local_clock::respond(core, request);
    if let Some(response) = local.or_else(|| local_outbox::respond(core, request)) {
        return response;
    }
    let endpoint = endpoint_of(request);
    let response = route(core, endpoint, request);
    let is_json_api = request.uri().path() == "/" && request.method() != Method::GET;
    let at_idp = endpoint.map_or(request.method() == Method::POST || is_json_api, is_at_idp);
    let response = if is_json_api { readable_by_scripts(response) } else { response };
    with_request_id(core, response, at_idp)
}

/// AWS's clients in browsers call the JSON API from pages of every origin.
fn readable_by_scripts(response: HttpResponse) -> HttpResponse {
    let mut response = any_origin(response);
    let names = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";
    put(&mut response, ACCESS_CONTROL_EXPOSE_HEADERS, names);
    response
}

/// The answer to the question of a browser whether a script may call the JSON API.
fn preflight() -> HttpResponse {
    let mut response = domain(StatusCode::OK, "");
    put(&mut response, ACCESS_CONTROL_ALLOW_METHODS, "POST");
    put(&mut response, ACCESS_CONTROL_ALLOW_HEADERS, "*, Authorization");
    response
}

/// Adds the id that each of Cognito's two hosts gives a request.
pub(crate) fn with_request_id(
    core: &Core,
    mut response: HttpResponse,
    at_idp: bool,
) -> HttpResponse {
    let id = core.enter().0.random.uuid();
    let name = if at_idp { "x-amzn-requestid" } else { "x-amz-cognito-request-id" };
    put(&mut response, HeaderName::from_static(name), &id);
    response
}

fn route(core: &Core, endpoint: Option<Endpoint>, request: &Request<Vec<u8>>) -> HttpResponse {
    let query = request.uri().query().unwrap_or_default();
    if query.len() > MAX_QUERY_BYTES {
        return domain(StatusCode::URI_TOO_LONG, "");
    }
    let (headers, body) = (request.headers(), request.body());
    let Some(endpoint) = endpoint else {
        return elsewhere(request);
    };
    if let Some(refused) = wrong_method(endpoint, request.method()) {
        return refused;
    }
    let (mut state, now) = core.enter();
    let state = &mut *state;
    match endpoint {
        Endpoint::Authorize => authorize::respond(state, now, query, headers),
        Endpoint::Login if request.method() == Method::POST => {
            login::submit(state, now, query, headers, body)
        }
        Endpoint::Login => login::page_for(state, query, headers),
        Endpoint::HostedPage => {
            let target = (request.method(), request.uri().path());
            hosted_pages::respond(state, now, target, query, headers, body)
        }
        Endpoint::Logout => logout::respond(state, query, headers),
        Endpoint::Token => any_origin(token::respond(state, now, headers, body)),
        Endpoint::UserInfo => any_origin(user_info::respond(state, now, headers)),
        Endpoint::Revoke => any_origin(revoke::respond(state, headers, body)),
        Endpoint::Jwks | Endpoint::Discovery => {
            let pool_id = request.uri().path().split('/').nth(1).unwrap_or_default();
            if pool_id != state.settings.pool_id {
                return api_error(&ApiError::pool_not_found(pool_id));
            }
            let json = if endpoint == Endpoint::Jwks {
                state.keys.jwks()
            } else {
                let discovery = Discovery::of(&core.user_pool, &state.settings.issuer);
                serde_json::to_string(&discovery).unwrap_or_default()
            };
            published(json)
        }
        operation => dispatch::respond(state, now, operation, body),
    }
}

/// The methods that each endpoint takes; `OPTIONS` where scripts of other origins may call.
fn wrong_method(endpoint: Endpoint, method: &Method) -> Option<HttpResponse> {
    let allowed: &[Method] = match endpoint {
        Endpoint::Authorize | Endpoint::Logout | Endpoint::Jwks | Endpoint::Discovery => {
            &[Method::GET]
        }
        Endpoint::Login | Endpoint::HostedPage | Endpoint::UserInfo => &[Method::GET, Method::POST],
        _ => &[Method::POST],
    };
    if allowed.contains(method) {
        return None;
    }
    let list = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let shared = matches!(endpoint, Endpoint::Token | Endpoint::UserInfo | Endpoint::Revoke);
    if shared && method == Method::OPTIONS {
        let mut response = any_origin(domain(StatusCode::OK, ""));
        put(&mut response, ACCESS_CONTROL_ALLOW_METHODS, &list);
        put(&mut response, ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type");
        return Some(response);
    }
    let mut response = domain(StatusCode::METHOD_NOT_ALLOWED, "");
    put(&mut response, ALLOW, &list);
    if shared {
        put(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    Some(response)
}

/// Paths that are no endpoint.
fn elsewhere(request: &Request<Vec<u8>>) -> HttpResponse {
    match request.uri().path() {
        "/error" => error_page_for(request.uri().query().unwrap_or_default()),
        "/" if request.method() == Method::POST => api_error(&ApiError::unknown_operation()),
        "/" if request.method() == Method::OPTIONS => preflight(),
        "/" => {
            error_page("A local user pool is running here. A sign-in starts at /oauth2/authorize.")
        }
        path if path.starts_with("/.well-known/") || path == "/favicon.ico" => {
            domain(StatusCode::NOT_FOUND, "")
        }
        _ => {
            let body = json!({
                "code": "BadRequest",
                "message": "The server did not understand the operation that was requested.",
                "type": "client",
            });
            let mut response = domain(StatusCode::BAD_REQUEST, body.to_string());
            put(&mut response, CONTENT_TYPE, "application/json");
            response
        }
    }
}

/// A public document.
fn published(json: String) -> HttpResponse {
    let mut response = HttpResponse::new(json.into_bytes());
    put(&mut response, CONTENT_TYPE, "application/json;charset=UTF-8");
    response
}

/// The response to a request that is larger than the pool reads.
pub(crate) fn too_large() -> HttpResponse {
    domain(StatusCode::PAYLOAD_TOO_LARGE, "")
}

/// Where a redirect leads.
pub(crate) fn location(response: &HttpResponse) -> Option<&str> {
    response.headers().get(http::header::LOCATION)?.to_str().ok()
}

#[cfg(test)]
mod tests;
