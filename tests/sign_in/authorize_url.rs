//! What a sign-in asks the authorize endpoint for, and when none is started.

use std::time::Duration;

use cognito_auth::{CodeVerifier, SignIn, SignInRequest, UserPool, code_challenge};

use crate::{CLIENT, REDIRECT, pool, query_of, started};

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
