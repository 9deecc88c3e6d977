//! The one place of the sign-in half where a request leaves the process.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header};
use tracing::Instrument as _;
use url::Url;
use zeroize::Zeroizing;

use super::form::Form;
use super::handed_out;
use super::json_api::{self, Operation};
use super::response::ProviderResponse;
use crate::error::{AnswerProblem, AuthError};
use crate::metrics;
use crate::transport::{BodyError, Delivery, Foreign, HttpClient, SentTwice, foreign, read_body};

/// The largest answer that is read, in bytes. Tokens are a few KiB, a user with every attribute
/// at its longest about 100.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// An HTTP client, and the time that one call may take, connecting and reading included.
pub(super) struct Sender {
    pub(super) http: HttpClient,
    pub(super) timeout: Duration,
}

/// A request, ready to go.
pub(super) struct ProviderRequest {
    /// What it is for, in logs.
    operation: &'static str,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Zeroizing<String>,
    delivery: Delivery,
    /// Whether a refresh token may be in the answer.
    hands_out: bool,
}

impl ProviderRequest {
    /// A successful answer has a refresh token in it, which is not lost with the rest.
    pub(super) fn hands_out_refresh_token(self) -> Self {
        Self { hands_out: true, ..self }
    }

    /// A request that is sent once, unless it is made [`idempotent`](Self::idempotent).
    pub(super) fn form(operation: &'static str, url: Url, form: Form) -> Self {
        let mut headers = content_type("application/x-www-form-urlencoded");
        if let Some(authorization) = form.authorization {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        let (method, body) = (Method::POST, form.body);
        let delivery = Delivery::AtMostOnce;
        Self { operation, method, url, headers, body, delivery, hands_out: false }
    }

    pub(super) fn json(operation: Operation, url: &Url, body: Zeroizing<String>) -> Self {
        let mut headers = content_type(json_api::MEDIA_TYPE);
        headers.insert("x-amz-target", HeaderValue::from_static(operation.target));
        let delivery =
            if operation.is_idempotent { Delivery::Idempotent } else { Delivery::AtMostOnce };
        let (operation, url) = (operation.name, url.clone());
        let method = Method::POST;
        Self { operation, method, url, headers, body, delivery, hands_out: false }
    }

    pub(super) fn get(operation: &'static str, url: Url, authorization: HeaderValue) -> Self {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]);
        let (method, body) = (Method::GET, Zeroizing::default());
        let delivery = Delivery::Idempotent;
        Self { operation, method, url, headers, body, delivery, hands_out: false }
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
    /// Where the answer is a success that cannot be used, the error has the refresh token of the
    /// answer in it, as far as one can be read and the request said that there is one.
    ///
    /// What is logged is the operation, the status and the outcome's stable word.
    pub(super) async fn call<T>(
        &self,
        request: ProviderRequest,
        read: impl FnOnce(&ProviderResponse) -> Result<T, AuthError> + Send,
    ) -> Result<T, AuthError> {
        self.call_within(self.timeout, request, read).await
    }

    /// As [`call`](Self::call), with what is left of the time.
    pub(super) async fn call_within<T>(
        &self,
        timeout: Duration,
        request: ProviderRequest,
        read: impl FnOnce(&ProviderResponse) -> Result<T, AuthError> + Send,
    ) -> Result<T, AuthError> {
        let (operation, hands_out) = (request.operation, request.hands_out);
        let span = tracing::debug_span!(target: "cognito_auth::idp", "request", operation);
        let answer = self.send(request, timeout).instrument(span).await;
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let result = answer.and_then(|answer| {
            let result = answer
                .stopped_by_firewall()
                .and_then(|()| answer.whole())
                .and_then(|()| read(&answer).map_err(|error| of_another(error, &answer)));
            result.map_err(|error| match hands_out && answer.status == 200 {
                true => error.with_new_refresh_token(handed_out::refresh_token(&answer.body)),
                false => error,
            })
        });
        let code = result.as_ref().err().map_or("ok", AuthError::code);
        tracing::debug!(target: "cognito_auth::idp", operation, status, code, "answered");
        metrics::requested(operation, result.as_ref().err().map(AuthError::code));
        result
    }

    async fn send(
        &self,
        mut request: ProviderRequest,
        timeout: Duration,
    ) -> Result<ProviderResponse, AuthError> {
        let (delivery, hands_out) = (request.delivery, request.hands_out);
        let mut sent = reqwest::Request::new(request.method, request.url);
        *sent.headers_mut() = request.headers;
        *sent.body_mut() = Some(std::mem::take(&mut *request.body).into());
        let answer = self.http.send(sent, timeout, delivery).await;
        let mut response = answer.map_err(AuthError::Unreachable)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let sent_twice = response.extensions().get::<SentTwice>().is_some();
        let limit = if hands_out { handed_out::MAX_BYTES } else { MAX_ANSWER_BYTES };
        let (body, lost) = match read_body(response, limit).await {
            Ok(body) if body.len() <= MAX_ANSWER_BYTES => (body, None),
            Ok(body) => (body, Some(too_large(status))),
            Err((BodyError::Unreachable(how), body)) => (body, Some(AuthError::Unreachable(how))),
            Err((BodyError::TooLarge, body)) => (body, Some(too_large(status))),
        };
        Ok(ProviderResponse { status, headers, body: Zeroizing::new(body), lost, sent_twice })
    }
}

/// An answer that cannot be read says whose it is, where that can be seen. A redirect says enough.
fn of_another(error: AuthError, answer: &ProviderResponse) -> AuthError {
    let AuthError::Undecodable { status, .. } = error else { return error };
    let reason = match (status, foreign(&answer.headers, &answer.body)) {
        (300..=399, _) => return error,
        (407, _) => AnswerProblem::ProxyLogin,
        (_, Some(Foreign::Html)) => AnswerProblem::Html,
        (_, Some(Foreign::Compressed)) => AnswerProblem::Compressed,
        (_, None) => return error,
    };
    AuthError::Undecodable { status, reason }
}

fn too_large(status: u16) -> AuthError {
    AuthError::Undecodable { status, reason: AnswerProblem::TooLarge }
}
