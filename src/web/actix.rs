//! Extractors for Actix Web.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web::Data};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Response};

use super::credentials::Credentials;
use super::from_bearer::FromBearer;
use super::jwt_bearer::JwtBearer;
use crate::bearer::challenge::Challenge;
use crate::bearer::response::error_response;
use crate::claims::{AccessClaims, IdClaims};
use crate::error::{VerifyError, in_words};

/// Why an Actix Web extractor did not let a request in.
///
/// A handler may return it too, for rules of its own.
///
/// ```
/// use actix_web::{App, web};
/// use cognito_auth::bearer::JwtBearer;
/// use cognito_auth::web::{ActixAuthError, OptionalBearer};
/// use cognito_auth::{AccessClaims, VerifyError};
///
/// async fn orders(claims: AccessClaims) -> Result<String, ActixAuthError> {
///     if !claims.has_scope("orders/read") {
///         return Err(VerifyError::ScopeMissing.into());
///     }
///     Ok(format!("the orders of {}", claims.sub()))
/// }
///
/// async fn hello(OptionalBearer(claims): OptionalBearer<AccessClaims>) -> String {
///     let name = claims.as_ref().and_then(AccessClaims::username);
///     format!("hello {}", name.unwrap_or("stranger"))
/// }
///
/// fn routes(config: &mut web::ServiceConfig, bearer: JwtBearer) {
///     config
///         .app_data(bearer)
///         .route("/orders", web::get().to(orders))
///         .route("/hello", web::get().to(hello));
/// }
/// # let _ = |bearer: JwtBearer| App::new().configure(|config| routes(config, bearer));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActixAuthError {
    /// The bearer token does not let the request in.
    Challenge(Challenge),
    /// There is no [`JwtBearer`] in the app's data: a 500, and nobody is let in.
    NoJwtBearer,
}

impl ActixAuthError {
    fn answer(self) -> Response<String> {
        match self {
            Self::Challenge(challenge) => challenge.into_response(),
            Self::NoJwtBearer => error_response(
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
            Self::NoJwtBearer => f.write_str("there is no JwtBearer in the app's data"),
        }
    }
}

impl fmt::Debug for ActixAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_words(self, f)
    }
}

impl std::error::Error for ActixAuthError {}

/// The optional form of an Actix Web extractor: only a request without a token is `None`.
///
/// Do not write `Option<AccessClaims>` with Actix Web. Its own rule for `Option` turns every error
/// into `None`: a request with a revoked token would be let in as nobody, and so would every
/// request while tokens cannot be checked.
#[derive(Debug, Clone)]
pub struct OptionalBearer<T>(pub Option<T>);

impl<T: FromBearer> FromRequest for OptionalBearer<T> {
    type Error = ActixAuthError;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = found(request);
        Box::pin(async move {
            let (bearer, headers) = found?;
            Ok(Self(T::from_optional_bearer(&bearer, &headers).await?))
        })
    }
}

macro_rules! extractors {
    ($($extracted:ty),*) => {$(
        /// With the feature `actix-web`; the [`JwtBearer`] is taken from the app's data.
        impl FromRequest for $extracted {
            type Error = ActixAuthError;
            type Future = Extraction<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let found = found(request);
                Box::pin(async move {
                    let (bearer, headers) = found?;
                    Ok(Self::from_bearer(&bearer, &headers).await?)
                })
            }
        }
    )*};
}

extractors!(AccessClaims, IdClaims, Credentials<AccessClaims>, Credentials<IdClaims>);

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, ActixAuthError>> + Send>>;

/// The bearer from `app_data(bearer)` or `app_data(Data::new(bearer))`, and the one header field
/// that it reads.
fn found(request: &HttpRequest) -> Result<(JwtBearer, HeaderMap), ActixAuthError> {
    let bearer = request
        .app_data::<JwtBearer>()
        .or_else(|| request.app_data::<Data<JwtBearer>>().map(Data::get_ref))
        .ok_or(ActixAuthError::NoJwtBearer)?;
    let mut headers = HeaderMap::new();
    for value in request.headers().get_all(actix_web::http::header::AUTHORIZATION) {
        let value =
            HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Challenge::invalid_request())?;
        headers.append(AUTHORIZATION, value);
    }
    Ok((bearer.clone(), headers))
}
