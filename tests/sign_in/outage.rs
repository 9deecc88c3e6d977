//! An error at the redirect URI that says nothing about the user.

use cognito_auth::SignIn;

use super::{accepted, started};

/// R13: an external provider that is down has refused no user, in whatever words it is reported.
#[test]
fn an_outage_of_the_external_provider_is_no_refusal() {
    for (description, outage) in [
        ("Bad token response: HTTP/1.1 503", true),
        ("Bad token response: HTTP/1.1 502 Bad Gateway", true),
        ("Google Error - 500", true),
        ("OIDC provider returned status code: 504", true),
        ("userinfo endpoint answered (599)", true),
        ("error=server_error", true),
        ("Provider says temporarily_unavailable", true),
        ("Service Unavailable", true),
        ("bad gateway", true),
        ("connect timed out", true),
        ("Connection refused", true),
        ("java.net.UnknownHostException: idp.example", true),
        ("Bad id_token issuer", false),
        ("Bad token response: HTTP/1.1 400", false),
        ("more than 5000 characters", false),
        ("user a503b is not known", false),
        ("order 1.503 is not known", false),
        ("", false),
    ] {
        for error in ["invalid_request", "access_denied", "some_new_error"] {
            let SignIn { pending, .. } = started();
            let state = pending.state().to_owned();
            let pairs = [("error_description", description), ("error", error), ("state", &state)];
            let told = accepted(pending, &pairs).unwrap_err();
            assert_eq!(told.code() == "server_error", outage, "{error} {description}");
            if outage {
                assert!(told.is_unavailable() && !told.is_refusal(), "{error} {description}");
            }
        }
    }
    // The words of a trigger that refused are its own, numbers and all.
    let SignIn { pending, .. } = started();
    let state = pending.state().to_owned();
    let words = "PreSignUp failed with error no room 503 for you.";
    let pairs = [("error_description", words), ("error", "invalid_request"), ("state", &state)];
    assert_eq!(accepted(pending, &pairs).unwrap_err().code(), "trigger_failed");
}
