//! `POST /auth/sign-in`: a code becomes tokens.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use serde::Serialize;

use super::AuthEndpoints;
use super::response::{self, Failure};
use crate::bearer::challenge::Challenge;
use crate::bearer::response::body_refused;
use crate::claims::{AccessClaims, IdTokenChecks};
use crate::error::{AuthError, RefusalCode, VerifyError};
use crate::idp::{AuthCode, Tokens};
use crate::json::Members;
use crate::request_body::MAX_REQUEST_BODY_BYTES;
use crate::secret::RefreshToken;
use crate::task;

/// [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1), as far as the app wants it.
#[derive(Serialize)]
struct SignInBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

/// Who said which of the listed redirect URIs the code was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RedirectUri {
    /// The body names it.
    Callers,
    /// The first of the list.
    Own,
}

/// The answer, and the refresh token to revoke where the client leaves before it gets it.
type Exchanged = (Response<String>, Option<RefreshToken>);

impl AuthEndpoints {
    pub(super) async fn sign_in(&self, headers: &HeaderMap, body: &[u8]) -> Response<String> {
        if !is_json(headers) {
            return response::unsupported_media_type();
        }
        let Some((code, redirect_uri)) = self.read_code(body) else {
            return body_refused();
        };
        // From here on the code is spent: a client that leaves must not keep tokens from being
        // given back.
        let (endpoints, revoking) = (self.clone(), self.clone());
        let exchange = Box::pin(async move { endpoints.exchange(code, redirect_uri).await });
        let unclaimed = move |(_, refresh_token): Exchanged| async move {
            revoking.revoke_unused(refresh_token.as_ref()).await;
        };
        match task::run_to_hand_over(exchange, unclaimed).await {
            Some((answer, _)) => answer,
            None => response::sign_in_incomplete(),
        }
    }

    async fn exchange(&self, code: AuthCode, redirect_uri: RedirectUri) -> Exchanged {
        let mut tokens = match self.0.identity_provider.auth_with_code(code).await {
            Ok(tokens) => tokens,
            Err(error) => {
                // A provider that leaves it to the caller.
                self.revoke_unused(error.new_refresh_token()).await;
                return (failed(&error, redirect_uri), None);
            }
        };
        let _guard = self.0.logout.revoke_on_panic(tokens.refresh_token.as_ref());
        if !self.0.id_token {
            tokens.id_token = None;
        }
        match self.verify(&tokens).await {
            Ok(claims) => (self.hand_out(&tokens, &claims), tokens.refresh_token),
            Err(error) => {
                self.revoke_unused(tokens.refresh_token.as_ref()).await;
                (unverified(error), None)
            }
        }
    }

    /// Revokes the refresh token of tokens that are not handed out, which would be valid for weeks. If Cognito does
    /// not answer, the revocation is retried in the background.
    async fn revoke_unused(&self, refresh_token: Option<&RefreshToken>) {
        let Some(refresh_token) = refresh_token else { return };
        let told = self.0.logout.of_unused(refresh_token).await;
        if let Err(error) = &told.cognito {
            let (code, is_retried) = (error.code(), told.is_retried);
            tracing::warn!(target: "cognito_auth::endpoints", operation = "sign_in", code, is_retried, "tokens that were not handed out could not be revoked");
        }
    }

    fn read_code(&self, body: &[u8]) -> Option<(AuthCode, RedirectUri)> {
        if body.len() > MAX_REQUEST_BODY_BYTES {
            return None;
        }
        let members = Members::parse(body).ok()?;
        let code = members.optional_text("code").ok()?.filter(|code| !code.is_empty())?;
        let listed = &self.0.redirect_uris;
        let (redirect_uri, whose) = match members.optional_text("redirect_uri").ok()? {
            Some(given) => (listed.iter().find(|one| **one == *given)?, RedirectUri::Callers),
            None => (listed.first()?, RedirectUri::Own),
        };
        let auth_code = AuthCode::new(code, redirect_uri);
        let auth_code = match members.optional_text("code_verifier").ok()? {
            Some(code_verifier) => auth_code.with_code_verifier(code_verifier.as_ref()),
            None if self.0.code_verifier_required => return None,
            None => auth_code,
        };
        Some((auth_code, whose))
    }

