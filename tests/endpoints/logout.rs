//! `GET` and `POST /auth/logout`.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::{MemoryRevocations, RevocationStatus};
use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
use cognito_auth::{AuthError, ConfigError, Refusal, RefusalCode, VerifyError};

use super::local::Local;
use super::support::{Answer, Down, NOT_AUTHENTICATED, ask, with_token};

pub(crate) const DONE: &str = r#"{"message":"Logout successful."}"#;
pub(crate) const UNTOLD: &str = r#"{"error":"logout_incomplete","message":"Signed out here; the identity provider could not be told yet, and is told again."}"#;
const NOT_SET_UP: &str = r#"{"error":"logout_incomplete","message":"Signed out here; this service is not set up to tell the identity provider."}"#;

pub(crate) fn refused_there() -> Answer {
    let body = r#"{"error":"logout_incomplete","message":"Signed out here; the identity provider refused to sign the user out."}"#;
    Answer::new(401, body).challenge(r#"Bearer error="invalid_token""#)
}

fn not_authenticated(status: u16) -> Answer {
    Answer::new(status, NOT_AUTHENTICATED).challenge(r#"Bearer error="invalid_token""#)
}

#[tokio::test]
async fn the_user_is_signed_out_here_and_there() {
    for method in ["GET", "POST"] {
        let local = Local::start().await;
        let endpoints = local.endpoints();
        // Tokens of two sign-ins, both a while old: all of them are gone afterwards.
        let (token, other) = (local.access_token(), local.access_token());
        local.pool.advance(Duration::from_secs(1));
        assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &other)).await.status, 200);

        let answer = ask(&endpoints, with_token(method, "/auth/logout", &token)).await;
        assert_eq!(answer, Answer::new(200, DONE));
        assert_eq!(local.pool.requests(Endpoint::GlobalSignOut), 1);

        // Refused here: Cognito is not asked again.
        let asked = local.pool.requests(Endpoint::GetUser);
        for token in [&token, &other] {
            let answer = ask(&endpoints, with_token("GET", "/auth/me", token)).await;
            assert_eq!(answer, not_authenticated(403));
        }
        assert_eq!(local.pool.requests(Endpoint::GetUser), asked);

        // Once more changes nothing.
        let answer = ask(&endpoints, with_token(method, "/auth/logout", &token)).await;
        assert_eq!(answer, Answer::new(200, DONE));

        // A new sign-in is not hit.
        local.pool.advance(Duration::from_secs(1));
        let fresh = local.access_token();
        assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &fresh)).await.status, 200);
    }
}

#[tokio::test]
async fn only_a_genuine_token_signs_a_user_out() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let alice = || TokenSpec::access("alice");
    for (name, spec) in [
        ("expired", alice().expired()),
        ("a stranger's", alice().signed_by_stranger()),
        ("one bit flipped", alice().with_broken_signature()),
        ("an ID token", TokenSpec::id("alice")),
        ("another client's", alice().client_id("other")),
        ("a machine's", TokenSpec::machine()),
    ] {
        for method in ["GET", "POST"] {
            let token = local.pool.token(&spec);
            let answer = ask(&endpoints, with_token(method, "/auth/logout", &token)).await;
            assert_eq!(answer, not_authenticated(401), "{name}");
        }
    }
    assert_eq!(local.pool.requests(Endpoint::GlobalSignOut), 0);
    let token = local.access_token();
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await.status, 200);
}

