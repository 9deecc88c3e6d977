//! Ways in for the fuzz targets, which see the crate from outside: the readers of answers, without
//! the HTTP client in front of them. Compiled for cargo-fuzz alone, which sets `cfg(fuzzing)`.

use http::HeaderMap;
use zeroize::Zeroizing;

use super::response::ProviderResponse;
use super::{Tokens, UserInfo, json_api, token, user_info};
use crate::error::AuthError;
use crate::secret::AccessToken;

/// A response of the provider.
pub(crate) fn provider_answer(status: u16, headers: HeaderMap, body: &[u8]) -> ProviderResponse {
    ProviderResponse {
        status,
        headers,
        body: Zeroizing::new(body.to_vec()),
        lost: None,
        sent_twice: false,
    }
}

/// The answer of the token endpoint, and of GetTokensFromRefreshToken.
pub fn token_reply(status: u16, headers: HeaderMap, body: &[u8]) -> [Result<Tokens, AuthError>; 2] {
    let answer = provider_answer(status, headers, body);
    [token::tokens(&answer), token::json_tokens(&answer)]
}

/// The answer of userInfo, and of GetUser, to a question about this token.
pub fn user_info_reply(
    token: &AccessToken,
    status: u16,
    headers: HeaderMap,
    body: &[u8],
) -> [Result<UserInfo, AuthError>; 2] {
    let answer = provider_answer(status, headers, body);
    [user_info::of_user_info(&answer, token), user_info::of_get_user(&answer, token)]
}

/// The answer of GlobalSignOut and RevokeToken.
pub fn sign_out_reply(status: u16, headers: HeaderMap, body: &[u8]) -> Result<(), AuthError> {
    json_api::done(&provider_answer(status, headers, body))
}
