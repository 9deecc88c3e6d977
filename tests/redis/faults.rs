//! What goes wrong on the way to Redis. For each: no revoked token is accepted outside the stated
//! setting, nothing hangs, and everything recovers without a restart.

use super::proxy::Proxy;
use super::server::Server;
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_is_noticed_and_nothing_that_happened_meanwhile_is_missed() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let (here, there) = (connected(&proxy.url()).await, connected(&server.url()).await);
    for round in 0..5 {
        proxy.refuse(true);
        proxy.cut();
        behind(&here).await;
        sign_out(&there, round).await;
        let vigil = Vigil::begin(&here, round);
        let health = here.health();
        assert!(health.behind_for.is_some() && health.last_error.is_some(), "{health:?}");
        assert_eq!(accepted(&here, 1000).await, None, "it cannot tell");
        proxy.refuse(false);
        refused_at(&here, round).await;
        in_step(&here).await;
        live_at(&here, 1000).await;
        assert_eq!(here.health().last_error, None);
        vigil.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_in_the_middle_of_the_first_fill_is_no_fill() {
    let Some(server) = Server::start(&[]) else { return };
    let there = connected(&server.url()).await;
    for number in 0..3000 {
        sign_out(&there, number).await;
    }
    let proxy = Proxy::start(server.port).await;
    // Before the login is through, within a page, and between pages.
    for bytes in [1, 70, 3000, 60_000, 100_000] {
        proxy.cut_after(Some(bytes));
        let before = proxy.connections();
        let here = builder(&proxy.url()).build().unwrap();
        let vigil = Vigil::begin(&here, 2999);
        eventually("tried again", async || proxy.connections() >= before + 3).await;
        assert_ne!(status_now(&here, 1_000_000), RevocationStatus::Live, "cut after {bytes}");
        assert!(!here.health().in_step && here.health().lag.is_none());
        proxy.cut_after(None);
        here.wait_until_in_step(PATIENCE).await.unwrap();
        assert_eq!(entries(&here), 3000);
        vigil.end().await;
    }
}

/// A copy of a million entries takes seconds to fill: Redis is asked meanwhile, also by requests that came
/// before the first contact.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_first_fill_lasts_redis_is_asked() {
    let Some(server) = Server::start(&[]) else { return };
    let there = connected(&server.url()).await;
    for number in 0..200 {
        sign_out(&there, number).await;
    }
    let proxy = Proxy::start(server.port).await;
    // Within the first page of entries; the follower waits for the rest of it.
    proxy.hold_next_after(3000);
    let here = builder(&proxy.url()).timeout(PATIENCE).build().unwrap();
    for _ in 0..10 {
        assert_eq!(accepted(&here, 199).await, Some(false));
        assert_eq!(accepted(&here, 1_000_000).await, Some(true));
        assert_eq!((here.health().in_step, here.health().lag), (false, None));
    }
    for (number, is_there) in [(7, true), (1_000_000, false)] {
        let found = here.find_entry(&token(&session(number))).await.unwrap();
        assert_eq!(found.is_some(), is_there, "a sign-out asks too");
    }
    // Over a new connection the copy is filled.
    proxy.cut();
    here.wait_until_in_step(PATIENCE).await.unwrap();
    assert_eq!(entries(&here), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_believed_for_a_bounded_time() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let (here, there) = (connected(&proxy.url()).await, connected(&server.url()).await);
    proxy.stall(true);
    sign_out(&there, 1).await;
    let signed_out = Instant::now();
    loop {
        let asked = signed_out.elapsed();
        let verdict = accepted(&here, 1).await;
        if verdict != Some(true) {
            assert_eq!(verdict, None, "it cannot have heard of it");
            break;
        }
        assert!(asked < Duration::from_millis(450), "max_lag, and a little");
    }
    let vigil = Vigil::begin(&here, 1);
    let began = Instant::now();
    let failed =
        here.revoke(&Revocation::session(pool_name(), session(2), now())).await.unwrap_err();
    assert_eq!(failed.reason(), "no answer from Redis in time");
    assert!(began.elapsed() < Duration::from_secs(1), "one timeout, and a little");
    assert_eq!(status_now(&here, 2), RevocationStatus::Revoked, "here it holds all the same");
    proxy.stall(false);
    refused_at(&here, 1).await;
    refused_at(&there, 2).await;
    vigil.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_falls_behind_the_log_reads_everything() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let (here, there) = (connected(&proxy.url()).await, connected(&server.url()).await);
    proxy.stall(true);
    // More than one page, and of the log only the end is left.
    for number in 0..2500 {
        sign_out(&there, number).await;
    }
    server.number(&["XTRIM", LOG, "MAXLEN", "10"]);
    behind(&here).await;
    let vigil = Vigil::begin(&here, 7);
    proxy.stall(false);
    eventually("all are here", async || entries(&here) == 2500).await;
    in_step(&here).await;
    vigil.end().await;

    // With the log whole it is read on from where one was.
    proxy.stall(true);
    for number in 2500..5000 {
        sign_out(&there, number).await;
    }
    behind(&here).await;
    proxy.stall(false);
    eventually("all are here", async || entries(&here) == 5000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_at_once_lose_nothing_to_each_other() {
    let Some(server) = Server::start(&[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    let write = |at: RedisRevocations, numbers: std::ops::Range<usize>, later: u64| async move {
        for number in numbers {
            at.revoke(&Revocation::user(
                pool_name(),
                "shared",
                now() - 3600 + number as u64 + later,
            ))
            .await
            .unwrap();
            sign_out(&at, number).await;
        }
    };
    let first = tokio::spawn(write(one.clone(), 0..300, 0));
    let second = tokio::spawn(write(two.clone(), 300..600, 500));
    first.await.unwrap();
    second.await.unwrap();
    let three = connected(&server.url()).await;
    for at in [&one, &two, &three] {
        eventually("all are here", async || entries(at) == 601).await;
        for number in 0..600 {
            assert_eq!(status_now(at, number), RevocationStatus::Revoked, "{number}");
        }
        // Of the moments of one user the latest counts, whichever process wrote it, and in any order.
        let mut shared = token("another-session");
        shared.sub = "shared";
        shared.issued_at = now() - 3600 + 1090;
        assert_eq!(at.status_now(&shared), RevocationStatus::Revoked);
        shared.issued_at = now() - 3600 + 1110;
        assert_eq!(at.status_now(&shared), RevocationStatus::Live);
    }
}

#[tokio::test]
async fn a_sign_out_while_redis_is_away_is_an_error_and_reaches_the_others_later() {
    let Some(mut server) = Server::start(&[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    server.kill();
    let failed =
        one.revoke(&Revocation::session(pool_name(), session(1), now())).await.unwrap_err();
    assert!(failed.reason().contains("Redis"), "{failed}");
    assert_eq!(status_now(&one, 1), RevocationStatus::Revoked);
    server.run();
    refused_at(&two, 1).await;
    live_at(&two, 2).await;
}

#[tokio::test]
async fn each_setting_does_what_its_name_says() {
    let Some(mut server) = Server::start(&[]) else { return };
    let (proxy, there) = (Proxy::start(server.port).await, connected(&server.url()).await);
    let ask = builder(&proxy.url()).ask_while_behind().build().unwrap();
    let refuse = builder(&proxy.url()).refuse_while_behind().build().unwrap();
    let accept =
        builder(&proxy.url()).accept_possibly_revoked_tokens_while_behind().build().unwrap();
    for store in [&ask, &refuse, &accept] {
        store.wait_until_in_step(PATIENCE).await.unwrap();
    }
    // Now it has a connection to ask over, which ends with the others.
    sign_out(&ask, 9).await;
    // The log cannot be followed any more; a question can still be asked.
    server.text(&["ACL", "SETUSER", "default", "-xread"]);
    assert!(server.number(&["CLIENT", "KILL", "TYPE", "normal"]) > 0);
    for store in [&ask, &refuse, &accept] {
        behind(store).await;
    }
    sign_out(&there, 1).await;
    let reason = |result: Result<bool, cognito_auth::RevocationError>| result.unwrap_err().reason();
    let (revoked, live) = (session(1), session(2));
    assert_eq!(ask.status_now(&token(&live)), RevocationStatus::Unknown);
    assert_eq!(ask.is_revoked(&token(&revoked)).await, Ok(true));
    assert_eq!(ask.is_revoked(&token(&live)).await, Ok(false));
    assert_eq!(refuse.status_now(&token(&live)), RevocationStatus::Unknown);
    eventually("the reason is known", async || {
        reason(refuse.is_revoked(&token(&live)).await) == "the Redis user lacks a permission"
    })
    .await;
    let untold = refuse.find_entry(&token(&live)).await.unwrap_err();
    assert_eq!(untold.reason(), "the Redis user lacks a permission", "without a question");
    assert_eq!(
        accept.status_now(&token(&revoked)),
        RevocationStatus::Live,
        "as the method's name says"
    );
    // What the copy knows is refused under every setting.
    accept.revoke(&Revocation::session(pool_name(), session(3), now())).await.unwrap();
    assert_eq!(accept.status_now(&token(&session(3))), RevocationStatus::Revoked);

    server.kill();
    eventually("no server to ask", async || ask.is_revoked(&token(&live)).await.is_err()).await;
    assert_eq!(accept.status_now(&token(&live)), RevocationStatus::Live);
}

#[tokio::test]
async fn a_redis_that_accepts_connections_and_never_answers_delays_no_caller() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let began = Instant::now();
    let store = builder(&url).build().unwrap();
    assert!(began.elapsed() < Duration::from_millis(100), "building does not wait");
    let waited = store.wait_until_in_step(Duration::from_millis(400)).await.unwrap_err();
    assert_eq!(waited.reason(), "no answer from Redis in time");
    let began = Instant::now();
    assert!(store.is_revoked(&token("s")).await.is_err());
    assert!(store.revoke(&Revocation::session(pool_name(), "s", now())).await.is_err());
    assert!(began.elapsed() < Duration::from_millis(1500), "two timeouts, and a little");
    let began = Instant::now();
    let questions = (0..50).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { accepted(&store, number).await })
    });
    for question in questions.collect::<Vec<_>>() {
        assert_eq!(question.await.unwrap(), None);
    }
    assert!(began.elapsed() < Duration::from_secs(1), "they do not wait for one another");
}

#[tokio::test]
async fn the_last_clone_takes_the_task_along() {
    let Some(server) = Server::start(&[]) else { return };
    let store = connected(&server.url()).await;
    let clients = || server.text(&["CLIENT", "LIST"]).lines().count();
    let clone = store.clone();
    drop(store);
    sign_out(&clone, 1).await;
    assert_eq!(clients(), 3, "the reader, the writer, and this question");
    drop(clone);
    eventually("no connection is left", async || clients() == 1).await;
}
