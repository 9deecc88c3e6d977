//! Any answer of the operations of direct sign-in and of accounts.

#![no_main]

use cognito_auth::fuzzing::{account_replies, direct_refresh_reply, direct_reply};
use cognito_auth_fuzz::{answer, check_error};
use http::header::RETRY_AFTER;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((status, headers, body)) = answer(input, RETRY_AFTER) else { return };
    let reply = direct_reply(status, headers.clone(), body);
    let refreshed = direct_refresh_reply(status, headers.clone(), body);
    // A refresh takes the tokens that a sign-in takes, and no challenge.
    let is_tokens = reply.as_ref().is_ok_and(|name| name == "tokens");
    match refreshed {
        Ok(_) => assert!(is_tokens),
        Err(error) => {
            assert!(!is_tokens);
            check_error(&error);
        }
    }
    match reply {
        Ok(name) => {
            assert_eq!(status, 200);
            let read: serde_json::Value = serde_json::from_slice(body).unwrap();
            if read["AuthenticationResult"].is_object() {
                assert_eq!(name, "tokens");
            } else {
                assert_eq!(read["ChallengeName"], name.as_str());
            }
        }
        Err(error) => check_error(&error),
    }
    for reply in account_replies(status, headers, body) {
        match reply {
            Ok(_) => assert_eq!(status, 200),
            Err(error) => check_error(&error),
        }
    }
});
