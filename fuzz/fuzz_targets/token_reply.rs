//! Any answer of the token endpoint, of GetTokensFromRefreshToken, of GlobalSignOut.

#![no_main]

use cognito_auth::fuzzing::{sign_out_reply, token_reply};
use cognito_auth_fuzz::{answer, check_error};
use http::header::RETRY_AFTER;
use libfuzzer_sys::fuzz_target;

const TEN_YEARS: u64 = 315_360_000;

fuzz_target!(|input: &[u8]| {
    let Some((status, headers, body)) = answer(input, RETRY_AFTER) else { return };
    for reply in token_reply(status, headers.clone(), body) {
        match reply {
            Ok(tokens) => {
                assert_eq!(status, 200);
                assert!(!tokens.access_token.expose().is_empty());
                assert!(tokens.expires_in.is_none_or(|life| life.as_secs() <= TEN_YEARS));
                let shown = format!("{tokens:?}");
                let token = tokens.access_token.expose();
                assert!(token.len() < 64 || !shown.contains(token));
            }
            Err(error) => check_error(&error),
        }
    }
    match sign_out_reply(status, headers, body) {
        Ok(()) => assert_eq!(status, 200),
        Err(error) => check_error(&error),
    }
});
