//! Extractors for Actix Web, and the middleware before them.

mod middleware;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Once;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, web::Data};
use http::{HeaderMap, HeaderValue, Method, Response};

use crate::bearer::challenge::Challenge;
use crate::bearer::credentials::Credentials;
use crate::bearer::from_bearer::FromBearer;
use crate::bearer::jwt_bearer::JwtBearer;
use crate::bearer::request_head::RequestHead;
use crate::bearer::response::error_response;
use crate::claims::{AccessClaims, IdClaims};
use crate::error::{VerifyError, in_words};
pub use middleware::{BearerMiddleware, IdTokenBearer};
use middleware::{Mounted, Verified};

/// The error of the Actix Web extractors for a refused request. A handler can return it for rules of its
/// own.
///
/// ```
/// use actix_web::{App, web};
/// use cognito_auth::bearer::JwtBearer;
/// use cognito_auth::web::{ActixAuthError, OptionalBearer};
/// use cognito_auth::AccessClaims;
///
/// async fn orders(claims: AccessClaims) -> Result<String, ActixAuthError> {
///     claims.require_scope("orders/read")?;
///     Ok(format!("the orders of {}", claims.sub()))
/// }
///
/// async fn hello(OptionalBearer(claims): OptionalBearer<AccessClaims>) -> String {
///     let name = claims.as_ref().and_then(AccessClaims::username);
///     format!("hello {}", name.unwrap_or("stranger"))
/// }
///
/// fn routes(config: &mut web::ServiceConfig) {
///     config.route("/orders", web::get().to(orders)).route("/hello", web::get().to(hello));
/// }
/// # let _ = |bearer: JwtBearer| {
/// App::new().wrap(bearer).configure(routes)
/// # };
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActixAuthError {
    /// The request has no valid bearer token, or the token could not be checked.
    Challenge(Challenge),
    /// The app has no [`JwtBearer`], neither as middleware nor in its data. Every request is answered with
    /// 500.
    NoJwtBearer,
    /// The middleware around the route is for the other kind of token than the extractor. Every request is
    /// answered with 500.
    OtherKind,
}

impl ActixAuthError {
    fn answer(&self) -> Response<String> {
        match self {
            Self::Challenge(challenge) => challenge.clone().into_response(),
            Self::NoJwtBearer | Self::OtherKind => error_response(
                http::StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "The server is not set up to check tokens.",
            ),
        }
    }
}

impl From<Challenge> for ActixAuthError {
    fn from(challenge: Challenge) -> Self {
        Self::Challenge(challenge)
    }
}

impl From<VerifyError> for ActixAuthError {
    fn from(error: VerifyError) -> Self {
        Self::Challenge(Challenge::from(error))
    }
}

/// Actix Web has types of its own for what the crate `http` has: copied here, number by number and
/// byte by byte.
impl ResponseError for ActixAuthError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.answer().status().as_u16())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let (parts, body) = self.answer().into_parts();
        let mut response = HttpResponse::build(self.status_code());
        for (name, value) in &parts.headers {
            response.insert_header((name.as_str(), value.as_bytes()));
        }
        response.body(body)
    }
}

impl fmt::Display for ActixAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(challenge) => challenge.fmt(f),
            Self::NoJwtBearer => f.write_str("there is no JwtBearer: mount it with wrap(bearer)"),
            Self::OtherKind => f.write_str(OTHER_KIND),
        }
    }
}

const OTHER_KIND: &str = "the middleware around the route takes tokens of the other kind: \
                          wrap(bearer) is for access tokens, wrap(IdTokenBearer(bearer)) for ID tokens";

impl fmt::Debug for ActixAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_words(self, f)
    }
}

impl std::error::Error for ActixAuthError {}

/// The optional form of an Actix Web extractor: only a request without a token is `None`.
///
/// Do not use `Option<AccessClaims>` with Actix Web: it turns every error of an extractor into `None`.
/// Without the middleware (`wrap(bearer)`), a request whose token is revoked or could not be checked would
/// then be treated as a request without a token. With the middleware such requests do not reach the handler.
#[derive(Debug, Clone)]
pub struct OptionalBearer<T>(pub Option<T>);

