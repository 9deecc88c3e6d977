//! `GET` and `POST /auth/logout`: signed out here, then at the identity provider.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use super::AuthEndpoints;
use super::response::{self, Failure};
use crate::bearer::authorization::unverified_token_within;
use crate::bearer::challenge::{Challenge, RETRY_AFTER_UNAVAILABLE};
use crate::bearer::response::error_response;
use crate::claims::AccessClaims;
use crate::error::{Part, RevocationError, VerifyError};
use crate::jwt::{Parts, decode, members};
use crate::secret::AccessToken;
use crate::task;

#[derive(Serialize)]
struct SignedOut {
    message: &'static str,
}

/// Whether this service refuses the token from now on.
#[derive(Clone, Copy)]
enum LocalSignOut {
    Recorded,
    NotRecorded,
}

impl AuthEndpoints {
    /// In a task of its own: a client that leaves is signed out all the same, here and there.
    pub(super) async fn logout(&self, headers: &HeaderMap) -> Response<String> {
        let limit = self.0.verifier.max_token_bytes();
        let token = match unverified_token_within(headers, limit) {
            Ok(Some(token)) => AccessToken::from(token),
            Ok(None) => return refused(Challenge::required(headers)),
            Err(challenge) => return refused(challenge),
        };
        let endpoints = self.clone();
        let answer = task::run_detached(async move { endpoints.sign_out(token).await });
        answer.await.unwrap_or_else(|| response::unavailable(RETRY_AFTER_UNAVAILABLE))
    }

    async fn sign_out(&self, token: AccessToken) -> Response<String> {
        let (claims, was_revoked) = match self.authenticate(token.expose()).await {
            Ok(genuine) => genuine,
            Err(challenge) => return refused(challenge),
        };
        let outcome = self.0.logout.of_user(token, claims, was_revoked).await;
        let there = outcome.cognito.map_err(|error| Failure::of(&error, "logout"));
        answer_of(recorded(outcome.local), there, outcome.is_retried)
    }

    /// Only a genuine token signs its user out. These errors are given for genuine tokens only, after
    /// signature, client and times held: see [`TokenVerifier`](crate::TokenVerifier). Also
    /// says whether it was revoked before.
    async fn authenticate(&self, token: &str) -> Result<(AccessClaims, bool), Challenge> {
        let error = match self.0.verifier.verify_access(token).await {
            Ok(claims) => return Ok((claims, false)),
            Err(error) if error.is_genuine() => error,
            Err(error) => return Err(Challenge::refused(error)),
        };
        // Signed out here before. A store, or the provider, may have failed to record it that time.
        let was_revoked = error == VerifyError::Revoked;
        let claims = claims_of_genuine(token).ok_or_else(|| Challenge::refused(error))?;
        Ok((claims, was_revoked))
    }
}

fn refused(challenge: Challenge) -> Response<String> {
    response::not_authenticated(StatusCode::UNAUTHORIZED, challenge)
}

fn recorded(written: Result<(), RevocationError>) -> LocalSignOut {
    match written {
        Ok(()) => LocalSignOut::Recorded,
        Err(error) => {
            let (code, cause) = ("revocation_unavailable", error.reason());
            tracing::error!(target: "cognito_auth::endpoints", operation = "logout", code, cause, "a sign-out was not recorded here");
            LocalSignOut::NotRecorded
        }
    }
}

/// Only for a token whose signature, client and times held.
fn claims_of_genuine(token: &str) -> Option<AccessClaims> {
    let payload = decode(Parts::split(token).ok()?.payload, Part::Payload).ok()?;
    let members = members(&payload, Part::Payload).ok()?;
    AccessClaims::read(&members).ok()
}

fn answer_of(
    local: LocalSignOut,
    there: Result<(), Failure>,
    is_retried: bool,
) -> Response<String> {
    const INCOMPLETE: &str = "logout_incomplete";
    match (local, there) {
        (LocalSignOut::Recorded, Ok(())) => {
            response::ok(&SignedOut { message: "Logout successful." })
        }
        (LocalSignOut::Recorded, Err(Failure::Refused)) => {
            let message = "Signed out here; the identity provider refused to sign the user out.";
            let mut response = error_response(StatusCode::UNAUTHORIZED, INCOMPLETE, message);
            if let Some(challenge) = Challenge::invalid_token().www_authenticate() {
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            response
        }
        (LocalSignOut::Recorded, Err(Failure::Unavailable(wait))) => {
            let message = if is_retried {
                "Signed out here; the identity provider could not be told yet, and is told again."
            } else {
                "Signed out here; the identity provider could not be told."
            };
            response::unavailable_because(INCOMPLETE, message, wait)
        }
        (LocalSignOut::Recorded, Err(Failure::Misconfigured)) => {
            let message =
                "Signed out here; this service is not set up to tell the identity provider.";
            error_response(StatusCode::INTERNAL_SERVER_ERROR, INCOMPLETE, message)
        }
        (LocalSignOut::NotRecorded, Ok(())) => {
            let message = "Signed out at the identity provider; this service could not record it.";
            response::unavailable_because(INCOMPLETE, message, RETRY_AFTER_UNAVAILABLE)
        }
        (LocalSignOut::NotRecorded, Err(_)) => {
            let message = "Not signed out; try again later.";
            response::unavailable_because("logout_failed", message, RETRY_AFTER_UNAVAILABLE)
        }
    }
}
