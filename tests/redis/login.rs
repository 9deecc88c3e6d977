//! User, password and TLS at Redis, through the URL.

use std::process::Command;

use super::server::{Server, free_port};
use super::*;
use crate::example::skip;

/// As the documentation of `RedisRevocations` lists them.
const PERMISSIONS: &str = "+eval +time +zadd +zrem +zremrangebyscore +zrangebyscore \
                           +zrevrangebyscore +zmscore +zcount +zrange +zscan +xadd +xread +xrevrange +ttl \
                           +expireat +select";

#[tokio::test]
async fn a_user_with_the_listed_permissions_and_no_others_is_enough() {
    let Some(server) = Server::start(&[]) else { return };
    let mut command =
        vec!["ACL", "SETUSER", "app", "on", ">p@ss word", "resetkeys", "~cognito-auth:*", "-@all"];
    command.extend(PERMISSIONS.split_whitespace());
    assert_eq!(server.text(&command), "OK");
    let url = format!("redis://app:p%40ss%20word@127.0.0.1:{}/2", server.port);
    let (one, two) = (connected(&url).await, connected(&url).await);
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    assert_eq!(server.number(&["DBSIZE"]), 0, "database 2 was asked for");

    // Asking is among them, too.
    assert!(server.number(&["CLIENT", "KILL", "USER", "app"]) > 0);
    let asking = builder(&url).build().unwrap();
    assert_eq!(asking.is_revoked(&token(&session(1))).await, Ok(true));

    assert_eq!(server.text(&["ACL", "SETUSER", "app", "-zadd"]), "OK");
    let denied =
        one.revoke(&Revocation::session(pool_name(), session(2), now())).await.unwrap_err();
    assert_eq!(denied.reason(), "the Redis user lacks a permission");
}

#[tokio::test]
async fn each_pool_has_keys_of_its_own() {
    let Some(server) = Server::start(&[]) else { return };
    let one = connected(&server.url()).await;
    let other_pool = UserPool::new("eu-west-1_GhIjKl456").unwrap();
    let other = RedisRevocations::new(&other_pool, &server.url()).unwrap();
    other.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&one, 1).await;
    let theirs = Revocation::session(&other_pool, session(2), now());
    other.revoke(&theirs).await.unwrap();
    let third = RedisRevocations::new(&other_pool, &server.url()).unwrap();
    third.wait_until_in_step(PATIENCE).await.unwrap();
    assert_eq!((entries(&one), entries(&other), entries(&third)), (1, 1, 1));
    assert_eq!(status_now(&third, 1), RevocationStatus::Live);
    assert_eq!(server.number(&["DBSIZE"]), 4);

    assert_eq!(one.name(), "redis");

    // T15: a store has nothing of another pool, and takes nothing of it.
    let refused = one.revoke(&theirs).await.unwrap_err();
    assert_eq!(refused.reason(), "the Redis store is of another user pool than the entry");
    let name = other_pool.name();
    let session = session(1);
    let mut token = token(&session);
    assert_eq!(one.status_now(&token), RevocationStatus::Revoked);
    token.pool = &name;
    assert_eq!(one.status_now(&token), RevocationStatus::Live);
    assert_eq!((one.is_revoked(&token).await, one.find_entry(&token).await), (Ok(false), Ok(None)));
    assert_eq!(entries(&one), 1);
}

#[test]
fn what_cannot_work_is_said_before_anything_is_sent() {
    let pool = UserPool::new(POOL).unwrap();
    let error = RedisRevocations::new(&pool, "redis://127.0.0.1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a tokio runtime is missing: build RedisRevocations inside of one"
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let error = RedisRevocations::new(&pool, "redis://u:hush@cache.example.com").unwrap_err();
    assert_eq!(error.code(), "insecure_redis_url");
    assert_eq!(
        error.to_string(),
        "the Redis URL must begin with rediss://: an unencrypted connection to another machine \
         has to be accepted by name"
    );
    let plain = RedisRevocations::builder(&pool, "redis://u:hush@cache.example.com");
    let plain_is_fine = plain.clone().accept_unencrypted_connection();
    for (max_lag, timeout) in [(100, 10), (60_000, 30_000)]
        .map(|(lag, timeout)| (Duration::from_millis(lag), Duration::from_millis(timeout)))
    {
        let built = plain_is_fine.clone().max_lag(max_lag).timeout(timeout).build();
        assert!(built.is_ok(), "{max_lag:?} {timeout:?}");
    }
    for (wrong, code) in [
        (plain.clone().max_lag(Duration::from_millis(99)), "out_of_range"),
        (plain.clone().max_lag(Duration::from_secs(61)), "out_of_range"),
        (plain.clone().timeout(Duration::from_millis(9)), "out_of_range"),
        (plain.clone().timeout(Duration::from_millis(30_001)), "out_of_range"),
        (RedisRevocations::builder(&pool, "hush"), "url"),
    ] {
        let error = wrong.build().unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.to_string().contains("hush"));
    }
}

/// One that adds nothing would be missed when the first connection is refused.
#[tokio::test]
async fn a_root_certificate_that_is_none_is_found_when_the_store_is_built() {
    let pool = UserPool::new(POOL).unwrap();
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----";
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for pem in [broken, "", "hello", key, "-----BEGIN CERTIFICATE-----"] {
        let builder = RedisRevocations::builder(&pool, "rediss://h");
        let error = builder.add_root_certificate_pem(pem.as_bytes()).build().expect_err(pem);
        assert_eq!(
            error.to_string(),
            "the root certificate cannot be used: it is no certificate in PEM",
            "{pem}"
        );
    }
}

#[tokio::test]
async fn tls_with_a_certificate_that_is_trusted_and_with_one_that_is_not() {
    let folder = std::env::temp_dir().join(format!("cognito-auth-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        return skip("openssl is not installed: apt-get install openssl");
    }
    let port = free_port();
    let (key, path) = (key.to_str().unwrap().to_owned(), certificate.to_str().unwrap().to_owned());
    let Some(_server) = Server::start(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &path,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &path,
        "--tls-auth-clients",
        "no",
    ]) else {
        return;
    };
    let pem = std::fs::read(&certificate).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("rediss://{host}:{port}");
        let patient = || builder(&url).timeout(Duration::from_secs(5));
        let trusted = patient().add_root_certificate_pem(&pem).build().unwrap();
        trusted.wait_until_in_step(PATIENCE).await.unwrap();
        sign_out(&trusted, 1).await;
        let stranger = patient().build().unwrap();
        let error = stranger.wait_until_in_step(Duration::from_secs(1)).await.unwrap_err();
        assert_eq!(
            error.reason(),
            "no TLS with Redis: its certificate is not trusted, or it speaks none"
        );
        assert!(stranger.is_revoked(&token(&session(1))).await.is_err());
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The end of the log is told by another command than the log is read with: a copy is in step when
/// both work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_read_the_log_is_never_in_step() {
    let Some(server) = Server::start(&[]) else { return };
    server.text(&["ACL", "SETUSER", "default", "-xread"]);
    let store = builder(&server.url()).build().unwrap();
    let waited = store.wait_until_in_step(Duration::from_millis(1500)).await.unwrap_err();
    assert_eq!(waited.reason(), "the Redis user lacks a permission");
    assert_eq!(store.health().lag, None);
}
