//! A machine without root certificates: what needs no TLS works, and what does says what is missing
//! (R8, N1). The tests run once more in a process of their own, in which the file of root
//! certificates is an empty one.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "support/log.rs"]
mod log;

use std::process::Command;

use cognito_auth::keys::{KeySet as _, RemoteKeySet};
use cognito_auth::revocation::{RedisRevocations, Revocation, RevocationStore as _};
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{
    AccessToken, AuthError, CognitoClient, IdentityProvider as _, JwtVerifier, KeysUnavailable,
    Unreachable, UserInfoSource, UserPool, VerifyError,
};

use log::Log;

const POOL: &str = "eu-west-1_AbCdEf123";
const CLIENT: &str = "1example23456789abcdefghij";
const WAY_OUT: &str = "this machine has no root certificates: install the package \
                       ca-certificates, or add one with add_root_certificate_pem";

/// Whether this process sees no root certificates. If not, starts one that does, for this test.
fn is_without_roots(test: &str) -> bool {
    if std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file == "/dev/null") {
        return true;
    }
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SSL_CERT_FILE", "/dev/null")
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    let failed = String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success() && said.contains("1 passed"), "{said}\n{failed}");
    false
}

#[tokio::test]
async fn what_needs_tls_is_built_and_says_what_is_missing_when_it_is_used() {
    if !is_without_roots("what_needs_tls_is_built_and_says_what_is_missing_when_it_is_used") {
        return;
    }
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let pool = UserPool::new(POOL).unwrap();
    let client = tracing::subscriber::with_default(subscriber, || {
        let builder = CognitoClient::builder(&pool, CLIENT);
        builder.user_info_source(UserInfoSource::GetUser).build().unwrap()
    });
    let warning = log.text();
    for part in ["WARN", "ca-certificates", "No CA certificates were loaded from the system"] {
        assert!(warning.contains(part), "{part}: {warning}");
    }
    let error = client.user_info_with_token(&AccessToken::new("a.b.c")).await.unwrap_err();
    assert_eq!(error, AuthError::Unreachable(Unreachable::NoRootCertificates));
    assert!(error.is_unavailable());
    assert_eq!(error.to_string(), format!("the identity provider cannot be reached: {WAY_OUT}"));

    let verifier = JwtVerifier::new(&pool, CLIENT).unwrap();
    let header = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0";
    let payload = "eyJpc3MiOiJodHRwczovL2NvZ25pdG8taWRwLmV1LXdlc3QtMS5hbWF6b25hd3MuY29tL2V1LXdlc3QtMV9BYkNkRWYxMjMifQ";
    let error = verifier.verify_access(&format!("{header}.{payload}.AAAA")).await.unwrap_err();
    assert_eq!(
        error,
        VerifyError::KeysUnavailable(KeysUnavailable::Unreachable(Unreachable::NoRootCertificates))
    );
    assert_eq!(error.to_string(), format!("the issuer's keys are not available: {WAY_OUT}"));
    let keys = RemoteKeySet::new(&pool).unwrap();
    assert_eq!(
        keys.prefetch().await,
        Err(KeysUnavailable::Unreachable(Unreachable::NoRootCertificates))
    );
    assert_eq!(
        keys.health().last_error,
        Some(KeysUnavailable::Unreachable(Unreachable::NoRootCertificates))
    );
}

/// One that is added is enough: the request goes out.
#[tokio::test]
async fn a_root_certificate_that_is_added_stands_in_for_the_systems() {
    if !is_without_roots("a_root_certificate_that_is_added_stands_in_for_the_systems") {
        return;
    }
    let root = include_bytes!("identity_provider_errors/root.pem");
    let closed = UserPool::new(POOL).unwrap().with_jwks_uri("https://127.0.0.1:1").unwrap();
    let keys = RemoteKeySet::builder(&closed).add_root_certificate_pem(root).build().unwrap();
    assert_eq!(keys.prefetch().await, Err(KeysUnavailable::Unreachable(Unreachable::Connect)));
}

#[tokio::test]
async fn what_needs_no_tls_works() {
    if !is_without_roots("what_needs_no_tls_works") {
        return;
    }
    let cognito = LocalUserPool::start().await.unwrap();
    cognito.add_user(LocalUser::new("alice", "Passw0rd!23"));
    let (pool, client_id) = (cognito.user_pool(), cognito.client_id());
    let client = CognitoClient::new(&pool, &client_id).unwrap();
    let token = cognito.access_token("alice");
    assert_eq!(client.user_info_with_token(&token).await.unwrap().username, "alice");
    JwtVerifier::new(&pool, &client_id).unwrap().verify_access(token.expose()).await.unwrap();
}

#[tokio::test]
async fn redis_over_tls_is_built_and_says_what_is_missing_when_it_is_used() {
    if !is_without_roots("redis_over_tls_is_built_and_says_what_is_missing_when_it_is_used") {
        return;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("rediss://{}", listener.local_addr().unwrap());
    let pool = UserPool::new(POOL).unwrap();
    let revocations = RedisRevocations::builder(&pool, &url).build().unwrap();
    let error = revocations.revoke(&Revocation::session(&pool, "s1", 0)).await.unwrap_err();
    assert_eq!(error.reason(), format!("no TLS with Redis: {WAY_OUT}"));
}
