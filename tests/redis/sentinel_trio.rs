//! Three Sentinels that name the primary, and a fail-over while sign-outs go on.

use super::deep;
use super::nodes::wait;
use super::replica::caught_up;
use super::server::{Reply, Server};
use super::sign_outs::SignOuts;
use super::trio::Trio;
use super::*;

async fn trio() -> Option<Trio> {
    tokio::task::spawn_blocking(Trio::start).await.unwrap()
}

async fn two_processes(url: &str) -> (RedisRevocations, RedisRevocations) {
    let store = || builder(url).timeout(Duration::from_secs(1)).build().unwrap();
    let (one, two) = (store(), store());
    for store in [&one, &two] {
        store.wait_until_in_step(PATIENCE).await.unwrap();
    }
    (one, two)
}

/// The other server becomes the primary, first by the word of one Sentinel, and then of all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_primary_that_sentinels_name_is_followed() {
    let Some(mut trio) = trio().await else { return };
    let (one, two) = two_processes(&trio.url()).await;
    let sign_outs = SignOuts::begin(&one, &two, false);
    sign_outs.go_on(10).await;
    trio.replica.promote();
    trio.primary.demote();
    // Two of three still name the old one, which refuses: another Sentinel is asked the next time.
    trio.name(&trio.replica, &trio.sentinels[2..]);
    sign_outs.go_on(10).await;
    trio.name(&trio.replica, &trio.sentinels[..2]);
    sign_outs.go_on(10).await;
    // A Sentinel that hangs and one that is gone keep nothing from being found.
    trio.sentinels[0].pause();
    trio.sentinels[1].kill();
    // All connections end, and the next ones are made by what the third one says.
    trio.replica.number(&["CLIENT", "KILL", "TYPE", "normal"]);
    sign_outs.go_on(10).await;
    trio.sentinels[0].resume();
    sign_outs.end(&[&one, &two], &trio.url()).await;
}

/// The machine of the primary hangs, and callers have less time than a connection to it: the next one asks the
/// Sentinels again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_primary_is_found_though_callers_leave_before_the_first_is_given_up() {
    let Some(trio) = trio().await else { return };
    let store = builder(&trio.url()).timeout(Duration::from_secs(30)).build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    caught_up(&trio.replica, &trio.primary).await;
    trio.replica.promote();
    trio.name(&trio.replica, &trio.sentinels);
    trio.primary.pause();
    let revocation = Revocation::session(pool_name(), session(1), now());
    let in_vain = tokio::time::timeout(Duration::from_secs(1), store.revoke(&revocation)).await;
    assert!(in_vain.is_err(), "it is fifteen seconds before the connection is given up");
    eventually("signed out", async || {
        let revoked = tokio::time::timeout(Duration::from_secs(5), store.revoke(&revocation));
        matches!(revoked.await, Ok(Ok(())))
    })
    .await;
    assert_eq!(trio.replica.number(&["ZCARD", ENTRIES]), 2, "the epoch and the entry");
    trio.primary.resume();
}

#[tokio::test]
async fn a_name_that_no_sentinel_knows_is_no_primary() {
    let Some(sentinel) = Server::start_sentinel(&[]) else { return };
    let url = format!("redis+sentinel://127.0.0.1:{}/main", sentinel.port);
    let store = builder(&url).build().unwrap();
    let failed = store.revoke(&Revocation::session(pool_name(), session(1), now())).await;
    assert_eq!(failed.unwrap_err().reason(), super::replica::NOT_PRIMARY);
    assert_eq!(accepted(&store, 2).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_and_servers_have_passwords_of_their_own() {
    use cognito_auth::revocation::RedisCredentials;

    let secret = ["--requirepass", "hush", "--masterauth", "hush"];
    let Some(primary) = Server::start(&secret) else { return };
    let monitor = format!("sentinel monitor main 127.0.0.1 {} 1", primary.port);
    let lines = ["requirepass whisper", &monitor, "sentinel auth-pass main hush"];
    let Some(sentinel) = Server::start_sentinel(&lines) else { return };
    let url = format!("redis+sentinel://:hush@127.0.0.1:{}/main", sentinel.port);
    let store = builder(&url).sentinel_credentials(RedisCredentials::password("whisper"));
    let store = store.build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&store, 1).await;
    let without = builder(&url).build().unwrap();
    let failed = without.revoke(&Revocation::session(pool_name(), session(2), now())).await;
    let login = "Redis does not accept the user name and password";
    assert_eq!(failed.unwrap_err().reason(), login);
}

/// The primary is killed; two Sentinels agree that it is gone, and make its replica the primary.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_dies_while_sign_outs_go_on() {
    if !deep::is_asked_for("redis::sentinel_trio") {
        return;
    }
    let Some(trio) = trio().await else { return };
    let (one, two) = two_processes(&trio.url()).await;
    let sign_outs = SignOuts::begin(&one, &two, false);
    sign_outs.go_on(50).await;
    caught_up(&trio.replica, &trio.primary).await;
    tokio::task::block_in_place(|| {
        wait("they know each other and the replica", || {
            trio.sentinels.iter().all(|sentinel| {
                let number = |what| match sentinel.call(&["SENTINEL", what, "main"]) {
                    Reply::List(list) => list.len(),
                    other => panic!("{other:?}"),
                };
                number("SENTINELS") == 2 && number("REPLICAS") == 1
            })
        });
    });
    trio.primary.end();
    sign_outs.go_on(50).await;
    let (done, failed) = sign_outs.end(&[&one, &two], &trio.url()).await;
    assert!(done >= 100 && failed > 0, "{done} {failed}");
    assert!(trio.replica.text(&["INFO", "replication"]).contains("role:master"));
}
