//! Two machines whose Redis stops, hangs, is emptied, or fails over to a replica.

use super::browser::Browser;
use super::gate::Gate;
use super::machines::{PAST_EXPIRY, Site};
use super::redis_server::Server;

/// With a cookie it cannot be told who asks; without one it need not be.
async fn is_away(site: &Site, cookie: &str) {
    for machine in 0..2 {
        assert_eq!(site.ask(machine, cookie).await, 503);
        assert_eq!(Browser::new().get(site.home(machine)).await.status, 200, "a visitor");
    }
}

/// The tokens have expired by then: each time the first request refreshes, and with grace 0 a second
/// refresh would end the session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_stops_or_hangs_loses_no_session_and_an_emptied_one_all() {
    let written = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut redis) = Server::start(&written) else { return };
    let Some(mut site) = Site::of_two(0, &redis).await else { return };
    let (one, two) = (site.sign_in(0).await, site.sign_in(1).await);

    site.pass(PAST_EXPIRY);
    redis.kill();
    is_away(&site, &one).await;
    redis.run();
    assert_eq!(site.told_by_both(&one).await, [200; 2]);
    assert_eq!(site.refreshes(2), 1);

    redis.pause();
    is_away(&site, &two).await;
    redis.resume();
    assert_eq!(site.told_by_both(&two).await, [200; 2]);
    assert_eq!(site.told_by_both(&one).await, [200; 2]);
    assert_eq!(site.refreshes(2), 2);

    redis.call(&["FLUSHALL"]);
    assert_eq!(site.told_by_both(&one).await, [401; 2]);
    let again = site.sign_in_again(0).await;
    assert_eq!(site.told_by_both(&again).await, [200; 2]);
}

/// A replica is promoted that had everything but the last moment, and the address leads to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fail_over_loses_what_was_not_replicated_and_what_had_no_grace_time() {
    for (grace, refreshed_then) in [(60, 200), (0, 401)] {
        let Some(old) = Server::start(&[]) else { return };
        let Some(new) = tokio::task::block_in_place(|| old.replica(&[])) else { return };
        let gate = Gate::start(old.port).await;
        let mut site = Site::new(grace).await;
        let added = (site.add(gate.port, None), site.add(gate.port, None));
        let (Some(()), Some(())) = added else { return };
        let (refreshed, resting) = (site.sign_in(0).await, site.sign_in(1).await);
        site.pass(PAST_EXPIRY);

        tokio::task::block_in_place(|| new.catch_up_with(&old));
        new.promote();
        assert_eq!(site.told(0, &refreshed).await, 200);
        let begun = site.sign_in(0).await;
        old.demote();
        gate.lead_to(new.port);

        assert_eq!(site.told_by_both(&resting).await, [200; 2], "grace {grace}");
        assert_eq!(site.told_by_both(&refreshed).await, [refreshed_then; 2], "grace {grace}");
        assert_eq!(site.told_by_both(&begun).await, [401; 2], "grace {grace}");
        assert_eq!(site.refreshes(3), 3, "grace {grace}: that one was asked for twice");
        let again = site.sign_in_again(1).await;
        assert_eq!(site.told_by_both(&again).await, [200; 2], "grace {grace}");
    }
}
