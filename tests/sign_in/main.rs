//! Starting a sign-in, and what is accepted of the browser that comes back.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod authorize_url;
mod bounds;
mod errors;
mod outage;

use std::collections::HashMap;

use cognito_auth::{AuthError, Callback, PendingSignIn, SignIn, SignInRequest, UserPool};
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
