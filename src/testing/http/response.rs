//! What every HTTP response of the pool is made with.

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, SET_COOKIE};
use http::{HeaderValue, Response};

/// A response with its whole body.
pub(crate) type HttpResponse = Response<Vec<u8>>;

/// Lets scripts of any origin read the response, as Cognito does at token, revoke and userInfo.
pub(crate) fn any_origin(mut response: HttpResponse) -> HttpResponse {
    put(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

pub(crate) fn with_cookie(mut response: HttpResponse, cookie: &str) -> HttpResponse {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// Sets a header. What cannot be a header value is left out: it can only be an echo of input.
pub(crate) fn put(response: &mut HttpResponse, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
