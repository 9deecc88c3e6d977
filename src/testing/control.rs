//! `POST /_local/clock`: what a program in another process does with [`LocalUserPool::advance`].
//!
//! It is no endpoint of Cognito's, and a page in a browser on this machine must not reach it. The
//! server listens on loopback; a name that leads there (DNS rebinding) is told by `Host`; and a form,
//! or a script without the consent of a preflight that is never given, cannot send `application/json`.
//!
//! [`LocalUserPool::advance`]: super::LocalUserPool::advance

use std::time::Duration;

use http::header::{ALLOW, CONTENT_TYPE, HOST, HeaderName};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, domain, put};
use super::state::Core;
use crate::loopback::is_loopback_host;

/// Ten years, the longest that anything of a pool lives.
const MOST_SECONDS: u64 = 315_360_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

impl Core {
    /// The answer to a request that is for the pool itself; `None` when it is for Cognito.
    pub(super) fn control(&self, request: &Request<Vec<u8>>) -> Option<Answer> {
        (request.uri().path() == "/_local/clock").then(|| self.move_clock(request))
    }

    fn move_clock(&self, request: &Request<Vec<u8>>) -> Answer {
        let headers = request.headers();
        if !has_loopback_host(headers) {
            return refused(StatusCode::FORBIDDEN, "Host is not a loopback address or localhost");
        }
        if request.method() != Method::POST {
            let mut answer = refused(StatusCode::METHOD_NOT_ALLOWED, "the method is POST");
            put(&mut answer, ALLOW, "POST");
            return answer;
        }
        if !is_json(headers) {
            let message = "the content type is application/json";
            return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
        }
        match serde_json::from_slice(request.body()) {
            Ok(Advance { advance_seconds }) if advance_seconds <= MOST_SECONDS => {
                self.clock.advance(Duration::from_secs(advance_seconds));
                answer(StatusCode::OK, &json!({ "now": self.clock.since_epoch().as_secs() }))
            }
            _ => {
                let message =
                    "the body is {\"advance_seconds\": n}, n from 0 to 315360000 (10 years)";
                refused(StatusCode::BAD_REQUEST, message)
            }
        }
    }
}

fn refused(status: StatusCode, message: &str) -> Answer {
    answer(status, &json!({ "message": message }))
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Answer {
    let mut answer = domain(status, body.to_string());
    put(&mut answer, CONTENT_TYPE, "application/json");
    answer
}

/// One `Host`, and it is a name of this machine that no other name resolves to.
fn has_loopback_host(headers: &HeaderMap) -> bool {
    let Some(host) = only(headers, HOST) else { return false };
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    !authority.as_str().contains('@') && is_loopback_host(address)
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = only(headers, CONTENT_TYPE).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The value of a header that is there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}
