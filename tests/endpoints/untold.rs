//! A sign-out that Cognito could not be told of (N3).

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, TokenSpec};
use cognito_auth::{AuthEndpoints, IdentityProvider, Tokens};

use super::local::Local;
use super::logout::{DONE, UNTOLD, refused_there};
use super::logout_again::{logout, tokens};
use super::support::{Answer, ask, with_token};

const MINUTE: Duration = Duration::from_secs(60);

async fn status(endpoints: &AuthEndpoints, token: &str) -> u16 {
    ask(endpoints, with_token("GET", "/auth/me", token)).await.status
}

/// A new token of the session, as Cognito hands it out while it knows of no sign-out.
async fn refreshed(local: &Local, session: &Tokens) -> String {
    let refresh_token = session.refresh_token.as_ref().unwrap();
    let tokens = local.provider.refresh(refresh_token).await.unwrap();
    tokens.access_token.expose().to_owned()
}

#[tokio::test]
async fn no_refresh_of_a_session_from_before_is_accepted() {
    let unreachable = || Answer::new(503, UNTOLD).retry_after("5");
    for (name, fault, expected) in [
        ("failing", Some(Fault::Status(500)), unreachable()),
        ("throttled", Some(Fault::Throttle), unreachable()),
        ("hanging", Some(Fault::Hang), unreachable()),
        ("the token's own session was ended there", None, refused_there()),
    ] {
        let local = Local::start().await;
        let endpoints = local.endpoints();
        // Signed in in the very second of the sign-out, too.
        let (long_ago, other_device) = (tokens(&local).await, tokens(&local).await);
        local.pool.advance(MINUTE);
        let (now, own) = (tokens(&local).await, tokens(&local).await);
        match fault {
            Some(fault) => local.pool.fail_next_at(Endpoint::GlobalSignOut, 100, fault),
            None => local.provider.revoke(own.refresh_token.as_ref().unwrap()).await.unwrap(),
        }
        assert_eq!(logout(&endpoints, own.access_token.expose()).await, expected, "{name}");

        for wait in [1, 60, 3600, 22 * 3600] {
            local.pool.advance(Duration::from_secs(wait));
            for session in [&long_ago, &other_device, &now] {
                let token = refreshed(&local, session).await;
                assert_eq!(status(&endpoints, &token).await, 403, "{name}, {wait} s later");
            }
        }
        // A new sign-in is good, and what comes of it.
        let new = tokens(&local).await;
        assert_eq!(status(&endpoints, new.access_token.expose()).await, 200, "{name}");
        local.pool.advance(MINUTE);
        let token = refreshed(&local, &new).await;
        assert_eq!(status(&endpoints, &token).await, 200, "{name}");
    }
}

/// The login page's cookie is not ended by GlobalSignOut: a sign-in by it has an old `auth_time`.
#[tokio::test]
async fn once_cognito_was_told_a_sign_in_by_the_cookie_is_accepted() {
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let token = local.access_token();
    let by_cookie = || local.pool.token(&TokenSpec::access("alice").claim("auth_time", 1));
    local.pool.advance(MINUTE);
    local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(500));
    assert_eq!(logout(&endpoints, &token).await, Answer::new(503, UNTOLD).retry_after("5"));
    local.pool.advance(MINUTE);
    let untold = by_cookie();
    assert_eq!(status(&endpoints, &untold).await, 403);

    assert_eq!(logout(&endpoints, &token).await, Answer::new(200, DONE));
    local.pool.advance(MINUTE);
    assert_eq!(status(&endpoints, &by_cookie()).await, 200);
    assert_eq!(status(&endpoints, &untold).await, 403, "it may have come of a refresh");
}
