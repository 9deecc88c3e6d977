//! [`TokenSource`]: where a request's token is read from.

use std::sync::Arc;

#[cfg(feature = "actix-web")]
use http::header::COOKIE;
use http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderMap, HeaderName};

use super::authorization::{is_b64token, unverified_token_within};
use super::challenge::Challenge;
use super::cookie::{CookieValue, find};
use super::csrf::CsrfRules;
use super::request_head::RequestHead;
use crate::error::VerifyError;

/// Before the token, among the protocols that a WebSocket client offers.
const PROTOCOL_PREFIX: &str = "bearer.";

#[derive(Debug, Clone)]
pub(super) enum TokenSource {
    /// RFC 6750 §2.1.
    Authorization,
    /// The token alone, without a scheme.
    Field(HeaderName),
    /// One of the offered protocols is `bearer.` and the token.
    WebSocketProtocol,
    /// The token alone is the value of a cookie.
    Cookie(Arc<CookieSource>),
}

/// A browser sends a cookie with requests that pages of other sites cause.
#[derive(Debug)]
pub(super) struct CookieSource {
    pub(super) name: String,
    pub(super) csrf: CsrfRules,
}

impl TokenSource {
    /// The field with the token, and others that are read.
    #[cfg(feature = "actix-web")]
    pub(super) fn fields(&self) -> impl Iterator<Item = &HeaderName> {
        let (field, others) = match self {
            Self::Authorization => (&AUTHORIZATION, None),
            Self::Field(name) => (name, None),
            Self::WebSocketProtocol => (&SEC_WEBSOCKET_PROTOCOL, None),
            Self::Cookie(source) => (&COOKIE, Some(source.csrf.fields())),
        };
        std::iter::once(field).chain(others.into_iter().flatten())
    }

    /// The token of a request, not verified, of at most so many bytes.
    pub(super) fn unverified_token<'a>(
        &self,
        request: RequestHead<'a>,
        limit: usize,
    ) -> Result<Option<&'a str>, Challenge> {
        let headers = request.headers;
        match self {
            Self::Authorization => unverified_token_within(headers, limit),
            Self::Field(name) => {
                let mut fields = headers.get_all(name).iter();
                let Some(field) = fields.next() else { return Ok(None) };
                if fields.next().is_some() {
                    return Err(Challenge::malformed(
                        "the token's header field is there more than once",
                    ));
                }
                token(
                    field.as_bytes().trim_ascii(),
                    limit,
                    "the token's header field has more than a token, or nothing",
                )
                .map(Some)
            }
            Self::WebSocketProtocol => {
                // A list may be split over several fields (RFC 6455 §11.3.4).
                let fields = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
                let offered = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
                let mut tokens = offered
                    .filter_map(|one| one.trim_ascii().strip_prefix(PROTOCOL_PREFIX.as_bytes()));
                let Some(found) = tokens.next() else { return Ok(None) };
                if tokens.next().is_some() {
                    return Err(Challenge::malformed("Sec-WebSocket-Protocol has two tokens"));
                }
                token(
                    found,
                    limit,
                    "the protocol `bearer.<token>` has more than a token, or nothing",
                )
                .map(Some)
            }
            Self::Cookie(source) => match find(headers, &source.name) {
                CookieValue::Absent => Ok(None),
                CookieValue::Repeated => {
                    Err(Challenge::malformed("the token's cookie is there more than once"))
                }
                CookieValue::One(_) if source.csrf.check(request).is_err() => {
                    Err(Challenge::cross_site())
                }
                CookieValue::One(found) => token(
                    found.as_bytes(),
                    limit,
                    "the token's cookie has more than a token, or nothing",
                )
                .map(Some),
            },
        }
    }

    /// What follows `Bearer` where `Authorization` is written in the usual way, and nothing else was looked at.
    pub(super) fn plain_token<'a>(&self, headers: &'a HeaderMap) -> Option<&'a [u8]> {
        let Self::Authorization = self else { return None };
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let field = fields.next()?;
        if fields.next().is_some() {
            return None;
        }
        field.as_bytes().strip_prefix(b"Bearer ")
    }

    /// The response to a request without a token.
    pub(super) fn missing(&self, headers: &HeaderMap) -> Challenge {
        match self {
            Self::Authorization => Challenge::required(headers),
            Self::Field(_) => {
                Challenge::absent("the request does not have the token's header field")
            }
            Self::WebSocketProtocol => {
                Challenge::absent("Sec-WebSocket-Protocol has no protocol `bearer.<token>`")
            }
            Self::Cookie(_) => Challenge::absent("the request does not have the token's cookie"),
        }
    }
}

/// The token alone; where it is anything else, `check` is written to the log.
fn token<'a>(
    unverified: &'a [u8],
    limit: usize,
    check: &'static str,
) -> Result<&'a str, Challenge> {
    if unverified.len() > limit {
        return Err(Challenge::refused(VerifyError::TooLarge { limit }));
    }
    match std::str::from_utf8(unverified) {
        Ok(token) if is_b64token(token) => Ok(token),
        _ => Err(Challenge::malformed(check)),
    }
}
