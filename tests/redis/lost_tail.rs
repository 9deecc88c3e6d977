//! A fail-over that lost the last lines, and gives their ids to others (T5).

use super::replica::{caught_up, promote, replica_of};
use super::server::Server;
use super::*;

/// From here on ids come from the last one and not from a clock, as on a primary whose clock is
/// behind: the same on every server.
fn set_ids_ahead(server: &Server) {
    let ahead = format!("{}-0", (now() + 3600) * 1000);
    server.text(&["XADD", LOG, &ahead, "a", "line"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_ids_for_other_lines_are_noticed() {
    let Some(old) = Server::start(&[]) else { return };
    set_ids_ahead(&old);
    let (proxy, one, two) = two_processes_at(&old).await;
    let Some(new) = replica_of(&old, &[]).await else { return };
    caught_up(&new, &old).await;
    promote(&new);

    // Acknowledged, and read by both; the new primary never hears of them.
    for number in 1..4 {
        sign_out(&one, number).await;
        refused_at(&two, number).await;
    }
    let three = connected(&new.url()).await;
    proxy.refuse(true);
    proxy.cut();
    for number in 4..7 {
        sign_out(&three, number).await;
    }
    let last =
        |server: &Server| format!("{:?}", server.call(&["XREVRANGE", LOG, "+", "-", "COUNT", "1"]));
    let id = |text: String| text.split('"').nth(1).unwrap().to_owned();
    assert_eq!(id(last(&old)), id(last(&new)), "the same id, for another line");
    proxy.lead_to(new.port);
    proxy.refuse(false);
    for store in [&one, &two, &three] {
        for number in 0..7 {
            refused_at(store, number).await;
        }
        in_step(store).await;
    }
    let four = connected(&new.url()).await;
    assert_eq!(entries(&four), 7);
}

/// Acknowledged by the old primary, lost with it, and remembered by the process that signed out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledged_entry_that_was_lost_is_written_again() {
    let Some(old) = Server::start(&[]) else { return };
    set_ids_ahead(&old);
    let (proxy, one, two) = two_processes_at(&old).await;
    let Some(new) = replica_of(&old, &[]).await else { return };
    promote(&new);
    for round in 0..5 {
        // Cut off at once: what was acknowledged may have been read back, or not.
        sign_out(&one, 10 + round).await;
        proxy.cut();
    }
    proxy.lead_to(new.port);
    proxy.cut();
    let three = connected(&new.url()).await;
    for number in 1..8 {
        sign_out(&three, number).await;
    }
    for store in [&one, &two, &three] {
        for number in (0..8).chain(10..15) {
            refused_at(store, number).await;
        }
    }
    eventually("all are there", async || new.number(&["ZCARD", ENTRIES]) == 14).await;
}
