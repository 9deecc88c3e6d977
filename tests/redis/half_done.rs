//! A script that is stopped halfway, and entries that change behind the log's back (T3, T6).

use super::server::Server;
use super::*;

/// Each command of the script.
const COMMANDS: [&str; 12] = [
    "time",
    "zremrangebyscore",
    "zrangebyscore",
    "xrevrange",
    "zrem",
    "zadd",
    "xadd",
    "expireat",
    "zmscore",
    "ttl",
    "zrevrangebyscore",
    "zcount",
];

#[test]
fn all_commands_of_the_script_are_listed() {
    let script = include_str!("../../src/revocation/redis/wire/publish.lua");
    let called = script.split("redis.call('").skip(1).filter_map(|rest| rest.split('\'').next());
    let mut called: Vec<String> = called.map(str::to_lowercase).collect();
    called.sort_unstable();
    called.dedup();
    let mut listed = COMMANDS.to_vec();
    listed.sort_unstable();
    assert_eq!(called, listed);
}

/// Each command of the script, missing in the user's permissions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_permission_is_found_before_anything_is_written() {
    let Some(server) = Server::start(&[]) else { return };
    for (number, command) in COMMANDS.into_iter().enumerate() {
        let user = format!("app{number}");
        let grant = ["ACL", "SETUSER", &user, "on", ">secret", "~*", "+@all"];
        assert_eq!(server.text(&grant), "OK");
        let url = format!("redis://{user}:secret@127.0.0.1:{}", server.port);
        let (one, two) = (connected(&url).await, connected(&server.url()).await);
        sign_out(&one, 100 + number).await;
        refused_at(&two, 100 + number).await;

        let stored = || (server.number(&["ZCARD", ENTRIES]), server.number(&["XLEN", LOG]));
        let before = stored();
        assert_eq!(server.text(&["ACL", "SETUSER", &user, &format!("-{command}")]), "OK");
        let denied = one
            .revoke(&Revocation::session(pool_name(), session(number), now()))
            .await
            .unwrap_err();
        assert_eq!(denied.reason(), "the Redis user lacks a permission", "{command}");
        assert_eq!(stored(), before, "{command}: neither the set nor the log");
        // It is tried on, and no try leaves anything behind.
        behind(&one).await;
        eventually("tried again", async || {
            one.health().last_error.is_some_and(|error| error == denied)
        })
        .await;
        assert_eq!(stored(), before, "{command}: neither the set nor the log");
        let three = connected(&server.url()).await;
        for store in [&two, &three] {
            assert_eq!(status_now(store, number), RevocationStatus::Live, "{command}: they agree");
        }

        assert_eq!(server.text(&["ACL", "SETUSER", &user, &format!("+{command}")]), "OK");
        for store in [&two, &three, &connected(&server.url()).await] {
            refused_at(store, number).await;
        }
    }
}

/// The same where there is no data yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_permission_is_found_before_an_epoch_begins() {
    let Some(server) = Server::start(&[]) else { return };
    for command in COMMANDS {
        let (user, denied) = (format!("without-{command}"), format!("-{command}"));
        let grant = ["ACL", "SETUSER", &user, "on", ">secret", "~*", "+@all", &denied];
        assert_eq!(server.text(&grant), "OK");
        let store = builder(&format!("redis://{user}:secret@127.0.0.1:{}", server.port));
        let store = store.build().unwrap();
        eventually("refused", async || {
            let error = store.health().last_error;
            error.is_some_and(|error| error.reason() == "the Redis user lacks a permission")
        })
        .await;
        assert_eq!(server.number(&["DBSIZE"]), 0, "{command}: nothing was written");
    }
}

/// The log has the line, and the set has no entry: as it would be if Redis had stopped there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_is_in_the_log_alone_gets_into_the_set() {
    let Some(server) = Server::start(&[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    let member = format!("s:{}", session(1).replace('-', ""));
    assert_eq!(server.number(&["ZREM", ENTRIES, &member]), 1);
    eventually("written back", async || server.number(&["ZCARD", ENTRIES]) == 2).await;
    refused_at(&connected(&server.url()).await, 1).await;
}

/// The set is cleared of what is alive: an operator, a restored backup, a clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_left_the_set_otherwise_than_by_its_end_is_written_back() {
    let Some(server) = Server::start(&[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    for number in 0..20 {
        sign_out(&one, number).await;
    }
    refused_at(&two, 19).await;
    let later = (now() + 1000).to_string();
    assert_eq!(server.number(&["ZREMRANGEBYSCORE", ENTRIES, "-inf", &later]), 20);
    eventually("written back", async || server.number(&["ZCARD", ENTRIES]) == 21).await;
    let three = connected(&server.url()).await;
    assert_eq!(entries(&three), 20);
}

/// Everything is compared for it, so that a process does not do so all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_leaves_the_set_again_is_written_back_after_a_pause() {
    let Some(server) = Server::start(&[]) else { return };
    let one = connected(&server.url()).await;
    sign_out(&one, 1).await;
    in_step(&one).await;
    let member = format!("s:{}", session(1).replace('-', ""));
    let mut times = Vec::new();
    for _ in 0..2 {
        assert_eq!(server.number(&["ZREM", ENTRIES, &member]), 1);
        eventually("written back", async || server.number(&["ZCARD", ENTRIES]) == 2).await;
        times.push(Instant::now());
    }
    assert!(times[1] - times[0] > Duration::from_secs(4), "{times:?}");
    refused_at(&one, 1).await;
}

/// The other way round: the set has an entry that the log never told of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_is_in_the_set_alone_is_noticed() {
    let Some(server) = Server::start(&[]) else { return };
    let one = connected(&server.url()).await;
    let member = format!("s:{}", session(1).replace('-', ""));
    assert_eq!(server.number(&["ZADD", ENTRIES, &now().to_string(), &member]), 1);
    refused_at(&one, 1).await;
    in_step(&one).await;
    // What is no entry at all keeps nothing behind for long.
    assert_eq!(server.number(&["ZADD", ENTRIES, &now().to_string(), "foreign"]), 1);
    sign_out(&one, 2).await;
    behind(&one).await;
    in_step(&one).await;
    let filled_at = server.text(&["INFO", "commandstats"]);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let scans = |text: &str| {
        text.lines().find(|line| line.starts_with("cmdstat_zrange:")).map(str::to_owned)
    };
    assert_eq!(scans(&filled_at), scans(&server.text(&["INFO", "commandstats"])), "filled once");
}
