//! Tokens that expire while fifty requests come to two machines.

use super::machines::{PAST_EXPIRY, Site};
use super::redis_server::Server;

/// With grace 0 a second refresh with the same token would end the session. Ten sessions in a row; with
/// `DEEP=1` a thousand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_at_two_machines_are_one_refresh_and_no_session_is_lost() {
    let Some(redis) = Server::start(&[]) else { return };
    let Some(mut site) = Site::of_two(0, &redis).await else { return };
    let sessions = if std::env::var_os("DEEP").is_some() { 1000 } else { 10 };
    for number in 1..=sessions {
        let cookie = site.sign_in(number % 2).await;
        site.pass(PAST_EXPIRY);
        let requests: Vec<_> =
            (0..50).map(|request| tokio::spawn(site.ask(request % 2, &cookie))).collect();
        let mut statuses = Vec::new();
        for request in requests {
            statuses.push(request.await.unwrap());
        }
        assert_eq!(statuses, [200; 50], "session {number}");
        assert_eq!(site.refreshes(number), number, "session {number}");
    }
}
