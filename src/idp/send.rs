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
use crate::transport::{BodyError, Delivery, HttpClient, read_body};

/// The largest answer that is read, in bytes. Tokens are a few KiB, a user with every attribute
/// at its longest about 100.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// An HTTP client, and the time that one request may take, connecting and reading included.
pub(super) struct Sender {
    pub(super) http: HttpClient,
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
    delivery: Delivery,
}

impl Request {
    /// A request that is sent once, unless it is made [`idempotent`](Self::idempotent).
    pub(super) fn form(operation: &'static str, url: Url, form: Form) -> Self {
        let mut headers = content_type("application/x-www-form-urlencoded");
        if let Some(authorization) = form.authorization {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        let (method, delivery) = (Method::POST, Delivery::AtMostOnce);
        Self { operation, method, url, headers, body: form.body, delivery }
    }

    pub(super) fn json(operation: Operation, url: &Url, body: Zeroizing<String>) -> Self {
        let mut headers = content_type(json_api::MEDIA_TYPE);
        headers.insert("x-amz-target", HeaderValue::from_static(operation.target()));
        let delivery = match operation {
            Operation::GetUser | Operation::GlobalSignOut | Operation::RevokeToken => {
                Delivery::Idempotent
            }
            Operation::GetTokensFromRefreshToken => Delivery::AtMostOnce,
        };
        let (operation, url) = (operation.name(), url.clone());
        Self { operation, method: Method::POST, url, headers, body, delivery }
    }

    pub(super) fn get(operation: &'static str, url: Url, authorization: HeaderValue) -> Self {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]);
        let (method, body) = (Method::GET, Zeroizing::default());
        Self { operation, method, url, headers, body, delivery: Delivery::Idempotent }
    }

    /// A second arrival changes nothing.
    pub(super) fn idempotent(mut self) -> Self {
        self.delivery = Delivery::Idempotent;
        self
    }
}

fn content_type(media_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))])
}

impl Sender {
    /// Sends a request, and reads its answer. A code is spent by a lost answer, and a rotated
    /// refresh token may be: those are sent once. What is idempotent is sent once more where a used
    /// connection ended under it.
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
        let delivery = request.delivery;
        let mut sent = reqwest::Request::new(request.method, request.url);
        *sent.headers_mut() = request.headers;
        *sent.body_mut() = Some(request.body.to_string().into());
        let answer = self.http.send(sent, self.timeout, delivery).await;
        let mut response = answer.map_err(AuthError::Unreachable)?;
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
