//! Redis' clock is set (T6).

use super::server::Server;
use super::server::clock::Clock;
use super::*;

const TWO_DAYS: i64 = 2 * 86_400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_two_days_ahead_for_a_moment_forgets_nothing() {
    let Some(clock) = Clock::new() else { return };
    let Some(server) = Server::start_at(&clock, &[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    clock.set_ahead(TWO_DAYS);
    let redis_clock = || match server.call(&["TIME"]) {
        super::server::Reply::List(time) => format!("{:?}", time[0]),
        other => panic!("{other:?}"),
    };
    let text = redis_clock();
    let seconds: u64 = text.split('"').nth(1).unwrap().parse().unwrap();
    assert!(seconds > now() + 100_000, "the clock is ahead: {seconds}");
    // It writes and is asked meanwhile, and others look at the end of the log.
    sign_out(&two, 2).await;
    refused_at(&one, 2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.number(&["ZCARD", ENTRIES]), 3, "the epoch and two entries");
    let three = connected(&server.url()).await;
    assert_eq!((entries(&three), entries(&one), entries(&two)), (2, 2, 2));
    clock.set_ahead(0);
    let four = connected(&server.url()).await;
    assert_eq!((entries(&four), status_now(&four, 1)), (2, RevocationStatus::Revoked));
    in_step(&one).await;
}

/// Both clocks say that an entry has ended, and the copy keeps it: nothing is missing in Redis.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_ended_and_is_kept_is_not_written_back() {
    const LIFETIME: u64 = 24 * 3600 + 25 * 60;
    let Some(server) = Server::start(&[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    for (number, at) in [(1, now()), (2, now() - LIFETIME + 2), (3, now() - LIFETIME - 10)] {
        let entry = Revocation::session(pool_name(), session(number), at);
        one.revoke(&entry).await.unwrap();
        refused_at(&two, number).await;
    }
    eventually("ended", async || server.number(&["ZCARD", ENTRIES]) == 2).await;
    assert_eq!((entries(&one), entries(&two)), (3, 3), "the copies keep them");
    let counted = || {
        let text = server.text(&["INFO", "commandstats"]);
        let scans = text.lines().find(|line| line.starts_with("cmdstat_zrange:"));
        (scans.map(str::to_owned), server.number(&["XLEN", LOG]))
    };
    let before = counted();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(one.health().in_step && two.health().in_step);
    }
    assert_eq!(counted(), before, "nothing is compared, and nothing is written");

    // The log is lost: everything is compared, and still none of those is written.
    assert_eq!(server.number(&["DEL", LOG]), 1);
    eventually("compared", async || counted().1 > 0 && counted().0 != before.0).await;
    in_step(&one).await;
    in_step(&two).await;
    assert_eq!((server.number(&["ZCARD", ENTRIES]), counted().1), (2, 1));
    // Redis loses what is alive: that alone comes back.
    let alive = format!("s:{}", session(1).replace('-', ""));
    assert_eq!(server.number(&["ZREM", ENTRIES, &alive]), 1);
    eventually("written back", async || server.number(&["ZCARD", ENTRIES]) == 2).await;
    let three = connected(&server.url()).await;
    assert_eq!((entries(&three), status_now(&three, 1)), (1, RevocationStatus::Revoked));
    in_step(&one).await;
}
