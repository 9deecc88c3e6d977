//! Starting a sign-in, and what is accepted of the browser that comes back.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "sign_in/bounds.rs"]
mod bounds;
#[path = "sign_in/outage.rs"]
mod outage;

use std::collections::HashMap;
use std::time::Duration;

use cognito_auth::{
    AuthError, Callback, CodeVerifier, PendingSignIn, RefusalCode, SignIn, SignInRequest, UserPool,
    code_challenge,
};
use url::{Url, form_urlencoded};

const CLIENT: &str = "1example23456789abcdefghij";
const REDIRECT: &str = "https://app.example.com/auth/callback";

fn pool() -> UserPool {
    UserPool::new("eu-west-1_AbCdEf123").unwrap().with_domain("https://auth.example.com").unwrap()
}

fn started() -> SignIn {
    SignInRequest::new(REDIRECT).start(&pool(), CLIENT).unwrap()
}

fn query_of(url: &Url) -> HashMap<String, String> {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let query: HashMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(query.len(), pairs.len(), "no parameter stands twice");
    query
}

/// What the login page would answer with, in a query.
fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn accepted(pending: PendingSignIn, pairs: &[(&str, &str)]) -> Result<(), AuthError> {
    pending.accept(&Callback::from_query(&query(pairs))?).map(|_| ())
}

#[test]
fn the_address_asks_for_a_code_with_pkce_state_and_nonce() {
    let SignIn { url, pending, .. } = started();
    assert_eq!(url.origin().ascii_serialization(), "https://auth.example.com");
    assert_eq!(url.path(), "/oauth2/authorize");
    let query = query_of(&url);
    let fixed: Vec<&str> = ["response_type", "client_id", "redirect_uri", "scope"]
        .iter()
        .map(|name| query[*name].as_str())
        .collect();
    assert_eq!(fixed, ["code", CLIENT, REDIRECT, "openid email aws.cognito.signin.user.admin"]);
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["state"], pending.state());
    assert_eq!(query.len(), 8);

    let kept: serde_json::Value = serde_json::to_value(&pending).unwrap();
    let verifier = CodeVerifier::new(kept["code_verifier"].as_str().unwrap());
    assert_eq!(query["code_challenge"], code_challenge(&verifier));
    assert_eq!(query["nonce"], kept["nonce"].as_str().unwrap());
    for name in ["state", "nonce", "code_verifier"] {
        assert_eq!(kept[name].as_str().unwrap().len(), 43, "{name}");
    }
}

#[test]
fn state_nonce_and_verifier_are_new_each_time() {
    let (one, other) = (query_of(&started().url), query_of(&started().url));
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(one[name], other[name], "{name}");
    }
    assert_ne!(one["state"], one["nonce"]);
}

#[test]
fn every_documented_parameter_is_sent_and_nothing_else() {
    let request = SignInRequest::new("http://localhost:3000/cb")
        .scopes(["openid", "api/read"])
        .identity_provider("Google")
        .idp_identifier("example.com")
        .login_hint("bob@example.com")
        .lang("pt-BR")
        .prompt("login consent")
        .resource("https://api.example.com")
        .acr_values("urn:cognito:loa:2")
        .max_age(Duration::from_secs(300))
        .login_hint("alice@example.com");
    let query = query_of(&request.start(&pool(), CLIENT).unwrap().url);
    for (name, value) in [
        ("scope", "openid api/read"),
        ("identity_provider", "Google"),
        ("idp_identifier", "example.com"),
        ("login_hint", "alice@example.com"),
        ("lang", "pt-BR"),
        ("prompt", "login consent"),
        ("resource", "https://api.example.com"),
        ("acr_values", "urn:cognito:loa:2"),
        ("max_age", "300"),
    ] {
        assert_eq!(query[name], value, "{name}");
    }
    assert_eq!(query.len(), 16);
}

#[test]
fn without_scopes_the_client_s_own_are_left_to_cognito() {
    let request = SignInRequest::new(REDIRECT).scopes(Vec::<String>::new());
    assert!(!query_of(&request.start(&pool(), CLIENT).unwrap().url).contains_key("scope"));
}

#[test]
fn a_sign_in_that_cannot_work_is_not_started() {
    let new = || SignInRequest::new(REDIRECT);
    let long = "a".repeat(1025);
    for (name, request) in [
        ("scope with a space", new().scopes(["openid email"])),
        ("empty scope", new().scopes([""])),
        ("51 scopes", new().scopes((0..51).map(|n| format!("api/{n}")))),
        ("empty login hint", new().login_hint("")),
        ("long login hint", new().login_hint(&long)),
        ("line feed", new().identity_provider("Goo\r\ngle")),
        ("none with another prompt", new().prompt("none login")),
        ("relative resource", new().resource("api")),
        ("resource with a fragment", new().resource("https://api.example.com#x")),
        ("max_age without openid", new().scopes(["api/read"]).max_age(Duration::ZERO)),
    ] {
        let error = request.start(&pool(), CLIENT).expect_err(name);
        assert_eq!(error.code(), "input", "{name}");
    }
    let no_domain = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let error = new().start(&no_domain, CLIENT).unwrap_err();
    assert_eq!(error.code(), "config");
    assert!(!error.is_refusal() && !error.is_unavailable());
}

