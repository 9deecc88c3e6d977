//! The one place of the sign-in half where a request leaves the process.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header};
use tracing::Instrument as _;
use url::Url;
use zeroize::Zeroizing;

use super::answer::Answer;
use super::form::Form;
use super::json_api::{self, Operation};
use crate::error::AuthError;
use crate::measure;
use crate::transport::{BodyError, read_body, unreachable};

/// The largest answer that is read, in bytes. Tokens are a few KiB, a user with every attribute
/// at its longest about 100.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// An HTTP client, and the time that one request may take, connecting and reading included.
pub(super) struct Sender {
    pub(super) http: reqwest::Client,
    pub(super) timeout: Duration,
}

/// A request, ready to go.
pub(super) struct Request {
    /// What it is for, in logs.
    operation: &'static str,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Zeroizing<String>,
}

impl Request {
    pub(super) fn form(operation: &'static str, url: Url, form: Form) -> Self {
        let mut headers = content_type("application/x-www-form-urlencoded");
        if let Some(authorization) = form.authorization {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        Self { operation, method: Method::POST, url, headers, body: form.body }
    }

    pub(super) fn json(operation: Operation, url: &Url, body: Zeroizing<String>) -> Self {
        let mut headers = content_type(json_api::MEDIA_TYPE);
        headers.insert("x-amz-target", HeaderValue::from_static(operation.target()));
        let (operation, url) = (operation.name(), url.clone());
        Self { operation, method: Method::POST, url, headers, body }
    }

    pub(super) fn get(operation: &'static str, url: Url, authorization: HeaderValue) -> Self {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]);
        Self { operation, method: Method::GET, url, headers, body: Zeroizing::default() }
    }
}

fn content_type(media_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))])
}

impl Sender {
    /// Sends a request once, and reads its answer. Never again by itself: a code is spent by a
    /// lost answer, and a rotated refresh token may be.
    ///
    /// What is logged is the operation, the status and the outcome's stable word.
    pub(super) async fn call<T>(
        &self,
        request: Request,
        read: impl FnOnce(&Answer) -> Result<T, AuthError> + Send,
    ) -> Result<T, AuthError> {
        let operation = request.operation;
        let span = tracing::debug_span!(target: "cognito_auth::idp", "request", operation);
        let answer = self.send(request).instrument(span).await;
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let result = answer.and_then(|answer| read(&answer));
        let code = result.as_ref().err().map_or("ok", AuthError::code);
        tracing::debug!(target: "cognito_auth::idp", operation, status, code, "answered");
        measure::requested(operation, result.as_ref().err().map(AuthError::code));
        result
    }

    async fn send(&self, request: Request) -> Result<Answer, AuthError> {
        let sending = self
            .http
            .request(request.method, request.url)
            .headers(request.headers)
            .timeout(self.timeout)
            .body(request.body.to_string())
            .send();
        let lost = |error: reqwest::Error| AuthError::Unreachable(unreachable(&error));
        let mut response = sending.await.map_err(lost)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        match read_body(response, MAX_ANSWER_BYTES).await {
            Ok(body) => Ok(Answer { status, headers, body: Zeroizing::new(body) }),
            Err(BodyError::Unreachable(how)) => Err(AuthError::Unreachable(how)),
            Err(BodyError::TooLarge) => {
                Err(AuthError::Undecodable { status, reason: "it is too large" })
            }
        }
    }
}
