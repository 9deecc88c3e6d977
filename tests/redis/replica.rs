//! A primary that becomes a replica: it answers reads as before, and hears no news (T1).

use super::proxy::Proxy;
use super::server::Server;
use super::*;

pub const NOT_PRIMARY: &str = "Redis is not the primary of these keys";

/// A replica that has everything that the primary has.
pub async fn replica_of(primary: &Server, arguments: &[&str]) -> Option<Server> {
    tokio::task::block_in_place(|| primary.replica(arguments))
}

/// Waits until the replica has as much as the primary.
pub async fn caught_up(replica: &Server, primary: &Server) {
    tokio::task::block_in_place(|| replica.catch_up_with(primary));
}

/// As after a fail-over that did not reach it: a replica of something that does not answer.
pub fn demote(server: &Server) {
    server.demote();
}

pub fn promote(server: &Server) {
    server.promote();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demoted_primary_with_its_link_down_is_not_believed() {
    let Some(old) = Server::start(&[]) else { return };
    let Some(new) = replica_of(&old, &[]).await else { return };
    let proxy = Proxy::start(old.port).await;
    let ask = connected(&proxy.url()).await;
    let refuse = builder(&proxy.url()).refuse_while_behind().build().unwrap();
    refuse.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&ask, 0).await;
    refused_at(&refuse, 0).await;
    caught_up(&new, &old).await;

    // No connection ends: REPLICAOF leaves them open, and XREAD and ZMSCORE are answered as before.
    promote(&new);
    demote(&old);
    let there = connected(&new.url()).await;
    sign_out(&there, 1).await;
    let signed_out = Instant::now();
    for store in [&ask, &refuse] {
        loop {
            let asked = signed_out.elapsed();
            if accepted(store, 1).await != Some(true) {
                break;
            }
            assert!(asked < Duration::from_millis(450), "max_lag, and a little");
        }
    }
    let vigils = [Vigil::begin(&ask, 1), Vigil::begin(&refuse, 1)];
    for store in [&ask, &refuse] {
        behind(store).await;
        assert_eq!(accepted(store, 1000).await, None, "it cannot tell");
        assert_eq!(accepted(store, 0).await, Some(false), "what the copy has is refused");
        eventually("the reason", async || {
            store.health().last_error.is_some_and(|error| error.reason() == NOT_PRIMARY)
        })
        .await;
    }
    let question = ask.is_revoked(&token(&session(1))).await;
    assert_eq!(question.unwrap_err().reason(), NOT_PRIMARY);
    let failed = ask.revoke(&Revocation::session(pool_name(), session(2), now())).await;
    assert_eq!(failed.unwrap_err().reason(), NOT_PRIMARY);

    // The name leads to the new primary; the connections to the old one stay open.
    proxy.lead_to(new.port);
    for store in [&ask, &refuse] {
        in_step(store).await;
        assert_eq!(accepted(store, 1).await, Some(false));
        live_at(store, 1000).await;
    }
    refused_at(&there, 2).await;
    for vigil in vigils {
        vigil.end().await;
    }
}

/// The follower is busy with something else, or its next sign of life is far away: the call that asks, or signs
/// out, gets the error, and from then on the copy is not believed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_that_meets_a_replica_ends_the_belief_at_once() {
    let Some(server) = Server::start(&[]) else { return };
    let store = builder(&server.url()).max_lag(Duration::from_secs(60)).build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    live_at(&store, 1).await;
    demote(&server);
    let failed = store.revoke(&Revocation::session(pool_name(), session(2), now())).await;
    assert_eq!(failed.unwrap_err().reason(), NOT_PRIMARY);
    assert_eq!(status_now(&store, 1), RevocationStatus::Unknown);
    promote(&server);
    eventually("written late", async || server.number(&["ZCARD", ENTRIES]) == 2).await;
    live_at(&store, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_over_a_new_connection_once_the_name_leads_elsewhere() {
    let Some(old) = Server::start(&[]) else { return };
    let Some(new) = replica_of(&old, &[]).await else { return };
    let proxy = Proxy::start(old.port).await;
    let store = connected(&proxy.url()).await;
    sign_out(&store, 0).await;
    caught_up(&new, &old).await;
    promote(&new);
    demote(&old);
    proxy.lead_to(new.port);
    // The connection that is open leads to a replica now.
    sign_out(&store, 1).await;
    assert_eq!(new.number(&["ZCARD", ENTRIES]), 3);
}

/// A process starts where a replica answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_fills_no_copy() {
    let Some(primary) = Server::start(&[]) else { return };
    let there = connected(&primary.url()).await;
    sign_out(&there, 1).await;
    let Some(replica) = replica_of(&primary, &[]).await else { return };
    let here = builder(&replica.url()).build().unwrap();
    let waited = here.wait_until_in_step(Duration::from_millis(500)).await.unwrap_err();
    assert_eq!(waited.reason(), NOT_PRIMARY);
    assert_eq!(accepted(&here, 2).await, None);
}

