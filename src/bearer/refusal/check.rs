//! What to check for each reason: fixed sentences, the claim or the part of the request first.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::error::VerifyError;
use crate::jwt::TokenUse;

/// The remedy of the error; for a token of the wrong use, what was expected where that is known.
pub(super) fn of_token(error: &VerifyError, expected: Option<TokenUse>) -> &'static str {
    match (error, expected) {
        (VerifyError::TokenUseMismatch, Some(TokenUse::Access)) => {
            "token_use: an ID token was sent where an access token is expected"
        }
        (VerifyError::TokenUseMismatch, Some(TokenUse::Id)) => {
            "token_use: an access token was sent where an ID token is expected"
        }
        _ => error.remedy(),
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
