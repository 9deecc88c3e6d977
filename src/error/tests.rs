//! What `main() -> Result<(), Box<dyn Error>>` prints is `Debug`: it has the words that say what to
//! do (N6).

use std::error::Error;
use std::time::Duration;

use super::*;

#[test]
fn what_main_prints_says_what_to_do() {
    let user_pool_id = "`my-pool` is not a user pool id: copy it from the Cognito console, such as \
                        eu-west-1_AbCdEf123";
    let status = "status 400: there may be no such user pool; check its id and the Region in it";
    let no_roots = "this machine has no root certificates: install the package ca-certificates, or \
                    add one with add_root_certificate_pem";
    let id = ConfigError::UserPoolId { id: "my-pool".to_owned() };
    let rate_limited = AuthError::RateLimited { retry_after: Some(Duration::from_secs(1)) };
    let errors: [(Box<dyn Error>, String); 12] = [
        (Box::new(id.clone()), format!("{user_pool_id} [user_pool_id]")),
        (Box::new(AuthError::Config(id)), format!("{user_pool_id} [config]")),
        (
            Box::new(ConfigError::Missing { setting: RequiredSetting::AnyScope }),
            "require_any_scope is missing: name at least one [missing]".to_owned(),
        ),
        (Box::new(KeysUnavailable::Status(400)), format!("{status} [status]")),
        (Box::new(KeysUnavailable::Status(503)), "status 503 [status]".to_owned()),
        (
            Box::new(VerifyError::KeysUnavailable(KeysUnavailable::Status(400))),
            format!("the issuer's keys are not available: {status} [keys_unavailable]"),
        ),
        (
            Box::new(AuthError::Unreachable(Unreachable::NoRootCertificates)),
            format!("the identity provider cannot be reached: {no_roots} [unreachable]"),
        ),
        (Box::new(Unreachable::NoRootCertificates), no_roots.to_owned()),
        (
            Box::new(AuthError::Refused(Refusal::new(RefusalCode::InvalidClient))),
            "refused by the identity provider: invalid_client [invalid_client]".to_owned(),
        ),
        (Box::new(rate_limited), "rate limited by the identity provider [rate_limited]".to_owned()),
        (
            Box::new(RevocationError::new("no connection to Redis")),
            "the revocation store is not available: no connection to Redis".to_owned(),
        ),
        (Box::new(VerifyError::Revoked), "the token has been revoked [revoked]".to_owned()),
    ];
    for (error, expected) in errors {
        assert_eq!(format!("Error: {error:?}"), format!("Error: {expected}"));
    }
}

/// An error of another crate, such as that of the operating system, is told as the cause.
#[test]
fn causes_are_told() {
    #[derive(thiserror::Error)]
    #[error("cannot listen")]
    struct Outer(#[source] std::io::Error);

    impl fmt::Debug for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            in_words(self, f)
        }
    }

    let error = Outer(std::io::Error::other("the port is taken"));
    assert_eq!(format!("{error:?}"), "cannot listen: the port is taken");
}

#[test]
fn a_refusal_code_is_read_from_its_word() {
    for code in ["invalid_grant", "token_revoked", "other"] {
        assert_eq!(code.parse::<RefusalCode>().unwrap().as_str(), code);
    }
    let error = "InvalidGrant".parse::<RefusalCode>().unwrap_err();
    let text = "the refusal code cannot be used: this version of the crate has no such code";
    assert_eq!(error.to_string(), text);
}
