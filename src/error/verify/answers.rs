//! What a refusal is answered with, for applications that answer themselves.

use super::{RefusedAs, VerifyError};

impl VerifyError {
    /// Whether the token could not be checked (503), as opposed to refused (401 or 403).
    pub fn is_unavailable(&self) -> bool {
        self.refused_as() == RefusedAs::Unavailable
    }

    /// Whether the token is valid but not sufficient, for example because it lacks a scope or a group (403).
    pub fn is_insufficient(&self) -> bool {
        self.refused_as() == RefusedAs::InsufficientScope
    }

    /// Whether the token is valid, but its user has to sign in again or by stronger means (401
    /// `insufficient_user_authentication`, [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    pub fn is_insufficient_authentication(&self) -> bool {
        self.refused_as() == RefusedAs::InsufficientAuthentication
    }
}