#[tokio::test]
async fn whatever_cognito_answers_the_token_is_refused_here() {
    let local = Local::start().await;
    let requests = || local.pool.requests(Endpoint::GlobalSignOut);
    let unreachable = || Answer::new(503, UNTOLD).retry_after("5");
    for (name, spoil, expected) in [
        ("no admin scope", None, refused_there()),
        ("failing", Some(Fault::Status(500)), unreachable()),
        ("a firewall", Some(Fault::Status(403)), unreachable()),
        ("HTML", Some(Fault::Html(200)), unreachable()),
        ("throttled", Some(Fault::Throttle), unreachable()),
        ("cut off", Some(Fault::CutOff), unreachable()),
        ("hanging", Some(Fault::Hang), unreachable()),
    ] {
        let (endpoints, asked) = (local.endpoints(), requests());
        let token = match spoil {
            Some(fault) => {
                local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, fault);
                local.access_token()
            }
            None => local.pool.token(&TokenSpec::access("alice").scopes(["openid"])),
        };
        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
        assert_eq!(answer, expected, "{name}");
        let answer = ask(&endpoints, with_token("GET", "/auth/me", &token)).await;
        assert_eq!(answer, not_authenticated(403), "{name}");
        assert_eq!(local.pool.requests(Endpoint::GetUser), 0, "{name}");

        // Told to try again, the client does: what was left over is done then.
        if spoil.is_some() {
            let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
            assert_eq!(answer, Answer::new(200, DONE), "{name}");
            assert_eq!(requests(), asked + 2, "{name}");
        }
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_done_when_no_user_is_left_to_sign_out() {
    let local = Local::start().await;
    type Change = fn(&Local) -> bool;
    let changes: [(Change, Answer); 4] = [
        (|_| true, Answer::new(200, DONE)),
        (|local| local.pool.disable_user("alice"), Answer::new(200, DONE)),
        // Cognito's words for both: the token has been revoked. That may have been its session.
        (|local| local.pool.enable_user("alice") && local.pool.sign_out("alice"), refused_there()),
        (|local| local.pool.delete_user("alice"), refused_there()),
    ];
    for (change, expected) in changes {
        let (endpoints, token) = (local.endpoints(), local.access_token());
        assert!(change(&local));
        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
        assert_eq!(answer, expected);
    }
    let token = local.access_token();
    let logout = async |code| {
        local.provider.fail(AuthError::Refused(Refusal::new(code).with_description("alice")));
        ask(&local.endpoints(), with_token("POST", "/auth/logout", &token)).await
    };
    for code in [RefusalCode::UserDisabled, RefusalCode::UserNotFound] {
        assert_eq!(logout(code).await, Answer::new(200, DONE), "{code:?}");
    }
    // A token that is over ends no session but its own: others of the user may go on.
    for code in [
        RefusalCode::InsufficientScope,
        RefusalCode::NotAuthorized,
        RefusalCode::TokenExpired,
        RefusalCode::TokenRevoked,
    ] {
        assert_eq!(logout(code).await, refused_there(), "{code:?}");
    }
    for code in [RefusalCode::InvalidClient, RefusalCode::ResourceNotFound] {
        assert_eq!(logout(code).await, Answer::new(500, NOT_SET_UP), "{code:?}");
    }
    for code in [RefusalCode::OperationNotEnabled, RefusalCode::Other] {
        assert_eq!(logout(code).await, Answer::new(503, UNTOLD).retry_after("5"), "{code:?}");
    }
}

#[tokio::test]
async fn a_user_without_what_this_service_requires_can_still_sign_out() {
    let local = Local::start().await;
    local.pool.advance(Duration::from_secs(120));
    let old = || local.pool.token(&TokenSpec::access("alice").claim("auth_time", 1));
    let new = || local.access_token();
    for (name, verifier, token) in [
        ("scope", local.verifier().require_scope("orders/read"), &new as &dyn Fn() -> String),
        ("group", local.verifier().require_group("owners"), &new),
        ("age", local.verifier().max_age(Duration::from_secs(60)), &old),
        ("own check", local.verifier().check_access(|_| Err("closed")), &new),
    ] {
        // By the second tell tokens that were not written down which sign-out they are from.
        local.pool.advance(Duration::from_secs(1));
        let token = token();
        let store = Arc::new(MemoryRevocations::new());
        let asked = local.pool.requests(Endpoint::GlobalSignOut);
        let endpoints = local.builder(verifier.revocations(store.clone())).build().unwrap();
        let answer = ask(&endpoints, with_token("GET", "/auth/me", &token)).await;
        assert_eq!(answer.status, 403, "{name}");

        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
        assert_eq!(answer, Answer::new(200, DONE), "{name}");
        assert_eq!(local.pool.requests(Endpoint::GlobalSignOut), asked + 1, "{name}");
        // A verifier without that demand, with the same memory, refuses the token now.
        let verifier = local.verifier().revocations(store).build().unwrap();
        let refused = verifier.verify_access(&token).await;
        assert_eq!(refused, Err(VerifyError::Revoked), "{name}");
    }
    // A token that is not genuine is still refused.
    let verifier = local.verifier().require_group("owners");
    let endpoints = local.builder(verifier).build().unwrap();
    let asked = local.pool.requests(Endpoint::GlobalSignOut);
    let alice = || TokenSpec::access("alice").groups([""; 0]);
    for (name, spec) in [
        ("a stranger's", alice().signed_by_stranger()),
        ("another client's", alice().client_id("other")),
        ("expired", alice().expired()),
        ("an ID token", TokenSpec::id("alice")),
    ] {
        let token = local.pool.token(&spec);
        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
        assert_eq!(answer, not_authenticated(401), "{name}");
    }
    assert_eq!(local.pool.requests(Endpoint::GlobalSignOut), asked);
}

#[tokio::test]
async fn a_service_that_is_set_up_wrong_says_so() {
    let local = Local::start().await;
    local.provider.fail(AuthError::Config(ConfigError::NoTlsBackend));
    let (endpoints, token) = (local.endpoints(), local.access_token());
    let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
    assert_eq!(answer, Answer::new(500, NOT_SET_UP));
}

#[tokio::test]
async fn cognito_is_told_even_when_nothing_can_be_recorded_here() {
    for status in [RevocationStatus::Live, RevocationStatus::Unknown] {
        let local = Local::start().await;
        let verifier = local.verifier().revocations(Arc::new(Down(status)));
        let endpoints = local.builder(verifier).build().unwrap();
        let token = local.access_token();

        local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(500));
        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
        let body = r#"{"error":"logout_failed","message":"Not signed out; try again later."}"#;
        assert_eq!(answer, Answer::new(503, body).retry_after("5"));

        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &token)).await;
        let body = r#"{"error":"logout_incomplete","message":"Signed out at the identity provider; this service could not record it."}"#;
        assert_eq!(answer, Answer::new(503, body).retry_after("5"));
        assert_eq!(local.pool.requests(Endpoint::GlobalSignOut), 2);

        let forged = local.pool.token(&TokenSpec::access("alice").signed_by_stranger());
        let answer = ask(&endpoints, with_token("POST", "/auth/logout", &forged)).await;
        assert_eq!(answer, not_authenticated(401));
        assert_eq!(local.pool.requests(Endpoint::GlobalSignOut), 2);
    }
}
