//! Redis loses data, or goes back to older data: processes write back what they remember.

use super::proxy::Proxy;
use super::server::{Reply, Server};
use super::*;

async fn survives(mut server: Server, lose: impl AsyncFnOnce(&mut Server)) {
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    let (vigil, other) = (Vigil::begin(&one, 1), Vigil::begin(&two, 1));
    lose(&mut server).await;
    // A process that knew nothing before learns of it.
    let three = builder(&server.url()).build().unwrap();
    refused_at(&three, 1).await;
    // What comes after goes its way as before.
    in_step(&one).await;
    in_step(&two).await;
    sign_out(&two, 2).await;
    refused_at(&one, 2).await;
    refused_at(&three, 2).await;
    vigil.end().await;
    other.end().await;
    eventually("both entries in Redis", async || {
        server.number(&["ZCARD", ENTRIES]) == 3 && entries(&one) == 2 && entries(&two) == 2
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_empty() {
    let Some(server) = Server::start(&[]) else { return };
    survives(server, async |server| {
        server.kill();
        server.forget_everything();
        server.run();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_with_its_data() {
    let Some(server) = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]) else {
        return;
    };
    survives(server, async |server| {
        server.kill();
        server.run();
        assert_eq!(server.number(&["ZCARD", ENTRIES]), 2, "the epoch and the entry");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_with_older_data() {
    let Some(mut server) = Server::start(&[]) else { return };
    let one = connected(&server.url()).await;
    sign_out(&one, 100).await;
    assert_eq!(server.text(&["SAVE"]), "OK");
    drop(one);
    server.kill();
    server.run();
    survives_with(server, 3).await;

    async fn survives_with(mut server: Server, entries: i64) {
        let proxy = Proxy::start(server.port).await;
        let one = connected(&proxy.url()).await;
        sign_out(&one, 1).await;
        let vigil = Vigil::begin(&one, 1);
        proxy.refuse(true);
        server.kill();
        server.run();
        assert_eq!(server.number(&["ZCARD", ENTRIES]), entries - 1, "the sign-out is lost");
        proxy.refuse(false);
        eventually("written back", async || server.number(&["ZCARD", ENTRIES]) == entries).await;
        vigil.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emptied_while_all_are_connected() {
    let Some(server) = Server::start(&[]) else { return };
    survives(server, async |server| {
        assert_eq!(server.text(&["FLUSHALL"]), "OK");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_set_is_evicted() {
    let Some(server) = Server::start(&[]) else { return };
    survives(server, async |server| assert_eq!(server.number(&["DEL", ENTRIES]), 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_evicted() {
    let Some(server) = Server::start(&[]) else { return };
    survives(server, async |server| assert_eq!(server.number(&["DEL", LOG]), 1)).await;
}

/// Redis was restored with an earlier moment of one entry.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_moment_is_replaced_by_the_later_one_of_a_copy() {
    let Some(server) = Server::start(&[]) else { return };
    let store = connected(&server.url()).await;
    let at = now();
    store.revoke(&Revocation::user(pool_name(), "restored", at)).await.unwrap();
    let Reply::List(members) = server.call(&["ZRANGE", ENTRIES, "0", "-1"]) else { panic!() };
    let mut members = members.iter().filter_map(|member| match member {
        Reply::Text(member) => Some(member.as_str()),
        _ => None,
    });
    let member = members.find(|member| member.starts_with("u:")).unwrap();
    assert_eq!(server.number(&["ZADD", ENTRIES, &(at - 100).to_string(), member]), 0);
    assert_eq!(server.number(&["DEL", LOG]), 1);
    eventually("the later moment", async || {
        server.text(&["ZSCORE", ENTRIES, member]) == at.to_string()
    })
    .await;
}

#[tokio::test]
async fn entries_end_and_the_keys_a_week_after_the_last_of_them() {
    let Some(server) = Server::start(&[]) else { return };
    let one = connected(&server.url()).await;
    const LIFETIME: i64 = 24 * 3600 + 25 * 60;
    let clock = |server: &Server| match server.call(&["TIME"]) {
        Reply::List(time) => match &time[0] {
            Reply::Text(seconds) => seconds.parse::<i64>().unwrap(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    for (number, age) in [(1, LIFETIME + 10), (2, LIFETIME - 600), (3, 0)] {
        let at = u64::try_from(clock(&server) - age).unwrap();
        one.revoke(&Revocation::session(pool_name(), session(number), at)).await.unwrap();
    }
    eventually("one has ended", async || server.number(&["ZCARD", ENTRIES]) == 3).await;
    // Here it stays for as long as if it were new: the clocks may both be wrong.
    assert_eq!((entries(&one), status_now(&one, 1)), (3, RevocationStatus::Revoked));
    // Nor is it written back to a Redis that lost everything.
    assert_eq!(server.text(&["FLUSHALL"]), "OK");
    eventually("written back", async || server.number(&["ZCARD", ENTRIES]) == 3).await;
    let two = connected(&server.url()).await;
    assert_eq!((entries(&two), status_now(&two, 1)), (2, RevocationStatus::Live));
    assert_eq!(status_now(&two, 2), RevocationStatus::Revoked);
    // A week later: here Redis' clock rules alone, and may be set.
    let latest = LIFETIME + 7 * 86_400;
    for key in [ENTRIES, LOG] {
        let left = server.number(&["TTL", key]);
        assert!((latest - 60..=latest).contains(&left), "{key}: {left}");
    }
    // Banned for ever: kept as long, and it keeps nothing else.
    one.revoke(&Revocation::user(pool_name(), "banned", u64::MAX)).await.unwrap();
    assert!(server.number(&["TTL", ENTRIES]) > 1000 * LIFETIME);
    let mut banned = token("other");
    (banned.sub, banned.issued_at) = ("banned", now() + 1_000_000);
    assert_eq!(connected(&server.url()).await.status_now(&banned), RevocationStatus::Revoked);
}