    /// Nothing is handed out that this service would refuse in the next request.
    async fn verify(&self, tokens: &Tokens) -> Result<AccessClaims, VerifyError> {
        let access_token = &tokens.access_token;
        let claims = self.0.verifier.verify_access(access_token.expose()).await?;
        if let Some(id_token) = &tokens.id_token {
            // Cognito leaves `at_hash` out of some tokens: then `sub` alone ties the two together.
            let checks = IdTokenChecks::new().access_token(access_token).subject(claims.sub());
            self.0.verifier.verify_id(id_token.expose(), checks).await?;
        }
        Ok(claims)
    }

    fn hand_out(&self, tokens: &Tokens, claims: &AccessClaims) -> Response<String> {
        // Issued for this answer: the difference is what is left, whatever the clocks here say.
        let lifetime = || claims.expires_at_seconds().saturating_sub(claims.issued_at_seconds());
        let refresh_token = tokens.refresh_token.as_ref().filter(|_| self.0.refresh_token);
        response::ok(&SignInBody {
            access_token: tokens.access_token.expose(),
            token_type: "Bearer",
            expires_in: tokens.expires_in.as_ref().map_or_else(lifetime, Duration::as_secs),
            id_token: tokens.id_token.as_ref().map(|token| token.expose()),
            refresh_token: refresh_token.map(|token| token.expose()),
        })
    }
}

/// What the verifier has against tokens that were issued a moment ago. Where it is their times, this
/// machine's clock is off; where it is their size, a bound is too low: the user can mend neither.
fn unverified(error: VerifyError) -> Response<String> {
    let code = error.code();
    match error {
        VerifyError::Expired { .. }
        | VerifyError::NotYetValid { .. }
        | VerifyError::IssuedInFuture { .. } => {
            tracing::warn!(target: "cognito_auth::endpoints", operation = "sign_in", code, %error, "the times of a token that was just issued do not fit this machine's clock");
            response::sign_in_incomplete()
        }
        VerifyError::TooLarge { .. } | VerifyError::HeaderTooLarge { .. } => {
            tracing::warn!(target: "cognito_auth::endpoints", operation = "sign_in", code, %error, "a token that was just issued is too large for the verifier");
            response::server_error()
        }
        error => match Challenge::refused(error) {
            challenge if challenge.is_unavailable() => response::sign_in_incomplete(),
            _ => response::sign_in_refused(),
        },
    }
}

fn failed(error: &AuthError, redirect_uri: RedirectUri) -> Response<String> {
    // A caller can name another address than the code's: no setting of this service is wrong then.
    if redirect_uri == RedirectUri::Callers && is_of_redirect_uri(error) {
        response::log_refused(error, "sign_in");
        return response::sign_in_refused();
    }
    match (Failure::of(error, "sign_in"), error) {
        // Not sent at all: the provider has refused nothing.
        (Failure::Refused, AuthError::Input { .. }) => body_refused(),
        (Failure::Refused, _) => response::sign_in_refused(),
        (Failure::Unavailable(wait), error) if is_unspent(error) => response::unavailable(wait),
        (Failure::Unavailable(_), _) => response::sign_in_incomplete(),
        (Failure::Misconfigured, _) => response::server_error(),
    }
}

fn is_of_redirect_uri(error: &AuthError) -> bool {
    matches!(error, AuthError::Refused(refusal) if refusal.code() == RefusalCode::InvalidRedirect)
}

/// Whether the code is good still: the provider has certainly not looked at it.
fn is_unspent(error: &AuthError) -> bool {
    match error {
        AuthError::RateLimited { .. }
        | AuthError::Blocked { .. }
        | AuthError::ClientSecretUnavailable { .. } => true,
        AuthError::Unreachable(how) => how.is_unsent(),
        _ => false,
    }
}

/// `application/json`, once, with whatever parameters: RFC 8259 §11 defines none, and charset is
/// often sent all the same.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut fields = headers.get_all(CONTENT_TYPE).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else { return false };
    let media_type = field.as_bytes().split(|b| *b == b';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(b"application/json")
}
