//! A run in which everything happens that is logged. Each part says which secrets were in it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use cognito_auth::bearer::JwtBearer;
use cognito_auth::keys::RemoteKeySet;
use cognito_auth::revocation::{
    LiveCheck, RedisRevocations, Revocation, RevocationStatus, RevocationStore,
};
use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUserPool, TokenSpec};
use cognito_auth::{
    AccessClaims, AuthCode, AuthError, ClientSecret, CognitoClient, ConfigError, IdClaims,
    IdentityProvider, JwtVerifier, Refusal, RefusalCode, UserPool,
};
use serde_json::Value;
use tracing::Instrument as _;

use super::later::later;
use super::local::{CODE_VERIFIER, Local};
use super::recorder::Recorder;
use super::server::Server;
use super::support::{CLIENT, Down, REDIRECT_URI, ask, request, sign_in, with_token};

/// A token, and its signature: the latter would be enough to rebuild it.
pub(crate) fn parts(token: &str) -> [String; 2] {
    [token.to_owned(), token.rsplit('.').next().unwrap().to_owned()]
}

/// Signed in, seen, signed out, refused; and tokens that were not delivered.
pub(crate) async fn sign_in_and_out() -> Vec<String> {
    let local = Local::start().await;
    let endpoints =
        local.builder(local.verifier()).with_id_token().with_refresh_token().build().unwrap();
    let code = local.code(REDIRECT_URI);
    let body = format!(r#"{{"code":"{code}","code_verifier":"{CODE_VERIFIER}"}}"#);
    let mut secrets = vec![code, CODE_VERIFIER.to_owned()];
    let answer = ask(&endpoints, sign_in(body.as_str())).await;
    assert_eq!(answer.status, 200);
    let tokens: Value = serde_json::from_str(&answer.body).unwrap();
    for name in ["access_token", "id_token", "refresh_token"] {
        secrets.extend(parts(tokens[name].as_str().unwrap()));
    }
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", token)).await.status, 200);
    assert_eq!(ask(&endpoints, with_token("POST", "/auth/logout", token)).await.status, 200);
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", token)).await.status, 403);
    assert_eq!(ask(&endpoints, request("GET", "/auth/me")).await.status, 403);
    // The code is spent.
    assert_eq!(ask(&endpoints, sign_in(body)).await.status, 401);

    // Of another user than the provider says.
    let other = local.access_token();
    secrets.extend(parts(&other));
    local.provider.change_user_info(|info| info.sub = "another-user".to_owned());
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &other)).await.status, 503);

    let expired = local.pool.token(&TokenSpec::access("alice").expired());
    secrets.extend(parts(&expired));
    let handed_over = expired.clone();
    local.provider.change_tokens(move |tokens| tokens.access_token = handed_over.as_str().into());
    local.pool.fail_next_at(Endpoint::Revoke, 1, Fault::Status(500));
    assert_eq!(ask(&endpoints, sign_in(local.sign_in_body())).await.status, 503);
    secrets
}

/// Longer than keys are not fetched again.
async fn cool_down() {
    later(Duration::from_secs(10)).await;
}

/// A key that is new, and a key server that is away.
pub(crate) async fn rotation_and_outage() -> Vec<String> {
    let local = Local::start().await;
    let keys = RemoteKeySet::new(&local.pool.user_pool()).unwrap();
    let verifier = local.verifier().keys(keys);
    let endpoints = local.builder(verifier).build().unwrap();
    let before = local.access_token();
    let answer = ask(&endpoints, with_token("GET", "/auth/me", &before));
    assert_eq!(answer.instrument(tracing::info_span!("app")).await.status, 200);
    local.pool.rotate_keys().unwrap();
    let after = local.access_token();
    local.pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
    cool_down().await;
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &after)).await.status, 503);
    cool_down().await;
    assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &after)).await.status, 200);
    local.pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(500));
    assert_eq!(ask(&endpoints, with_token("POST", "/auth/logout", &after)).await.status, 503);
    [parts(&before), parts(&after)].concat()
}