impl<T: FromBearer> FromRequest for OptionalBearer<T> {
    type Error = ActixAuthError;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = RequestClaims::<T>::in_request(request);
        Box::pin(async move {
            Ok(Self(match found? {
                RequestClaims::Verified(claims) => Some(claims),
                RequestClaims::Unverified(bearer, head) => {
                    T::from_optional_bearer(&bearer, head.head()).await?
                }
            }))
        })
    }
}

macro_rules! extractors {
    ($($extracted:ty),*) => {$(
        /// With the feature `actix-web`, behind the middleware `wrap(bearer)`: the extractor refuses a
        /// request without a token, the middleware one with an invalid token. The optional form is
        /// [`OptionalBearer`], and not `Option<…>`, which turns every error into `None`.
        impl FromRequest for $extracted {
            type Error = ActixAuthError;
            type Future = Extraction<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let found = RequestClaims::<Self>::in_request(request);
                Box::pin(async move {
                    match found? {
                        RequestClaims::Verified(claims) => Ok(claims),
                        RequestClaims::Unverified(bearer, head) => {
                            Ok(Self::from_bearer(&bearer, head.head()).await?)
                        }
                    }
                })
            }
        }
    )*};
}

extractors!(AccessClaims, IdClaims, Credentials<AccessClaims>, Credentials<IdClaims>);

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, ActixAuthError>> + Send>>;

/// What there is to extract from.
enum RequestClaims<T> {
    /// By the middleware.
    Verified(T),
    /// The bearer, and what it reads of the request.
    Unverified(JwtBearer, CopiedHead),
}

impl<T: FromBearer> RequestClaims<T> {
    fn in_request(request: &HttpRequest) -> Result<Self, ActixAuthError> {
        let mounted = request.extensions().get::<Mounted>().cloned();
        let bearer = match mounted {
            Some(Mounted(bearer)) => match request.extensions().get::<Verified<T>>() {
                Some(Verified(Some(claims))) => return Ok(Self::Verified(claims.clone())),
                Some(Verified(None)) => bearer,
                None => return Err(other_kind()),
            },
            None => without_middleware(request)?,
        };
        let head = CopiedHead::of(&bearer, request.method(), request.headers())?;
        Ok(Self::Unverified(bearer, head))
    }
}

/// Said once in a process: `Option` makes `None` of the error, and nothing else tells the developer.
fn other_kind() -> ActixAuthError {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::error!(target: "cognito_auth::verify", code = "other_kind", "an Actix Web extractor is for the other kind of token than the middleware around it: wrap(bearer) is for access tokens, wrap(IdTokenBearer(bearer)) for ID tokens");
    });
    ActixAuthError::OtherKind
}

/// The bearer from `app_data(bearer)` or `app_data(Data::new(bearer))`: where the middleware was
/// forgotten, which the log says once in a process, since nothing else tells the developer.
fn without_middleware(request: &HttpRequest) -> Result<JwtBearer, ActixAuthError> {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::error!(target: "cognito_auth::verify", code = "no_middleware", "an Actix Web extractor is used without its middleware, so an Option of it would let in refused tokens: mount it with wrap(bearer)");
    });
    request
        .app_data::<JwtBearer>()
        .or_else(|| request.app_data::<Data<JwtBearer>>().map(Data::get_ref))
        .cloned()
        .ok_or(ActixAuthError::NoJwtBearer)
}

/// What the bearer reads of a request, in the types of the crate `http`.
struct CopiedHead {
    method: Option<Method>,
    headers: HeaderMap,
}

impl CopiedHead {
    fn of(
        bearer: &JwtBearer,
        method: &actix_web::http::Method,
        theirs: &actix_web::http::header::HeaderMap,
    ) -> Result<Self, Challenge> {
        let mut headers = HeaderMap::new();
        for name in bearer.fields() {
            for value in theirs.get_all(name.as_str()) {
                let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
                    let check = "the token's header field has bytes that no header has";
                    bearer.of_this_route(Challenge::malformed(check))
                })?;
                headers.append(name.clone(), value);
            }
        }
        Ok(Self { method: Method::from_bytes(method.as_str().as_bytes()).ok(), headers })
    }

    /// A method that cannot be told counts as one that may change something.
    fn head(&self) -> RequestHead<'_> {
        match &self.method {
            Some(method) => (method, &self.headers).into(),
            None => (&self.headers).into(),
        }
    }
}
