//! Any text as the query of a callback: what is read agrees with the query, and comes back out of
//! no debug output.

#![no_main]

use cognito_auth::Callback;
use cognito_auth_fuzz::check_error;
use libfuzzer_sys::fuzz_target;
use url::form_urlencoded;

fuzz_target!(|query: &str| {
    match Callback::from_query(query) {
        Ok(callback) => {
            let query = query.strip_prefix('?').unwrap_or(query);
            let of = |name: &str| -> Vec<String> {
                form_urlencoded::parse(query.as_bytes())
                    .filter(|(known, _)| known == name)
                    .map(|(_, value)| value.into_owned())
                    .collect()
            };
            let (states, codes, errors) = (of("state"), of("code"), of("error"));
            assert!(states.len() <= 1 && codes.len() <= 1 && errors.len() <= 1);
            let state = states.first().map(String::as_str).filter(|state| !state.is_empty());
            assert_eq!(callback.unverified_state(), state);
            let has = |values: &[String]| values.first().is_some_and(|value| !value.is_empty());
            assert!(has(&codes) != has(&errors));
            // `Callback { outcome: "error", .. }`: fixed words and nothing else.
            assert!(format!("{callback:?}").len() <= 34);
        }
        Err(error) => {
            assert_eq!(error.code(), "callback_malformed");
            check_error(&error);
        }
    }
});
