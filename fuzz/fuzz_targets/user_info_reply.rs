//! Any answer of userInfo and of GetUser: a user that is read is the token's.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::AccessToken;
use cognito_auth::fuzzing::user_info_reply;
use cognito_auth_fuzz::{answer, check_error};
use http::header::WWW_AUTHENTICATE;
use libfuzzer_sys::fuzz_target;

const SUB: &str = "a33408e2-2071-70ef-04ae-70f524b3b6c6";

static TOKEN: LazyLock<AccessToken> =
    LazyLock::new(|| AccessToken::new(include_str!("../seeds/verify/access")));

fuzz_target!(|input: &[u8]| {
    let Some((status, headers, body)) = answer(input, WWW_AUTHENTICATE) else { return };
    for reply in user_info_reply(&TOKEN, status, headers, body) {
        match reply {
            Ok(user) => {
                assert_eq!(status, 200);
                assert_eq!(user.sub, SUB);
                assert_eq!(user.attribute("sub"), Some(SUB));
                assert!(!user.username.is_empty());
                assert_eq!(user.email.as_deref(), user.attribute("email"));
            }
            Err(error) => check_error(&error),
        }
    }
});
