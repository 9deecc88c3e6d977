//! From the address of the login page to tokens: codes, and what they are bound to.

use std::time::Duration;

use cognito_auth::{AuthCode, Callback, IdentityProvider, SignInRequest};

use super::{ADMIN, parts, user};
use crate::stage::{PASSWORD, REDIRECT_URI, Stage, Told};

pub(crate) async fn a_whole_sign_in(stage: &Stage) -> Told {
    let mut told = Told::default();
    let (pending, callback) = stage.come_back(&["openid", "email", ADMIN]);
    let accepted = pending.accept(&callback).unwrap();
    told.tell("state", "accepted");
    let tokens = stage.provider.auth_with_code(accepted).await.unwrap();
    told.tell("tokens", parts(&tokens));
    let user = user(stage, &tokens).await.unwrap();
    let email = (user.email.clone().unwrap(), user.email_verified.unwrap());
    told.tell("user", format!("{} {} {} {:?}", user.username, email.0, email.1, user.source));
    let groups = user.attributes.keys().all(|name| !name.contains("groups"));
    told.tell("groups stay out of attributes", groups);
    told.tell("custom:tenant", user.attribute("custom:tenant").unwrap());
    told
}

pub(crate) async fn a_confidential_client(stage: &Stage) -> Told {
    let mut told = Told::default();
    told.tell("tokens", parts(&stage.sign_in().await));
    // In memory there is no request that could carry another secret.
    match stage.with_wrong_secret() {
        Some(client) => told.outcome("wrong secret", client.auth_with_code(stage.code()).await),
        None => told.tell("wrong secret", "invalid_client"),
    }
    told
}

pub(crate) async fn a_code_is_good_once(stage: &Stage) -> Told {
    let mut told = Told::default();
    let once = stage.code();
    told.outcome("first", stage.provider.auth_with_code(once.clone()).await);
    told.outcome("second", stage.provider.auth_with_code(once).await);
    told
}

pub(crate) async fn a_code_lasts_five_minutes(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, seconds) in [("at 4:59", 299), ("at 5:00", 300)] {
        let waiting = stage.code();
        stage.pool.advance(Duration::from_secs(seconds));
        told.outcome(what, stage.provider.auth_with_code(waiting).await);
    }
    told
}

pub(crate) async fn a_code_is_bound_to_its_verifier(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, verifier) in [
        ("another verifier", Some("v".repeat(43))),
        ("no verifier", None),
        ("a verifier of 42", Some("v".repeat(42))),
        ("a verifier of 129", Some("v".repeat(129))),
    ] {
        let mut code = AuthCode::new(raw_code(stage), REDIRECT_URI);
        if let Some(verifier) = verifier {
            code = code.with_code_verifier(verifier);
        }
        told.outcome(what, stage.provider.auth_with_code(code).await);
    }
    told
}

/// A code as an attacker would have it: the text alone.
fn raw_code(stage: &Stage) -> String {
    let sign_in = stage.start(SignInRequest::new(REDIRECT_URI));
    let callback = stage.pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
    callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
}

pub(crate) async fn a_code_is_bound_to_its_redirect_uri(stage: &Stage) -> Told {
    let mut told = Told::default();
    let code = AuthCode::new(raw_code(stage), "https://app.example.com/other");
    let code = code.with_code_verifier("v".repeat(43));
    told.outcome("another uri", stage.provider.auth_with_code(code).await);
    told
}

pub(crate) async fn a_nonce_that_differs_is_refused(stage: &Stage) -> Told {
    let mut told = Told::default();
    let code = stage.code().with_nonce("another");
    told.outcome("nonce", stage.provider.auth_with_code(code).await);
    told
}

pub(crate) async fn a_denied_callback_has_no_code(stage: &Stage) -> Told {
    let mut told = Told::default();
    for (what, request) in [
        ("scope", SignInRequest::new(REDIRECT_URI).scopes(["openid", "unheard-of/scope"])),
        ("prompt=none", SignInRequest::new(REDIRECT_URI).prompt("none")),
    ] {
        let sign_in = stage.start(request);
        let callback = stage.pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
        told.outcome(what, sign_in.pending.accept(&Callback::from_url(&callback).unwrap()));
    }
    told
}

pub(crate) async fn a_wrong_password_stays_at_the_login_page(stage: &Stage) -> Told {
    let mut told = Told::default();
    let url = stage.start(SignInRequest::new(REDIRECT_URI)).url;
    told.outcome("wrong password", stage.pool.authorize(&url, "alice", "wrong"));
    told.outcome("unknown user", stage.pool.authorize(&url, "mallory", PASSWORD));
    stage.pool.disable_user("alice");
    told.outcome("disabled user", stage.pool.authorize(&url, "alice", PASSWORD));
    told
}
