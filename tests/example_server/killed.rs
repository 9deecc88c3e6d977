//! A machine that is killed when it has the pool's answer, and before its write has reached Redis.

use std::time::{Duration, Instant};

use super::gate::{Direction, Gate};
use super::machines::{PAST_EXPIRY, Site};
use super::redis_server::{Reply, Server};

/// More than a renewal of the lease takes, and less than a record with its tokens.
const RECORD_BYTES: usize = 3000;

fn keys(redis: &Server, pattern: &str) -> Vec<String> {
    let Reply::List(keys) = redis.call(&["KEYS", pattern]) else { panic!() };
    let text = |key| if let Reply::Text(key) = key { key } else { panic!() };
    keys.into_iter().map(text).collect()
}

/// What another machine says of the session then.
async fn after_the_kill(grace: u64) -> Option<u16> {
    let redis = Server::start(&[])?;
    let mut site = Site::new(grace).await;
    let to_pool = Gate::start(site.pool.address().unwrap().port()).await;
    let to_redis = Gate::start(redis.port).await;
    site.add(to_redis.port, Some(to_pool.port))?;
    site.add(redis.port, None)?;
    let cookie = site.sign_in(1).await;
    let [record] = &*keys(&redis, "cognito-auth:session:*}") else { panic!() };
    site.pass(PAST_EXPIRY);

    to_pool.hold(Direction::ToClient);
    let request = tokio::spawn(site.send(0, &cookie));
    to_pool.holds(Direction::ToClient, 1).await;
    assert_eq!(site.refreshes(1), 1, "the pool has answered");
    let before = redis.text(&["GET", record]);
    to_redis.hold(Direction::ToServer);
    to_pool.let_go(Direction::ToClient);
    to_redis.holds(Direction::ToServer, RECORD_BYTES).await;
    site.machines[0].example.kill();
    assert!(request.await.unwrap().is_err(), "it has no answer");
    assert_eq!(redis.text(&["GET", record]), before, "nothing was written");

    let asked = Instant::now();
    let lease = redis.number(&["PTTL", &format!("{record}:lease")]);
    assert!(lease > 0, "it was not given back");
    let status = site.told(1, &cookie).await;
    assert!(asked.elapsed() >= Duration::from_millis(lease.unsigned_abs()), "before it ran out");
    assert_eq!(site.refreshes(1), 2, "the same token once more");
    // Whatever came of it is so for good.
    assert_eq!(site.told(1, &cookie).await, status);
    site.add(redis.port, None)?;
    assert_eq!(site.told(2, &cookie).await, status, "at a machine that takes its place");
    assert_eq!(site.refreshes(1), 2);
    assert_eq!(
        keys(&redis, "cognito-auth:session*").is_empty(),
        status == 401,
        "nothing is left of one that ended"
    );
    Some(status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn within_the_grace_time_the_session_goes_on_once_the_lease_has_run_out() {
    let Some(status) = after_the_kill(60).await else { return };
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_grace_time_the_session_is_gone() {
    let Some(status) = after_the_kill(0).await else { return };
    assert_eq!(status, 401);
}
