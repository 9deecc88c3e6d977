//! A machine whose clock goes back.

use super::machines::{PAST_EXPIRY, Site};
use super::redis_server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_goes_back_by_a_minute_ends_no_session_and_refreshes_nothing_twice() {
    let Some(redis) = Server::start(&[]) else { return };
    let Some(mut site) = Site::of_two(0, &redis).await else { return };
    let cookie = site.sign_in(0).await;
    // For the first machine it was issued a minute from now.
    site.turn_clock(0, -60);
    assert_eq!(site.told_by_both(&cookie).await, [200; 2]);
    assert_eq!(site.refreshes(1), 0);

    // For the first machine the token is good for a minute still, for the second it has expired.
    site.pass(PAST_EXPIRY);
    assert_eq!(site.told_by_both(&cookie).await, [200; 2]);
    assert_eq!(site.told_by_both(&cookie).await, [200; 2]);
    assert_eq!(site.refreshes(1), 1);

    // It is set right, and the other one goes back.
    site.turn_clock(0, 0);
    site.turn_clock(1, -60);
    assert_eq!(site.told_by_both(&cookie).await, [200; 2]);
    let other = site.sign_in(1).await;
    assert_eq!(site.told_by_both(&other).await, [200; 2]);
    assert_eq!(site.refreshes(2), 1);
}
