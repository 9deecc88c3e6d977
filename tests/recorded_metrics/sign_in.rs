//! Sign-ins, sign-outs, and the requests to Cognito behind them.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::RevocationStatus;
use cognito_auth::testing::{Endpoint, Fault};
use cognito_auth::{Callback, IdentityProvider, Logout, SignInRequest, TokenVerifier};

use super::local::Local;
use super::local_pool::{all_told, verifier};
use super::recorder;
use super::support::{Down, REDIRECT_URI, ask, pool, sign_in, with_token};

const REQUESTS: &str = "cognito_auth_cognito_requests_total";
const SIGN_INS: &str = "cognito_auth_sign_ins_total";
const SIGN_OUTS: &str = "cognito_auth_sign_outs_total";
const RETRIES: &str = "cognito_auth_sign_out_retries_total";

#[tokio::test]
async fn a_sign_in_is_counted_once_whatever_becomes_of_it() {
    let (counted, _guard) = recorder();
    let local = Local::start().await;
    let pending = || local.provider.sign_in(SignInRequest::new(REDIRECT_URI)).unwrap().pending;

    // Another's state; the user said no; and one that the page accepts and Cognito does not.
    let foreign = Callback::from_query("code=a1b2c3d4&state=another").unwrap();
    pending().accept(&foreign).unwrap_err();
    let denied = pending();
    let query = format!("error=access_denied&state={}", denied.state());
    denied.accept(&Callback::from_query(&query).unwrap()).unwrap_err();
    let begun = pending();
    let query = format!("code=a1b2c3d4&state={}", begun.state());
    let code = begun.accept(&Callback::from_query(&query).unwrap()).unwrap();
    local.provider.auth_with_code(code).await.unwrap_err();

    let endpoints = local.endpoints();
    let body = local.sign_in_body();
    assert_eq!(ask(&endpoints, sign_in(body.as_str())).await.status, 200);
    assert_eq!(ask(&endpoints, sign_in(body.as_str())).await.status, 401);
    local.pool.fail_next_at(Endpoint::Token, 1, Fault::Throttle);
    assert_eq!(ask(&endpoints, sign_in(local.sign_in_body())).await.status, 503);

    counted.assert(
        SIGN_INS,
        &[
            ("access_denied", 1),
            ("invalid_grant", 2),
            ("ok", 1),
            ("rate_limited", 1),
            ("state_mismatch", 1),
        ],
    );
    counted.assert(
        REQUESTS,
        &[
            ("authorization_code invalid_grant", 2),
            ("authorization_code ok", 1),
            ("authorization_code rate_limited", 1),
        ],
    );
}

#[tokio::test]
async fn every_request_to_cognito_is_counted() {
    let (counted, _guard) = recorder();
    let local = Local::start().await;
    let cognito = &local.provider;
    let token = local.pool.access_token("alice");
    cognito.user_info_with_token(&token).await.unwrap();
    local.pool.fail_next_at(Endpoint::GetUser, 1, Fault::Hang);
    cognito.user_info_with_token(&token).await.unwrap_err();
    cognito.refresh(&"never-issued".into()).await.unwrap_err();
    cognito.revoke(&"never-issued".into()).await.ok();
    counted.assert(
        REQUESTS,
        &[
            ("GetUser ok", 1),
            ("GetUser unreachable", 1),
            ("refresh_token invalid_grant", 1),
            ("revoke ok", 1),
        ],
    );
    counted.assert(SIGN_INS, &[]);
}

#[tokio::test]
async fn a_sign_out_is_counted_here_and_at_cognito() {
    let (counted, _guard) = recorder();
    let local = Local::start().await;
    let endpoints = local.endpoints();
    let token = local.access_token();
    assert_eq!(ask(&endpoints, with_token("POST", "/auth/logout", &token)).await.status, 200);
    counted.assert(SIGN_OUTS, &[("cognito ok", 1), ("here ok", 1)]);

    local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(500));
    let token = local.access_token();
    assert_eq!(ask(&endpoints, with_token("POST", "/auth/logout", &token)).await.status, 503);

    let verifier =
        local.verifier().revocations(Arc::new(Down(RevocationStatus::Live))).build().unwrap();
    let claims = verifier.verify_access(&local.access_token()).await.unwrap();
    verifier.sign_out(&claims).await.unwrap_err();
    counted.assert(
        SIGN_OUTS,
        &[("cognito ok", 1), ("cognito server_error", 1), ("here ok", 2), ("here unavailable", 1)],
    );
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_that_cognito_is_told_of_late_is_counted() {
    let (counted, _guard) = recorder();
    let pool = pool();
    let logout = Logout::new(Arc::new(pool.clone()), Arc::new(verifier(&pool)));
    let sign_out = async |status| {
        pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(status));
        logout.everywhere(&pool.access_token("alice")).await.unwrap();
    };
    sign_out(500).await;
    counted.assert(RETRIES, &[("queued", 1)]);
    all_told(&logout).await;
    counted.assert(RETRIES, &[("queued", 1), ("told", 1)]);
    // The token's session is ended at Cognito meanwhile.
    sign_out(429).await;
    pool.sign_out("alice");
    all_told(&logout).await;
    counted.assert(RETRIES, &[("given_up", 1), ("queued", 2), ("told", 1)]);
    // A client that comes back before the retry does not keep that from being counted.
    pool.advance(Duration::from_secs(1));
    pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(429));
    let token = pool.access_token("alice");
    assert!(logout.everywhere(&token).await.unwrap().is_retried);
    pool.sign_out("alice");
    assert!(logout.everywhere(&token).await.unwrap().cognito.is_err());
    all_told(&logout).await;
    counted.assert(RETRIES, &[("given_up", 2), ("queued", 3), ("told", 1)]);
    // It was, as far as the answer tells: the one to the first request was lost.
    sign_out(500).await;
    pool.sign_out("alice");
    all_told(&logout).await;
    let expected = [("given_up", 2), ("queued", 4), ("told", 1), ("told_perhaps", 1)];
    counted.assert(RETRIES, &expected);
}