/// R14: nothing that a user could do would help.
#[test]
fn a_wrong_redirect_uri_is_the_developers_and_the_error_says_what_to_write() {
    for (redirect_uri, words) in [
        ("/auth/callback", "it is not an absolute URL, such as https://app.example.com/callback"),
        ("http://app.example.com/cb", "plain http is for loopback addresses only: use https"),
        ("https://app.example.com/cb#x", "leave out # and what follows it"),
        ("https://user@app.example.com/cb", "leave them out"),
        ("https://app.example.com/cb ", "it contains white space"),
        ("javascript:alert(1)", "its scheme leads to no application"),
    ] {
        let error = SignInRequest::new(redirect_uri).start(&pool(), CLIENT).unwrap_err();
        assert_eq!(error.code(), "config", "{redirect_uri}");
        assert!(!error.is_refusal() && !error.is_unavailable(), "{redirect_uri}");
        let text = error.to_string();
        assert!(text.starts_with("redirect_uri is not a usable address: "), "{text}");
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_pending_sign_in_survives_being_stored() {
    let SignIn { pending, .. } = started();
    let stored = serde_json::to_string(&pending).unwrap();
    let restored: PendingSignIn = serde_json::from_str(&stored).unwrap();
    assert_eq!(restored.state(), pending.state());
    accepted(restored, &[("code", "a1b2"), ("state", pending.state())]).unwrap();
}

#[test]
fn the_code_is_handed_out_with_the_redirect_uri() {
    let SignIn { pending, .. } = started();
    let url = format!("{REDIRECT}?{}", query(&[("code", "a b+c"), ("state", pending.state())]));
    let callback = Callback::from_url(&Url::parse(&url).unwrap()).unwrap();
    assert_eq!(callback.unverified_state(), Some(pending.state()));
    assert_eq!(pending.accept(&callback).unwrap().redirect_uri(), REDIRECT);
}

#[test]
fn a_callback_of_another_browser_is_refused() {
    let stranger = started().pending;
    let SignIn { pending, .. } = started();
    let own = pending.state();
    for (name, state) in [
        ("another sign-in's", stranger.state().to_owned()),
        ("a prefix", own[..42].to_owned()),
        ("longer", format!("{own}x")),
        ("other case", own.to_ascii_uppercase() + "~"),
        ("empty", String::new()),
    ] {
        let error = accepted(pending.clone(), &[("code", "c"), ("state", &state)]).unwrap_err();
        assert_eq!(error, AuthError::StateMismatch, "{name}");
        let error = accepted(pending.clone(), &[("error", "access_denied"), ("state", &state)]);
        assert_eq!(error.unwrap_err(), AuthError::StateMismatch, "{name}, with an error");
    }
    for pairs in [[("code", "c")], [("error", "access_denied")]] {
        let error = accepted(pending.clone(), &pairs).unwrap_err();
        assert_eq!(error, AuthError::StateMismatch, "no state: {pairs:?}");
        assert!(error.is_refusal());
    }
}

#[test]
fn an_issuer_has_to_be_one_of_the_pool_s() {
    let SignIn { pending, .. } = started();
    let host = "cognito-idp.eu-west-1.amazonaws.com";
    for (issuer, good) in [
        (format!("https://{host}/eu-west-1_AbCdEf123"), true),
        (format!("https://issuer-{host}/eu-west-1_AbCdEf123"), true),
        (format!("https://{host}/eu-west-1_Another99"), false),
        (format!("https://{host}/eu-west-1_AbCdEf123/"), false),
        (format!("http://{host}/eu-west-1_AbCdEf123"), false),
        ("https://auth.example.com".to_owned(), false),
    ] {
        for outcome in [("code", "c"), ("error", "access_denied")] {
            let pairs = [outcome, ("state", pending.state()), ("iss", &issuer)];
            let refused = accepted(pending.clone(), &pairs) == Err(AuthError::IssuerMismatch);
            assert_eq!(refused, !good, "{issuer} {outcome:?}");
        }
    }
}

/// RFC 9207 §2.4: of a provider that is known to send one, a callback without it is an attack.
#[test]
fn an_issuer_that_was_required_has_to_be_there() {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let pool = pool.with_domain("https://auth.example.com").unwrap();
    let request = SignInRequest::new("https://app.example.com/cb").require_issuer();
    let pending = request.start(&pool, "client1").unwrap().pending;
    let stored = serde_json::to_string(&pending).unwrap();
    for pending in [pending, serde_json::from_str(&stored).unwrap()] {
        for outcome in [("code", "c"), ("error", "access_denied")] {
            let state = pending.state().to_owned();
            let mut pairs = vec![outcome, ("state", &state)];
            let error = accepted(pending.clone(), &pairs).unwrap_err();
            assert_eq!(error, AuthError::IssuerMismatch, "{outcome:?}");
            pairs.push(("iss", ""));
            let error = accepted(pending.clone(), &pairs).unwrap_err();
            assert_eq!(error, AuthError::IssuerMismatch, "{outcome:?}, empty");
            pairs[2].1 = &pool.issuers()[0];
            let known = accepted(pending.clone(), &pairs);
            assert_ne!(known.err(), Some(AuthError::IssuerMismatch), "{outcome:?}, known");
        }
    }
}

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

#[test]
fn nothing_secret_shows() {
    let sign_in = started();
    let whole = format!("{sign_in:?}");
    assert!(whole.contains("https://auth.example.com/oauth2/authorize"), "{whole}");
    let SignIn { url, pending, .. } = sign_in;
    let stored: serde_json::Value = serde_json::to_value(&pending).unwrap();
    let pairs = [("code", "c0de-c0de-c0de"), ("state", pending.state())];
    let callback = Callback::from_query(&query(&pairs)).unwrap();
    let code = pending.clone().accept(&callback).unwrap();
    let shown = format!("{whole} {pending:?} {callback:?} {code:?}");
    for secret in [
        pending.state(),
        stored["code_verifier"].as_str().unwrap(),
        stored["nonce"].as_str().unwrap(),
        "c0de-c0de-c0de",
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!url.as_str().contains(stored["code_verifier"].as_str().unwrap()));
}
