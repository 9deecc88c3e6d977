//! The settings of [`AuthEndpoints`].

use std::sync::Arc;

use super::{AuthEndpoints, EndpointSettings};
use crate::bearer::jwt_bearer::JwtBearer;
use crate::error::{ConfigError, RequiredSetting, ValueProblem};
use crate::idp::IdentityProvider;
use crate::idp::sign_in::check_redirect_uri;
use crate::logout::Logout;
use crate::verify::TokenVerifier;

/// Builds [`AuthEndpoints`].
///
/// ```
/// # use cognito_auth::{AuthEndpoints, CognitoClient, ConfigError, JwtVerifier};
/// # fn example(
/// #     cognito: CognitoClient,
/// #     verifier: JwtVerifier,
/// # ) -> Result<AuthEndpoints, ConfigError> {
/// AuthEndpoints::builder(cognito, verifier)
///     .redirect_uri("https://app.example.com/callback")
///     .redirect_uri("http://localhost:5173/callback")
///     .with_refresh_token()
///     .base_path("/api/auth")
///     .build()
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct AuthEndpointsBuilder {
    identity_provider: Arc<dyn IdentityProvider>,
    verifier: Arc<dyn TokenVerifier>,
    redirect_uris: Vec<String>,
    id_token: bool,
    refresh_token: bool,
    code_verifier_required: bool,
    base_path: String,
    logout: Option<Logout>,
}

impl AuthEndpointsBuilder {
    pub(super) fn new(
        identity_provider: Arc<dyn IdentityProvider>,
        verifier: Arc<dyn TokenVerifier>,
    ) -> Self {
        Self {
            identity_provider,
            verifier,
            redirect_uris: Vec::new(),
            id_token: false,
            refresh_token: false,
            code_verifier_required: false,
            base_path: "/auth".to_owned(),
            logout: None,
        }
    }

    /// Adds a redirect URI, to which Cognito sends the browser with the code: one of the app client's
    /// callback URLs, byte for byte. At least one is required. A sign-in may name any of them; the first
    /// is the default.
    pub fn redirect_uri(mut self, redirect_uri: impl Into<String>) -> Self {
        self.redirect_uris.push(redirect_uri.into());
        self
    }

    /// Refuses `POST /auth/sign-in` without a `code_verifier`: a 400, and the code is not sent to
    /// Cognito. A code of a sign-in that an attacker started, without PKCE or with a verifier of their own,
    /// then cannot be used here
    /// ([RFC 9700 §2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1)). Off by default, since
    /// front ends without PKCE exist. Turn it on, and create the verifier in the front end:
    /// [what it has to check](AuthEndpoints#what-the-front-end-has-to-check).
    pub fn require_code_verifier(mut self) -> Self {
        self.code_verifier_required = true;
        self
    }

    /// Also sends the ID token to the front end, if there is one (the scope `openid`). Off by default:
    /// `GET /auth/me` says who signed in.
    pub fn with_id_token(mut self) -> Self {
        self.id_token = true;
        self
    }

    /// Also sends the refresh token to the front end. Off by default: it is valid for weeks, so a script
    /// that steals it can act as the user long after the sign-in
    /// ([RFC 9700 §4.14](https://www.rfc-editor.org/rfc/rfc9700#section-4.14)).
    pub fn with_refresh_token(mut self) -> Self {
        self.refresh_token = true;
        self
    }

    /// The [`Logout`] that `/auth/logout` uses. Default: a new one, with this provider and verifier. Pass
    /// the one that the rest of the application uses, so that all retries of sign-outs are in one queue.
    pub fn logout(mut self, logout: Logout) -> Self {
        self.logout = Some(logout);
        self
    }

    /// The prefix of the paths. Default `/auth`. Set it to the empty text if a router strips the prefix.
    pub fn base_path(mut self, base_path: impl Into<String>) -> Self {
        self.base_path = base_path.into();
        self
    }

    /// Builds the endpoints.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] without a redirect URI; [`ConfigError::Url`] when one is not an
    /// absolute URL (`https`, `http` for loopback, or an app's own scheme) of at most 1024
    /// characters without a fragment; [`ConfigError::Value`] when the base path is neither empty
    /// nor a path without a slash at its end.
    pub fn build(self) -> Result<AuthEndpoints, ConfigError> {
        if self.redirect_uris.is_empty() {
            return Err(ConfigError::Missing { setting: RequiredSetting::RedirectUri });
        }
        for redirect_uri in &self.redirect_uris {
            check_redirect_uri(redirect_uri)
                .map_err(|reason| ConfigError::Url { setting: "redirect_uri", reason })?;
        }
        check_base_path(&self.base_path)?;
        let logout = self.logout.unwrap_or_else(|| {
            Logout::shared(Arc::clone(&self.identity_provider), Arc::clone(&self.verifier))
        });
        Ok(AuthEndpoints(Arc::new(EndpointSettings {
            identity_provider: self.identity_provider,
            bearer: JwtBearer::from(Arc::clone(&self.verifier)),
            verifier: self.verifier,
            redirect_uris: self.redirect_uris,
            id_token: self.id_token,
            refresh_token: self.refresh_token,
            code_verifier_required: self.code_verifier_required,
            base_path: self.base_path,
            logout,
        })))
    }
}

/// Only what every client writes in one way: the path is compared as it comes, nothing is decoded.
fn check_base_path(path: &str) -> Result<(), ConfigError> {
    let plain = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    let fits = match path.strip_prefix('/') {
        Some(segments) => segments.split('/').all(plain),
        None => path.is_empty(),
    };
    if fits {
        return Ok(());
    }
    Err(ConfigError::Value { setting: "base_path", reason: ValueProblem::NotABasePath })
}

#[cfg(test)]
mod tests;
