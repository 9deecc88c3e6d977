//! The log says what happened, in stable words, and names no user.

use super::log::{self, Log};
use super::proxy::Proxy;
use super::server::Server;
use super::*;

async fn says(lines: &Log, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !lines.text().contains(what) {
        assert!(Instant::now() < deadline, "{what} is not in\n{}", lines.text());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// On one thread, which is the one that is listened to.
#[tokio::test]
async fn every_turn_of_events_is_logged_and_no_identity() {
    let (lines, _listening) = log::listen();

    let password = "a-password-of-redis";
    let Some(mut server) = Server::start(&["--requirepass", password]) else { return };
    let proxy = Proxy::start(server.port).await;
    let url = format!("redis://:{password}@127.0.0.1:{}", proxy.port);
    let store = connected(&url).await;
    says(&lines, r#"INFO cognito_auth::revocation: all revocations were read, and those that Redis did not have were written code="filled" entries=0 published=0"#).await;
    says(&lines, r#"INFO cognito_auth::revocation: the copy of the revocations is in step code="in_step" entries=0"#).await;
    sign_out(&store, 1).await;

    proxy.cut();
    says(
        &lines,
        r#"WARN cognito_auth::revocation: the copy of the revocations is behind code="cut_off""#,
    )
    .await;
    says(&lines, r#"in step code="in_step" entries=1"#).await;
    in_step(&store).await;

    proxy.stall(true);
    says(&lines, r#"behind code="timeout""#).await;
    proxy.refuse(true);
    proxy.cut();
    proxy.stall(false);
    assert!(store.revoke(&Revocation::session(pool_name(), session(2), now())).await.is_err());
    says(&lines, r#"ERROR cognito_auth::revocation: a revocation holds in this process only, for now code="not_published" cause="cut_off""#).await;
    proxy.refuse(false);
    says(&lines, r#"INFO cognito_auth::revocation: revocations were written that could not be before code="published_late" entries=1"#).await;
    in_step(&store).await;

    server.kill();
    server.run();
    says(&lines, r#"behind code="data_lost""#).await;
    says(&lines, r#"code="filled" entries=2 published=2"#).await;

    let wrong =
        builder(&format!("redis://:{password}x@127.0.0.1:{}", server.port)).build().unwrap();
    says(&lines, r#"behind code="login""#).await;
    assert_eq!(
        wrong.wait_until_in_step(Duration::from_millis(1)).await.unwrap_err().reason(),
        "Redis does not accept the user name and password"
    );

    let log: String = lines.text();
    assert!(!log.contains(r#"code="published_late" entries=0"#), "nothing is no news\n{log}");
    let shown = format!("{log}{store:?}{:?}{:?}", builder(&url), store.health());
    for secret in [password, &session(1), &session(1).replace('-', ""), &session(2)] {
        assert!(!shown.contains(secret), "{secret} is in\n{shown}");
    }
    assert!(format!("{:?}", builder(&url)).starts_with("RedisRevocationsBuilder {"));
    assert!(format!("{store:?}").contains(&format!("127.0.0.1:{}", proxy.port)));
}
