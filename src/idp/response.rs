//! An HTTP response, and what its status means at every endpoint.

use std::time::Duration;

use http::{HeaderMap, header};
use zeroize::Zeroizing;

use crate::error::{AnswerProblem, AuthError, Refusal};
use crate::json::Members;

/// The longest `Retry-After` that is passed on, in seconds. Cognito's quotas are per second, so that a
/// longer one is a mistake, and must not stop a caller for a day.
const MAX_RETRY_AFTER: u64 = 300;

/// A response of the provider. The body may contain tokens: it is wiped on drop, and there is no
/// `Debug`.
pub(crate) struct ProviderResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// Why the body is incomplete.
    pub(crate) lost: Option<AuthError>,
    /// This is the response to a second try: the first request may have arrived, and be the reason for
    /// it.
    pub(crate) sent_twice: bool,
}

impl ProviderResponse {
    pub(crate) fn whole(&self) -> Result<(), AuthError> {
        self.lost.clone().map_or(Ok(()), Err)
    }

    pub(crate) fn undecodable(&self, reason: AnswerProblem) -> AuthError {
        AuthError::Undecodable { status: self.status, reason }
    }

    /// The body as one JSON object without duplicate members.
    pub(crate) fn members(&self) -> Option<Members<'_>> {
        Members::parse(&self.body).ok()
    }

    /// The error that the status alone decides: a redirect, a firewall's page, a quota, a failure.
    /// `None` for 200 and for the 4xx statuses that depend on the body.
    ///
    /// A redirect is never followed, because the secret of the request would be sent to another server.
    pub(crate) fn error_by_status(&self) -> Option<AuthError> {
        match self.status {
            429 => Some(self.rate_limited()),
            403 | 405 => Some(self.blocked()),
            500..=599 => Some(AuthError::ServerError { status: self.status }),
            300..=399 => Some(self.undecodable(AnswerProblem::Redirect)),
            200 | 400..=499 => None,
            _ => Some(self.undecodable(AnswerProblem::Status)),
        }
    }

    /// AWS WAF names its action in a header: `challenge` (202), `captcha` (405), or one that is not
    /// known yet. Cognito has not received the request then, whatever the status.
    pub(crate) fn stopped_by_firewall(&self) -> Result<(), AuthError> {
        if self.headers.contains_key("x-amzn-waf-action") { Err(self.blocked()) } else { Ok(()) }
    }

    pub(crate) fn blocked(&self) -> AuthError {
        AuthError::Blocked { status: self.status, retry_after: self.retry_after() }
    }

    /// Cognito throttles with 400 as well as with 429, and not always with a type: the message decides
    /// (`{"message":"Rate exceeded"}`).
    pub(crate) fn is_throttled(&self, kind: Option<&str>, words: Option<&str>) -> bool {
        let by_kind = matches!(kind, Some("TooManyRequestsException" | "ThrottlingException"));
        by_kind
            || words.is_some_and(|words| {
                let words = words.to_ascii_lowercase();
                words.starts_with("rate exceeded") || words.starts_with("too many requests")
            })
    }

    pub(crate) fn rate_limited(&self) -> AuthError {
        AuthError::RateLimited { retry_after: self.retry_after() }
    }

    /// `Retry-After` in seconds ([RFC 9110
    /// §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). The form with a date is
    /// ignored, because it depends on both clocks.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let seconds = text.parse().unwrap_or(u64::MAX);
        Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
    }
}

/// A refusal with the provider's description, without secrets.
pub(crate) fn refused(refusal: Refusal, words: Option<&str>) -> AuthError {
    AuthError::Refused(match words {
        Some(words) => refusal.with_description(&without_secrets(words)),
        None => refusal,
    })
}

/// The provider's description without anything that could be a token, code or secret: validation
/// messages quote the request. Every run of 32 or more characters that tokens consist of is replaced.
fn without_secrets(words: &str) -> String {
    const SHORTEST: usize = 32;
    let of_a_token =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '=');
    let mut kept = String::with_capacity(words.len().min(1024));
    let mut rest = words;
    while !rest.is_empty() {
        let run = rest.find(|c| !of_a_token(c)).unwrap_or(rest.len());
        let (text, after) = rest.split_at(run);
        kept.push_str(if run >= SHORTEST { "[left out]" } else { text });
        let gap = after.find(of_a_token).unwrap_or(after.len());
        let (text, after) = after.split_at(gap);
        kept.push_str(text);
        rest = after;
    }
    kept
}

#[cfg(test)]
mod tests;