/// Where a developer has to do something; and a store that takes no entry.
pub(crate) async fn what_is_set_up_wrong() -> Vec<String> {
    let local = Local::start().await;
    let (endpoints, token) = (local.endpoints(), local.access_token());
    let refused = |code| AuthError::from(Refusal::new(code));
    for (error, status) in [
        (refused(RefusalCode::InvalidClient), 500),
        (refused(RefusalCode::Other), 503),
        (AuthError::Config(ConfigError::NoTlsBackend), 500),
    ] {
        local.provider.fail(error);
        assert_eq!(ask(&endpoints, with_token("GET", "/auth/me", &token)).await.status, status);
    }
    // More claims than the verifier reads.
    let local = Local::start().await;
    let large = TokenSpec::access("alice").claim("x", "a".repeat(20_000));
    let large = local.pool.token(&large);
    local.provider.change_tokens(move |tokens| tokens.access_token = large.as_str().into());
    let answer = ask(&local.endpoints(), sign_in(local.sign_in_body())).await;
    assert_eq!(answer.status, 500);

    let token = local.access_token();
    let endpoints = local
        .builder(local.verifier().revocations(Arc::new(Down(RevocationStatus::Live))))
        .build()
        .unwrap();
    assert_eq!(ask(&endpoints, with_token("POST", "/auth/logout", &token)).await.status, 503);
    parts(&token).to_vec()
}

/// This machine's clock is an hour behind; and what was handed out cannot be revoked.
pub(crate) async fn a_clock_that_is_off(recorder: &Recorder) -> Vec<String> {
    let local = Local::start().await;
    let behind = || SystemTime::now() - Duration::from_secs(3600);
    let cognito =
        CognitoClient::builder(&local.pool.user_pool(), CLIENT).clock(behind).build().unwrap();
    let code = local.code(REDIRECT_URI);
    let exchange = AuthCode::new(&*code, REDIRECT_URI).with_code_verifier(CODE_VERIFIER);
    local.pool.fail_next_at(Endpoint::Revoke, 1, Fault::Status(500));
    assert_eq!(cognito.auth_with_code(exchange).await.unwrap_err().code(), "clock");
    later(Duration::from_secs(60)).await;
    recorder.until_heard("after a retry, the session of a sign-in").await;
    // Once more, and Cognito is away for ten minutes.
    let another = local.code(REDIRECT_URI);
    let exchange = AuthCode::new(&*another, REDIRECT_URI).with_code_verifier(CODE_VERIFIER);
    local.pool.fail_next_at(Endpoint::Revoke, 1, Fault::Status(500));
    assert_eq!(cognito.auth_with_code(exchange).await.unwrap_err().code(), "clock");
    later(Duration::from_secs(600)).await;
    recorder.until_heard("could not be revoked, and this is not retried any more").await;
    vec![code, another]
}

/// Cognito is asked about a token, and says that it is asked too often.
pub(crate) async fn live_check() -> Vec<String> {
    let local = Local::start().await;
    let live = LiveCheck::new(local.provider.clone());
    let verifier = local.verifier().revocations(Arc::new(live)).build().unwrap();
    let (first, second) = (local.access_token(), local.access_token());
    verifier.verify_access(&first).instrument(tracing::info_span!("app")).await.unwrap();
    local.pool.fail_next_at(Endpoint::GetUser, 1, Fault::Throttle);
    assert!(verifier.verify_access(&second).await.unwrap_err().is_unavailable());
    // A firewall blocks all users alike.
    let live = LiveCheck::new(local.provider.clone());
    let verifier = local.verifier().revocations(Arc::new(live)).build().unwrap();
    local.pool.fail_next_at(Endpoint::GetUser, 1, Fault::Status(403));
    assert!(verifier.verify_access(&second).await.unwrap_err().is_unavailable());
    let live = LiveCheck::new(local.provider.clone());
    let verifier = local.verifier().revocations(Arc::new(live)).build().unwrap();
    local.provider.fail(AuthError::Config(ConfigError::NoTlsBackend));
    assert!(verifier.verify_access(&second).await.unwrap_err().is_unavailable());
    [parts(&first), parts(&second)].concat()
}

