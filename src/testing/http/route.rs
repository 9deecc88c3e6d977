//! From a request to its answer, without a socket: both of Cognito's hosts at one address.

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_TYPE, HeaderName};
use http::{Method, Request, StatusCode};
use serde_json::json;

use crate::testing::http::response::{Answer, any_origin, api_error, domain, put};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::domain::discovery::Discovery;
use crate::testing::fault::Endpoint;
use crate::testing::http::domain::login::{error_page, error_page_for};
use crate::testing::pool::state::Core;

/// The longest query that is looked at, in bytes.
const MAX_QUERY_BYTES: usize = 8 * 1024;

impl Core {
    /// Which endpoint a request is for.
    pub(crate) fn endpoint_of<B>(request: &Request<B>) -> Option<Endpoint> {
        let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
        Endpoint::of(request.method(), request.uri().path(), target)
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &Request<Vec<u8>>) -> Answer {
        if let Some(answer) = self.control(request) {
            return answer;
        }
        let endpoint = Self::endpoint_of(request);
        let answer = self.route(endpoint, request);
        let at_idp = endpoint.map_or(request.method() == Method::POST, Endpoint::is_at_idp);
        self.with_request_id(answer, at_idp)
    }

    /// Adds the id that each of Cognito's two hosts gives a request.
    pub(crate) fn with_request_id(&self, mut answer: Answer, at_idp: bool) -> Answer {
        let id = self.enter().0.random.uuid();
        let name = if at_idp { "x-amzn-requestid" } else { "x-amz-cognito-request-id" };
        put(&mut answer, HeaderName::from_static(name), &id);
        answer
    }

    fn route(&self, endpoint: Option<Endpoint>, request: &Request<Vec<u8>>) -> Answer {
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
        let (mut state, now) = self.enter();
        match endpoint {
            Endpoint::Authorize => state.authorize(now, query, headers),
            Endpoint::Login if request.method() == Method::POST => {
                state.log_in(now, query, headers, body)
            }
            Endpoint::Login => state.login_page(query, headers),
            Endpoint::Logout => state.logout(query, headers),
            Endpoint::Token => any_origin(state.token_endpoint(now, headers, body)),
            Endpoint::UserInfo => any_origin(state.user_info_endpoint(now, headers)),
            Endpoint::Revoke => any_origin(state.revoke_endpoint(headers, body)),
            Endpoint::Jwks | Endpoint::Discovery => {
                let pool_id = request.uri().path().split('/').nth(1).unwrap_or_default();
                if pool_id != state.settings.pool_id {
                    return api_error(&ApiError::pool_not_found(pool_id));
                }
                let json = if endpoint == Endpoint::Jwks {
                    state.keys.jwks()
                } else {
                    let discovery = Discovery::of(&self.user_pool, &state.settings.issuer);
                    serde_json::to_string(&discovery).unwrap_or_default()
                };
                published(json)
            }
            operation => state.json_api(now, operation, body),
        }
    }
}

/// The methods that each endpoint takes; `OPTIONS` where scripts of other origins may call.
fn wrong_method(endpoint: Endpoint, method: &Method) -> Option<Answer> {
    let allowed: &[Method] = match endpoint {
        Endpoint::Authorize | Endpoint::Logout | Endpoint::Jwks | Endpoint::Discovery => {
            &[Method::GET]
        }
        Endpoint::Login | Endpoint::UserInfo => &[Method::GET, Method::POST],
        _ => &[Method::POST],
    };
    if allowed.contains(method) {
        return None;
    }
    let list = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let shared = matches!(endpoint, Endpoint::Token | Endpoint::UserInfo | Endpoint::Revoke);
    if shared && method == Method::OPTIONS {
        let mut answer = any_origin(domain(StatusCode::OK, ""));
        put(&mut answer, HeaderName::from_static("access-control-allow-methods"), &list);
        let headers = "Authorization, Content-Type";
        put(&mut answer, HeaderName::from_static("access-control-allow-headers"), headers);
        return Some(answer);
    }
    let mut answer = domain(StatusCode::METHOD_NOT_ALLOWED, "");
    put(&mut answer, ALLOW, &list);
    if shared {
        put(&mut answer, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    Some(answer)
}

/// Paths that are no endpoint.
fn elsewhere(request: &Request<Vec<u8>>) -> Answer {
    match request.uri().path() {
        "/error" => error_page_for(request.uri().query().unwrap_or_default()),
        "/" if request.method() == Method::POST => api_error(&ApiError::unknown_operation()),
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
            let mut answer = domain(StatusCode::BAD_REQUEST, body.to_string());
            put(&mut answer, CONTENT_TYPE, "application/json");
            answer
        }
    }
}

/// A public document.
fn published(json: String) -> Answer {
    let mut answer = Answer::new(json.into_bytes());
    put(&mut answer, CONTENT_TYPE, "application/json;charset=UTF-8");
    answer
}

/// The answer to a request that is larger than the pool reads.
pub(crate) fn too_large() -> Answer {
    domain(StatusCode::PAYLOAD_TOO_LARGE, "")
}

/// Where a browser goes on, of an answer that sends it on.
pub(crate) fn location(answer: &Answer) -> Option<&str> {
    answer.headers().get(http::header::LOCATION)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use crate::testing::http::response::redirect;
    use super::*;

    #[test]
    fn a_redirect_has_a_location() {
        assert_eq!(location(&redirect("/login?a=b")), Some("/login?a=b"));
        assert_eq!(location(&too_large()), None);
    }
}
