//! A user at the login page, without a socket.

use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderValue, Method, Request};
use url::{Url, form_urlencoded};

use crate::error::{AnswerProblem, AuthError, CallbackProblem, InputProblem, Refusal, RefusalCode};
use crate::testing::fault::Endpoint;
use crate::testing::http::domain::login::WRONG_PASSWORD;
use crate::testing::http::response::HttpResponse;
use crate::testing::http::route::{location, respond};
use crate::testing::pool::state::Core;

const NOT_OURS: AuthError =
    AuthError::Input { what: "the address", reason: InputProblem::OfOtherPool };
const NO_FORM: AuthError = AuthError::Undecodable { status: 200, reason: AnswerProblem::NoForm };

/// From the authorize endpoint through the login page to the callback.
pub(crate) fn authorize(
    core: &Core,
    address: &Url,
    username: &str,
    password: &str,
) -> Result<Url, AuthError> {
    let endpoint = core.user_pool.authorize_endpoint()?;
    if address.origin() != endpoint.origin() || address.path() != endpoint.path() {
        return Err(NOT_OURS);
    }
    let target = format!("{}?{}", address.path(), address.query().unwrap_or_default());
    core.faults.count(Endpoint::Authorize);
    let response = send(core, Method::GET, &target, None, String::new())?;
    let login = location(&response).unwrap_or_default().to_owned();
    if !login.starts_with("/login?") {
        return leave(&login);
    }
    core.faults.count(Endpoint::Login);
    let form = send(core, Method::GET, &login, None, String::new())?;
    let cookie = form.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
    let cookie = cookie.and_then(|value| value.split(';').next()).ok_or(NO_FORM)?;
    let (_, csrf) = cookie.split_once('=').ok_or(NO_FORM)?;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("_csrf", csrf)
        .append_pair("username", username)
        .append_pair("password", password)
        .finish();
    core.faults.count(Endpoint::Login);
    let response = send(core, Method::POST, &login, Some(cookie), body)?;
    match location(&response) {
        Some(target) => leave(target),
        None => {
            Err(Refusal::new(RefusalCode::NotAuthorized).with_description(WRONG_PASSWORD).into())
        }
    }
}

/// Follows a redirect out of the pool.
fn leave(target: &str) -> Result<Url, AuthError> {
    if target.starts_with("/error") {
        let mismatch = target.contains("error=redirect_mismatch");
        let code =
            if mismatch { RefusalCode::InvalidRedirect } else { RefusalCode::InvalidRequest };
        return Err(Refusal::new(code).into());
    }
    Url::parse(target).map_err(|_| AuthError::Callback { reason: CallbackProblem::NotAUrl })
}

fn send(
    core: &Core,
    method: Method,
    target: &str,
    cookie: Option<&str>,
    body: String,
) -> Result<HttpResponse, AuthError> {
    let mut request = Request::new(body.into_bytes());
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().map_err(|_| NOT_OURS)?;
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, form);
    if let Some(Ok(cookie)) = cookie.map(HeaderValue::from_str) {
        request.headers_mut().insert(COOKIE, cookie);
    }
    Ok(respond(core, &request))
}
