//! [`RequestHead`]: what a token is looked for in.

use http::request::Parts;
use http::{HeaderMap, Method};

/// The method and the headers of a request. The methods of [`JwtBearer`](super::JwtBearer) take
/// `request.headers()`, the [`Parts`] of a request, or `(request.method(), request.headers())`.
///
/// The method counts for a token in a [cookie](super::JwtBearer::token_in_cookie) only. Without it, such a
/// request counts as one that may change something.
#[derive(Debug, Clone, Copy)]
pub struct RequestHead<'a> {
    pub(super) method: Option<&'a Method>,
    pub(super) headers: &'a HeaderMap,
}

impl<'a> From<&'a HeaderMap> for RequestHead<'a> {
    fn from(headers: &'a HeaderMap) -> Self {
        Self { method: None, headers }
    }
}

impl<'a> From<&'a Parts> for RequestHead<'a> {
    fn from(request: &'a Parts) -> Self {
        Self { method: Some(&request.method), headers: &request.headers }
    }
}

impl<'a> From<(&'a Method, &'a HeaderMap)> for RequestHead<'a> {
    fn from((method, headers): (&'a Method, &'a HeaderMap)) -> Self {
        Self { method: Some(method), headers }
    }
}
