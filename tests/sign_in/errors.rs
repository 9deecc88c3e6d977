//! Callbacks without a code: errors of the authorize endpoint, and what is no authorization response.

use cognito_auth::{AuthError, Callback, RefusalCode, SignIn};

use crate::{accepted, started};

#[test]
fn errors_at_the_redirect_uri() {
    // The rows of the contract: error, description → word, and who has to act (R2):
    // the user, the operator of this service ("ours"), or the caller, later ("later").
    for (error, description, code, acts) in [
        ("invalid_request", "", "invalid_request", "user"),
        ("unauthorized_client", "", "unauthorized_client", "ours"),
        ("invalid_scope", "", "invalid_scope", "ours"),
        ("access_denied", "User denied access", "access_denied", "user"),
        ("login_required", "", "login_required", "user"),
        ("interaction_required", "", "login_required", "user"),
        ("consent_required", "", "login_required", "user"),
        ("account_selection_required", "", "login_required", "user"),
        ("unsupported_response_type", "", "unsupported_response_type", "ours"),
        ("strange", "", "other", "later"),
        ("server_error", "", "server_error", "later"),
        ("temporarily_unavailable", "", "server_error", "later"),
        (
            "invalid_request",
            "Timeout occurred in calling IdP token endpoint",
            "server_error",
            "later",
        ),
        (
            "invalid_request",
            "error_description=Timeout in calling jwks uri",
            "server_error",
            "later",
        ),
        ("invalid_request", "Google Error - 503 error getting token", "server_error", "later"),
        ("invalid_request", "Google Error - 400 error getting token", "invalid_request", "user"),
        ("invalid_request", "Google Error - 40", "invalid_request", "user"),
        ("invalid_request", "Google Error - é€", "invalid_request", "user"),
        ("invalid_request", "Connection reset", "server_error", "later"),
        ("invalid_request", "Read timed out", "server_error", "later"),
        ("invalid_request", "PreTokenGeneration failed with error nope.", "trigger_failed", "user"),
        (
            "invalid_request",
            "PreTokenGeneration invocation failed due to error TooManyRequestsException.",
            "server_error",
            "later",
        ),
        ("invalid_request", "Unrecognizable lambda output", "server_error", "later"),
    ] {
        let SignIn { pending, .. } = started();
        let state = pending.state().to_owned();
        let pairs = [("error_description", description), ("error", error), ("state", &state)];
        let refused = accepted(pending, &pairs).unwrap_err();
        assert_eq!(refused.code(), code, "{error} {description}");
        let answers = [
            ("user", refused.is_refusal()),
            ("ours", refused.is_misconfiguration()),
            ("later", refused.is_unavailable()),
        ];
        for (who, answer) in answers {
            assert_eq!(answer, who == acts, "{error} {description}: {who}");
        }
    }
}

#[test]
fn an_unknown_error_is_named_in_the_description() {
    let SignIn { pending, .. } = started();
    let state = pending.state().to_owned();
    let error = accepted(pending, &[("error", "strange"), ("state", &state)]).unwrap_err();
    let AuthError::Refused(refusal) = error else { panic!("{error:?}") };
    assert_eq!((refusal.code(), refusal.description()), (RefusalCode::Other, Some("strange")));
}

#[test]
fn what_is_no_authorization_response_is_refused() {
    let (long_query, long_code) = ("x=".to_owned() + &"a".repeat(8191), "a".repeat(4097));
    for (name, query) in [
        ("nothing", ""),
        ("only a state", "state=s"),
        ("code without a value", "code=&state=s"),
        ("code twice", "code=a&code=b&state=s"),
        ("code twice, spelled differently", "code=a&%63ode=a&state=s"),
        ("code twice, once empty", "code=a&code=&state=s"),
        ("state twice", "code=a&state=s&state=s"),
        ("iss twice", "code=a&state=s&iss=i&iss=i"),
        ("error twice", "error=a&error=b&state=s"),
        ("description twice", "error=a&error_description=x&error_description=y&state=s"),
        ("code and error", "code=a&error=access_denied&state=s"),
        ("code with a line feed", "code=a%0Ab&state=s"),
        ("code that is no UTF-8", "code=%FF%FE&state=s"),
        ("long code", &format!("code={long_code}&state=s")),
        ("long query", &long_query),
        ("in a fragment", "#code=a&state=s"),
    ] {
        let error = Callback::from_query(query).expect_err(name);
        assert_eq!(error.code(), "callback_malformed", "{name}");
        assert!(error.is_refusal(), "{name}");
    }
    Callback::from_query("?code=a&state=s&unknown=1&unknown=2").unwrap();
}