/// What a confidential client sends: a secret, and a refresh token.
pub(crate) async fn secrets_of_a_client() -> Vec<String> {
    let secret = "a-client-secret-of-some-length";
    let client = LocalClient::machine("1machine23456789abcdefghij", secret).scopes(["orders/read"]);
    let pool = LocalUserPool::builder().client(client).start().await.unwrap();
    let cognito = CognitoClient::builder(&pool.user_pool(), pool.client_id())
        .client_secret(ClientSecret::new(secret))
        .build()
        .unwrap();
    let tokens = cognito.client_credentials(&["orders/read"]).await.unwrap();
    let refresh_token = "a-refresh-token-that-was-never-issued";
    cognito.refresh(&refresh_token.into()).await.unwrap_err();
    let mut secrets = vec![secret.to_owned(), refresh_token.to_owned()];
    secrets.extend(parts(tokens.access_token.expose()));
    let verifier = JwtVerifier::new(&pool.user_pool(), pool.client_id()).unwrap();
    verifier.verify_access(tokens.access_token.expose()).await.unwrap_err();

    // From a provider: it is replaced, and then the provider fails.
    let next = "a-client-secret-that-comes-next";
    let provided = Arc::new(Mutex::new(Some(secret)));
    let provider = Arc::clone(&provided);
    let cognito = CognitoClient::builder(&pool.user_pool(), pool.client_id())
        .client_secret_from(move || {
            let secret = *provider.lock().unwrap();
            async move { secret.map(ClientSecret::from).ok_or("the store is away") }
        })
        .build()
        .unwrap();
    cognito.client_credentials(&["orders/read"]).await.unwrap();
    for replaced in [Some(next), None] {
        pool.add_client_secret(replaced.unwrap_or("a-client-secret-that-is-not-provided"));
        pool.delete_old_client_secret();
        *provided.lock().unwrap() = replaced;
        cool_down().await;
        let got = cognito.client_credentials(&["orders/read"]).await;
        assert_eq!(got.is_ok(), replaced.is_some());
    }
    secrets.push(next.to_owned());
    secrets
}

/// An extractor of Actix Web where the middleware was forgotten.
pub(crate) async fn forgotten_middleware() -> Vec<String> {
    let local = Local::start().await;
    let token = local.access_token();
    let request = actix_web::test::TestRequest::get()
        .app_data(JwtBearer::new(local.verifier().build().unwrap()))
        .insert_header(("authorization", format!("Bearer {token}")))
        .to_http_request();
    let claims = <AccessClaims as actix_web::FromRequest>::extract(&request).await.unwrap();
    assert_eq!(claims.username(), Some("alice"));
    // And one for access tokens around a handler that takes ID tokens.
    let route = actix_web::web::get().to(async |_: IdClaims| "let in");
    let bearer = JwtBearer::new(local.verifier().build().unwrap());
    let app = actix_web::App::new().wrap(bearer).route("/", route);
    let app = actix_web::test::init_service(app).await;
    let request = actix_web::test::TestRequest::get().to_request();
    let answer = actix_web::test::call_service(&app, request).await;
    assert_eq!(answer.status().as_u16(), 500);
    parts(&token).to_vec()
}

/// Redis dies and comes back with nothing. `None` where there is none.
pub(crate) async fn redis(recorder: &Recorder) -> Option<Vec<String>> {
    let password = "a-password-of-redis";
    let mut server = Server::start(&["--requirepass", password])?;
    let url = format!("redis://:{password}@127.0.0.1:{}", server.port);
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let store = RedisRevocations::new(&pool, &url).unwrap();
    store.wait_until_in_step(Duration::from_secs(20)).await.unwrap();
    let (known, late) =
        ("7c5f0f0e-0000-4000-8000-000000000001", "7c5f0f0e-0000-4000-8000-000000000002");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let session = |id: &str| Revocation::session(&pool, id, now.as_secs());
    store.revoke(&session(known)).await.unwrap();
    server.kill();
    store.revoke(&session(late)).await.unwrap_err();
    server.run();
    let last = "revocations were written that could not be before";
    let deadline = Instant::now() + Duration::from_secs(20);
    while !recorder.rows().iter().any(|row| row.what == last) {
        assert!(Instant::now() < deadline, "{}", recorder.text());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    store.wait_until_in_step(Duration::from_secs(20)).await.unwrap();
    let without_hyphens = [known, late].map(|id| id.replace('-', ""));
    Some(
        [vec![password.to_owned(), known.to_owned(), late.to_owned()], without_hyphens.to_vec()]
            .concat(),
    )
}
