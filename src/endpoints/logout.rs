//! `GET` and `POST /auth/logout`: signed out here, then at the identity provider.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, Response, StatusCode};
use serde::Serialize;

use super::AuthEndpoints;
use super::answer::{self, Failure};
use crate::bearer::authorization::unverified_token;
use crate::bearer::challenge::{Challenge, RETRY_AFTER_UNAVAILABLE};
use crate::bearer::response::error_response;
use crate::claims::AccessClaims;
use crate::error::{AuthError, Part, RefusalCode, VerifyError};
use crate::secret::AccessToken;
use crate::unverified::{Parts, decode, members};

#[derive(Serialize)]
struct SignedOut {
    message: &'static str,
}

/// Whether this service refuses the token from now on.
#[derive(Clone, Copy)]
enum Here {
    Refused,
    NotRecorded,
}

impl AuthEndpoints {
    pub(super) async fn logout(&self, headers: &HeaderMap) -> Response<String> {
        let signed_out_here = async {
            let token = unverified_token(headers)?.ok_or(Challenge::missing_token())?;
            Ok((token, self.sign_out_here(token).await?))
        };
        let (token, here) = match signed_out_here.await {
            Ok(signed_out) => signed_out,
            Err(challenge) => {
                return answer::not_authenticated(StatusCode::UNAUTHORIZED, challenge);
            }
        };
        // Whatever happened here: each half is tried for its own sake.
        let token = AccessToken::from(token);
        let there = self.0.identity_provider.logout_with_token(&token).await;
        let there = match there {
            Err(error) if is_signed_out(&error) => Ok(()),
            there => there.map_err(|error| Failure::of(&error, "logout")),
        };
        answer_of(here, there)
    }

    /// Only a genuine token signs anybody out. The reasons let through are given for genuine ones
    /// alone, after signature, client and times held: see [`VerifyToken`](crate::VerifyToken).
    async fn sign_out_here(&self, token: &str) -> Result<Here, Challenge> {
        let recorded = match self.0.verifier.verify_access(token).await {
            Ok(claims) => self.0.verifier.sign_out(&claims).await,
            // Signed out here before. The provider may not have heard of it that time.
            Err(VerifyError::Revoked) => Ok(()),
            // Whoever is signed out here needs no store that can tell whether they were before.
            Err(VerifyError::RevocationUnavailable(error)) => match claims_of_genuine(token) {
                Some(claims) => self.0.verifier.sign_out(&claims).await,
                None => Err(error),
            },
            // Too little for what this service does; enough for whoever wants to leave it.
            Err(
                error @ (VerifyError::ScopeMissing
                | VerifyError::GroupMissing
                | VerifyError::TooOld { .. }
                | VerifyError::CustomCheck { .. }),
            ) => match claims_of_genuine(token) {
                Some(claims) => self.0.verifier.sign_out(&claims).await,
                None => return Err(Challenge::refused(error)),
            },
            Err(error) => return Err(Challenge::refused(error)),
        };
        Ok(match recorded {
            Ok(()) => Here::Refused,
            Err(error) => {
                let (code, cause) = ("revocation_unavailable", error.reason);
                tracing::error!(target: "cognito_auth::endpoints", operation = "logout", code, cause, "a sign-out was not recorded here");
                Here::NotRecorded
            }
        })
    }
}

/// Only for a token whose signature, client and times held.
fn claims_of_genuine(token: &str) -> Option<AccessClaims> {
    let payload = decode(Parts::split(token).ok()?.payload, Part::Payload).ok()?;
    let members = members(&payload, Part::Payload).ok()?;
    AccessClaims::read(&members).ok()
}

/// The provider has nothing left to sign out. Its words differ with what became of the user; the
/// answer must not. Not so an expired token: the user's other sessions may well go on.
fn is_signed_out(error: &AuthError) -> bool {
    let AuthError::Refused(refusal) = error else { return false };
    matches!(
        refusal.code(),
        RefusalCode::TokenRevoked | RefusalCode::UserDisabled | RefusalCode::UserNotFound
    )
}

fn answer_of(here: Here, there: Result<(), Failure>) -> Response<String> {
    const INCOMPLETE: &str = "logout_incomplete";
    match (here, there) {
        (Here::Refused, Ok(())) => answer::ok(&SignedOut { message: "Logout successful." }),
        (Here::Refused, Err(Failure::Refused)) => {
            let message = "Signed out here; the identity provider refused to sign the user out.";
            let mut response = error_response(StatusCode::UNAUTHORIZED, INCOMPLETE, message);
            if let Some(challenge) = Challenge::invalid_token().www_authenticate() {
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            response
        }
        (Here::Refused, Err(Failure::Unavailable(wait))) => {
            let message = "Signed out here; the identity provider could not be told.";
            answer::unavailable_because(INCOMPLETE, message, wait)
        }
        (Here::Refused, Err(Failure::Misconfigured)) => {
            let message =
                "Signed out here; this service is not set up to tell the identity provider.";
            error_response(StatusCode::INTERNAL_SERVER_ERROR, INCOMPLETE, message)
        }
        (Here::NotRecorded, Ok(())) => {
            let message = "Signed out at the identity provider; this service could not record it.";
            answer::unavailable_because(INCOMPLETE, message, RETRY_AFTER_UNAVAILABLE)
        }
        (Here::NotRecorded, Err(_)) => {
            let message = "Not signed out; try again later.";
            answer::unavailable_because("logout_failed", message, RETRY_AFTER_UNAVAILABLE)
        }
    }
}
