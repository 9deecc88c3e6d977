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
    assert_eq!((three.len(), one.len(), two.len()), (2, 2, 2));
    clock.set_ahead(0);
    let four = connected(&server.url()).await;
    assert_eq!((four.len(), peek(&four, 1)), (2, RevocationStatus::Revoked));
    in_step(&one).await;
}
