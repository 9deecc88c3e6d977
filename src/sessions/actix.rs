//! Extractors and routes for Actix Web.

mod middleware;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig, resource, route};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};

use super::BrowserSessions;
use super::current_user::{CurrentUser, SessionRejection};
use super::layer::FoundUser;
use super::routes::Route;
use crate::bearer::response::{body_not_read, error_response};
use crate::request_body::{self, MAX_REQUEST_BODY_BYTES, RequestBodyError};
pub use middleware::SessionMiddleware;

/// Extractor for Actix Web: the user of a request, or `None` for a request without a session.
///
/// Use it in place of `Option<CurrentUser>`: Actix Web makes `None` of every error of an extractor, so
/// that a session that could not be looked up (503) would count as no session.
#[derive(Debug, Clone)]
pub struct OptionalUser(pub Option<CurrentUser>);

impl BrowserSessions {
    /// With the feature `actix-web`: registers the routes, and adds the sessions to the app's data for
    /// the extractors.
    ///
    /// An extractor adds no header to the response: wrap the pages in a
    /// [`SessionLayer`](super::SessionLayer), which keeps a user's pages out of caches.
    ///
    /// ```
    /// use actix_web::{App, web};
    /// use cognito_auth::sessions::{
    ///     BrowserSessions, CurrentUser, OptionalUser, SessionLayer, SessionRejection,
    /// };
    ///
    /// async fn account(user: CurrentUser) -> String {
    ///     format!("hello {}", user.username().unwrap_or("you"))
    /// }
    ///
    /// async fn admin(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    ///     user.require_group("admins")?;
    ///     Ok("the admins' page")
    /// }
    ///
    /// async fn home(OptionalUser(user): OptionalUser) -> &'static str {
    ///     if user.is_some() { "welcome back" } else { "hello stranger" }
    /// }
    ///
    /// # let _ = |sessions: BrowserSessions| {
    /// App::new()
    ///     .wrap(SessionLayer::new(sessions.clone()))
    ///     .configure(|config| sessions.configure(config))
    ///     .route("/", web::get().to(home))
    ///     .route("/account", web::get().to(account))
    ///     .route("/admin", web::get().to(admin))
    /// # };
    /// ```
    pub fn configure(&self, config: &mut ServiceConfig) {
        config.app_data(Data::new(self.clone()));
        for path in self.paths() {
            config.service(resource(path).route(route().to(route_of_ours)));
        }
    }
}

async fn route_of_ours(
    sessions: Data<BrowserSessions>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse<BoxBody> {
    match parts(&request) {
        Some(parts) => serve(&sessions, parts, body).await,
        None => answer(bad_request()),
    }
}

/// Reads the body for `POST /logout` only, as the `tower::Service` does.
async fn serve(
    sessions: &BrowserSessions,
    parts: Parts,
    body: web::Payload,
) -> HttpResponse<BoxBody> {
    let body = match sessions.0.routes.find(&parts.method, parts.uri.path()) {
        Ok(Route::Logout) => match read(body).await {
            Ok(body) => body,
            Err(error) => return answer(body_not_read(error)),
        },
        Ok(_) | Err(_) => Vec::new(),
    };
    answer(sessions.handle(Request::from_parts(parts, body)).await)
}

async fn read(body: web::Payload) -> Result<Vec<u8>, RequestBodyError> {
    request_body::in_time(async move {
        let body = body.to_bytes_limited(MAX_REQUEST_BODY_BYTES).await;
        body.ok()?.ok().map(|body| body.to_vec())
    })
    .await
}

impl FromRequest for CurrentUser {
    type Error = SessionRejection;
    type Future = Pin<Box<dyn Future<Output = Result<Self, SessionRejection>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (found, behind) = (of_request(request), behind_layer(request));
        Box::pin(async move {
            let (sessions, parts) = found?;
            match behind.and_then(|found| found.user_of(&sessions)) {
                Some(Some(user)) => Ok(user),
                Some(None) => Err(SessionRejection::new(sessions.answer_no_session(&parts))),
                None => Self::of(&sessions, &parts).await,
            }
        })
    }
}

impl FromRequest for OptionalUser {
    type Error = SessionRejection;
    type Future = Pin<Box<dyn Future<Output = Result<Self, SessionRejection>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (found, behind) = (of_request(request), behind_layer(request));
        Box::pin(async move {
            let (sessions, parts) = found?;
            match behind.and_then(|found| found.user_of(&sessions)) {
                Some(user) => Ok(Self(user)),
                None => CurrentUser::of_optional(&sessions, &parts).await.map(Self),
            }
        })
    }
}

/// The result of a [`SessionLayer`](super::SessionLayer) around the handler.
fn behind_layer(request: &HttpRequest) -> Option<FoundUser> {
    request.extensions().get::<FoundUser>().cloned()
}

fn of_request(request: &HttpRequest) -> Result<(BrowserSessions, Parts), SessionRejection> {
    let Some(sessions) = request.app_data::<Data<BrowserSessions>>() else {
        tracing::error!(target: "cognito_auth::sessions", code = "no_sessions", "there are no BrowserSessions in the app's data: call BrowserSessions::configure");
        let status = http::StatusCode::INTERNAL_SERVER_ERROR;
        let message = "The server is not set up to look up sessions.";
        return Err(SessionRejection::new(error_response(status, "server_error", message)));
    };
    let parts = parts(request).ok_or_else(|| SessionRejection::new(bad_request()))?;
    Ok((BrowserSessions::clone(sessions), parts))
}

fn bad_request() -> Response<String> {
    let message = "The request cannot be read.";
    error_response(http::StatusCode::BAD_REQUEST, "invalid_request", message)
}

/// Converts Actix Web's request head to the types of the crate `http`. `None` if that crate rejects a
/// part of it.
fn parts(request: &HttpRequest) -> Option<Parts> {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = Method::from_bytes(request.method().as_str().as_bytes()).ok()?;
    parts.uri = request.uri().to_string().parse::<Uri>().ok()?;
    for (name, value) in request.headers() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        parts.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    Some(parts)
}

fn answer(response: Response<String>) -> HttpResponse<BoxBody> {
    let (parts, body) = response.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16());
    let mut answer = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &parts.headers {
        // Appended, not inserted: each cookie is a `Set-Cookie` field of its own.
        answer.append_header((name.as_str(), value.as_bytes()));
    }
    answer.body(body)
}

impl ResponseError for SessionRejection {
    fn status_code(&self) -> StatusCode {
        let status = self.response().status().as_u16();
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        answer(self.clone().into_inner())
    }
}

impl fmt::Display for SessionRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request is answered with status {}", self.response().status())
    }
}

#[cfg(test)]
mod tests;
