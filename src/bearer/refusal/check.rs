//! What to check for each reason: fixed sentences, the claim or the part of the request first.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::error::VerifyError;
use crate::metrics::TokenUse;

pub(super) fn of_token(error: &VerifyError, expected: Option<TokenUse>) -> &'static str {
    match error {
        VerifyError::TooLarge { .. } => {
            "size: send the token alone; if it is Cognito's, write fewer claims or groups into it, \
             or raise max_token_bytes()"
        }
        VerifyError::NotThreeParts => {
            "form: a JWT has three parts, a refresh token has five; send the access token"
        }
        VerifyError::SchemeIncluded => "Authorization: send `Bearer` once, then the token",
        VerifyError::NotBase64Url { .. } | VerifyError::NotJsonObject { .. } => {
            "form: send the token whole, unchanged and without quotes"
        }
        VerifyError::HeaderTooLarge { .. }
        | VerifyError::DuplicateMember { .. }
        | VerifyError::CriticalHeader
        | VerifyError::EmbeddedKey
        | VerifyError::KeyIdUnusable => "form: Cognito makes no such token; see who sends it",
        VerifyError::AlgorithmNotAllowed => {
            "alg: Cognito signs with RS256; another issuer's algorithm is set at the verifier"
        }
        VerifyError::IssuerNotAllowed => {
            "iss: the user pool that the token is from, and the id and Region of the verifier's pool"
        }
        VerifyError::UnknownKey => {
            "kid: the pool has published no such key; an emulator was restarted, or the token is old"
        }
        VerifyError::KeyMismatch => {
            "keys: the key set has a key of this kid for another algorithm than the verifier's"
        }
        VerifyError::SignatureInvalid => {
            "signature: the token was changed or cut, or another issuer signed it"
        }
        VerifyError::ClaimMissing { .. } | VerifyError::ClaimMalformed { .. } => {
            "claims: what the pre token generation trigger changes; max_age needs auth_time"
        }
        VerifyError::TokenUseMismatch => match expected {
            Some(TokenUse::Access) => {
                "token_use: an ID token was sent where an access token is expected"
            }
            Some(TokenUse::Id) => {
                "token_use: an access token was sent where an ID token is expected"
            }
            None => "token_use: an ID token is no access token, and the reverse",
        },
        VerifyError::ClientNotAllowed => {
            "client_id of an access token, aud of an ID token: the app client that signs in, and \
             the ones that the verifier accepts"
        }
        VerifyError::Expired { .. } => {
            "exp: refresh the token; if it is new, set this machine's clock or leeway()"
        }
        VerifyError::LifetimeTooLong { .. } => {
            "exp and iat: Cognito's tokens live for a day at most; see who made this one"
        }
        VerifyError::NotYetValid { .. } | VerifyError::IssuedInFuture { .. } => {
            "nbf and iat: this machine's clock is behind; set it, or leeway()"
        }
        VerifyError::AudienceNotAllowed => {
            "aud of an access token: the resource that it was asked for, and resource() of the \
             verifier"
        }
        VerifyError::UserRequired => {
            "the token is from client credentials; accept_client_credentials() lets machines in"
        }
        VerifyError::ScopeMissing => {
            "scope: the scopes that the sign-in asks for and the app client allows, and those that \
             are required here"
        }
        VerifyError::GroupMissing => {
            "cognito:groups: the user's groups when the token was issued, and those that are \
             required here"
        }
        VerifyError::TooOld { .. } => {
            "auth_time: the user has to sign in again; a refresh does not count"
        }
        VerifyError::NonceMismatch => {
            "nonce: the ID token belongs to another sign-in than the one it is compared with"
        }
        VerifyError::AccessTokenHashMismatch | VerifyError::SubjectMismatch => {
            "at_hash and sub: the tokens of one answer belong together"
        }
        VerifyError::CustomCheck { .. } => {
            "check_access() or check_id() of this application: its word is in the error"
        }
        VerifyError::Revoked => "revocation: the user signed out, or the token was revoked",
        VerifyError::KeysUnavailable(_) | VerifyError::RevocationUnavailable(_) => {
            "the token cannot be checked at the moment"
        }
    }
}

/// Why no bearer token was found in these headers.
pub(super) fn of_missing_token(headers: &HeaderMap) -> &'static str {
    let Some(unverified) = headers.get(AUTHORIZATION) else {
        return "there is no Authorization header: a proxy or a CORS rule may drop it";
    };
    // Every JWT begins with the base64url of `{"`.
    if unverified.as_bytes().trim_ascii().starts_with(b"eyJ") {
        "Authorization has a token without the word Bearer before it"
    } else {
        "Authorization has another scheme than Bearer"
    }
}
