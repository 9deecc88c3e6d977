//! The words of a [`Challenge`]: its code, and the sentences for the client and for the log.

use std::fmt;

use super::{Challenge, Reason};
use crate::error::in_words;

impl Challenge {
    /// A stable word for logs, metrics and the body.
    pub fn code(&self) -> &'static str {
        match self.reason {
            Reason::MissingToken => "missing_token",
            Reason::InvalidRequest => "invalid_request",
            Reason::InvalidToken => "invalid_token",
            Reason::InsufficientScope => "insufficient_scope",
            Reason::CrossSite => "csrf",
            Reason::InsufficientAuthentication { .. } => "insufficient_user_authentication",
            Reason::Unavailable => "temporarily_unavailable",
        }
    }

    pub(crate) fn message(&self) -> &'static str {
        match self.reason {
            Reason::MissingToken => "A bearer token is required.",
            Reason::InvalidRequest => "The token of the request is malformed.",
            Reason::InvalidToken => "The token is not accepted.",
            Reason::InsufficientScope => "The token does not allow this.",
            Reason::CrossSite => "This request did not come from a page of this site.",
            Reason::InsufficientAuthentication { .. } => "A newer or stronger sign-in is required.",
            Reason::Unavailable => "The token cannot be checked at the moment.",
        }
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::MissingToken => "there is no bearer token",
            Reason::InvalidRequest => "the token of the request is malformed",
            Reason::InvalidToken => "the token is refused",
            Reason::InsufficientScope => "the token lacks a scope or group",
            Reason::CrossSite => "the request may come from a page of another site",
            Reason::InsufficientAuthentication { .. } => "the sign-in is too old or too weak",
            Reason::Unavailable => "the token cannot be checked at the moment",
        })
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_words(self, f)
    }
}

impl std::error::Error for Challenge {}