/// A primary that lost its replicas, as in a partition. Redis looks at this within a script since 7.0.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_with_fewer_replicas_than_it_must_have_answers_nothing() {
    const REFUSED: &str = "Redis refused the command";
    let Some(server) = Server::start(&[]) else { return };
    let store = connected(&server.url()).await;
    sign_out(&store, 1).await;
    let set = |number| server.text(&["CONFIG", "SET", "min-replicas-to-write", number]);
    assert_eq!(set("1"), "OK");
    let sign_out_of = |number| Revocation::session(pool_name(), session(number), now());
    let refused = store.revoke(&sign_out_of(2)).await.unwrap_err();
    assert_eq!(refused.reason(), REFUSED);
    behind(&store).await;
    let (revoked, other) = (session(1), session(3));
    let refused = store.is_revoked(&token(&other)).await.unwrap_err();
    assert_eq!(refused.reason(), REFUSED);
    assert_eq!(store.is_revoked(&token(&revoked)).await, Ok(true), "the copy has it");
    let direct = server.call(&["ZREM", ENTRIES, "-"]);
    assert!(matches!(&direct, super::server::Reply::Error(e) if e.starts_with("NOREPLICAS")));
    assert_eq!(server.number(&["ZCARD", ENTRIES]), 2, "the epoch and the first entry");

    assert_eq!(set("0"), "OK");
    in_step(&store).await;
    let there = connected(&server.url()).await;
    refused_at(&there, 2).await;
}

/// An `Ok` means that the replica has it, also for an entry that the primary had before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_waits_for_as_many_replicas_as_it_is_told() {
    let Some(primary) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    let Some(replica) = replica_of(&primary, &[]).await else { return };
    let store = builder(&primary.url()).timeout(Duration::from_secs(2)).wait_for_replicas(1);
    let store = store.build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    let there = connected(&primary.url()).await;
    // Before that it confirms nothing.
    caught_up(&replica, &primary).await;
    sign_out(&store, 1).await;
    assert_eq!(replica.number(&["ZCARD", ENTRIES]), 2, "the epoch and the entry");
    replica.pause();
    let entry = Revocation::session(pool_name(), session(2), now());
    for _ in 0..2 {
        let failed = store.revoke(&entry).await.unwrap_err();
        assert_eq!(failed.reason(), "too few replicas of Redis have confirmed the write");
    }
    refused_at(&there, 2).await;
    replica.resume();
    eventually("confirmed", async || store.revoke(&entry).await.is_ok()).await;
    assert_eq!(replica.number(&["ZCARD", ENTRIES]), 3);
    // It is waited for, for most of the time of the call.
    let patient = builder(&primary.url()).timeout(Duration::from_secs(12)).wait_for_replicas(1);
    let patient = patient.build().unwrap();
    replica.pause();
    let entry = Revocation::session(pool_name(), session(3), now());
    let (confirmed, ()) = tokio::join!(patient.revoke(&entry), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        replica.resume();
    });
    confirmed.unwrap();
}

/// Redis answers nothing on a connection on which it waits for replicas.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_outs_that_wait_for_replicas_hold_up_no_other_call() {
    const WAITED: &str = "too few replicas of Redis have confirmed the write";
    let Some(server) = Server::start(&[]) else { return };
    let store = builder(&server.url()).timeout(Duration::from_secs(4)).wait_for_replicas(1);
    let store = store.build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    // Each waits for three seconds: one after the other they would have no answer in time.
    let sign_out = async |number| {
        let entry = Revocation::session(pool_name(), session(number), now());
        store.revoke(&entry).await.unwrap_err().reason().to_owned()
    };
    let answers = tokio::join!(sign_out(1), sign_out(2), sign_out(3));
    assert_eq!(answers, (WAITED.into(), WAITED.into(), WAITED.into()));
}
