//! A verification asks Redis nothing.

use std::sync::Arc;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{JwtVerifier, VerifyError};

use super::server::Server;
use super::*;

async fn pool() -> LocalUserPool {
    let pool = LocalUserPool::builder().in_memory().start().await.unwrap();
    for user in ["alice", "bob", "carol"] {
        pool.add_user(LocalUser::new(user, "Passw0rd!23"));
    }
    pool
}

fn verifier(
    pool: &LocalUserPool,
    revocations: &RedisRevocations,
    clock: impl Fn() -> SystemTime + Send + Sync + 'static,
) -> JwtVerifier {
    JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .revocations(Arc::new(revocations.clone()))
        .clock(clock)
        .build()
        .unwrap()
}

/// Calls by command, as `INFO commandstats` counts them.
fn calls(server: &Server, command: &str) -> u64 {
    let statistics = server.text(&["INFO", "commandstats"]);
    let line = statistics.lines().find(|line| line.starts_with(&format!("cmdstat_{command}:")));
    line.map_or(0, |line| {
        line.split("calls=").nth(1).unwrap().split(',').next().unwrap().parse().unwrap()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_verifications_cause_no_command() {
    let Some(server) = Server::start(&[]) else { return };
    let pool = pool().await;
    let user_pool = pool.user_pool();
    let revocations = RedisRevocations::builder(&user_pool, &server.url())
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    revocations.wait_until_in_step(PATIENCE).await.unwrap();
    let verifier = verifier(&pool, &revocations, SystemTime::now);
    let (alive, dead) = (pool.access_token("alice"), pool.access_token("alice"));
    let claims = verifier.verify_access(dead.expose()).await.unwrap();
    verifier.sign_out_token_only(&claims).await.unwrap();

    let counted = |server: &Server| {
        ["eval", "xread", "zmscore", "zrange", "ping"].map(|command| calls(server, command))
    };
    let (before, began) = (counted(&server), Instant::now());
    for _ in 0..5000 {
        verifier.verify_access(alive.expose()).await.unwrap();
        assert_eq!(verifier.verify_access_now(dead.expose()), Err(VerifyError::Revoked));
    }
    // The reader's sign of life, four times in 2 seconds; each is a read and a look at the end.
    let beats = began.elapsed().as_millis() as u64 / 500 + 2;
    let spent: Vec<_> =
        counted(&server).iter().zip(before).map(|(after, before)| after - before).collect();
    assert!(spent[0] <= beats && spent[1] <= beats, "{spent:?} in {beats} heartbeats");
    assert_eq!(spent[2..], [0, 0, 0]);
    assert_eq!(calls(&server, "zrange"), 1, "the entries are read once, at the start");
}

/// News are read, and cause no question for the end of the log: there is one with each heartbeat.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_writes_is_read_without_a_question() {
    let Some(server) = Server::start(&[]) else { return };
    let patient =
        || builder(&server.url()).max_lag(Duration::from_secs(60)).timeout(Duration::from_secs(10));
    let stores = [patient().build().unwrap(), patient().build().unwrap()];
    for store in &stores {
        store.wait_until_in_step(PATIENCE).await.unwrap();
    }
    let (before, began) = (calls(&server, "eval"), Instant::now());
    for number in 0..100 {
        sign_out(&stores[0], number).await;
        refused_at(&stores[1], number).await;
    }
    let beats = 2 * (began.elapsed().as_secs() / 15 + 2);
    let asked = calls(&server, "eval") - before - 100;
    assert!(asked <= beats, "{asked} questions in {beats} heartbeats");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_differ_by_a_minute_change_no_verdict() {
    let Some(server) = Server::start(&[]) else { return };
    let pool = pool().await;
    let minute = Duration::from_secs(60);
    let stores =
        [0, 1, 2].map(|_| RedisRevocations::new(&pool.user_pool(), &server.url()).unwrap());
    for store in &stores {
        store.wait_until_in_step(PATIENCE).await.unwrap();
    }
    let verifiers = [
        verifier(&pool, &stores[0], move || SystemTime::now() - minute),
        verifier(&pool, &stores[1], SystemTime::now),
        verifier(&pool, &stores[2], move || SystemTime::now() + minute),
    ];
    let users = ["alice", "bob", "carol"];
    for ((signer_out, at), user) in verifiers.iter().zip(&stores).zip(users) {
        // Issued two minutes ago by the true clock: all three agree that it is from before.
        let spec = TokenSpec::access(user).claim("iat", now() - 120);
        let token = pool.token(&spec);
        let claims = signer_out.verify_access(&token).await.unwrap();
        cognito_auth::TokenVerifier::sign_out(signer_out, &claims).await.unwrap();
        assert_eq!(signer_out.verify_access(&token).await.unwrap_err(), VerifyError::Revoked);
        for (verifier, store) in verifiers.iter().zip(&stores) {
            eventually("as many entries", async || entries(store) == entries(at)).await;
            assert_eq!(verifier.verify_access(&token).await.unwrap_err(), VerifyError::Revoked);
        }
    }
    // A clock that is ahead has refused what its user got in that minute, and no later sign-in.
    let verdict = async |iat: u64| {
        let spec = TokenSpec::access("carol").claim("iat", iat).claim("auth_time", iat);
        let token = pool.token(&spec);
        verifiers[2].verify_access(&token).await.map(drop)
    };
    assert_eq!(verdict(now()).await, Err(VerifyError::Revoked));
    assert_eq!(verdict(now() + 61).await, Ok(()));
}

/// Pages are read in the order of moments; where one moment has more entries than a page, by the hash
/// table. Either way none is missed, and a session of each entry is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_entry_of_many_pages_is_read() {
    const COUNT: usize = 7001;
    for (moments, by_hash_table) in [(1, true), (4, false), (7001, false)] {
        let Some(server) = Server::start(&[]) else { return };
        let latest = now() - 10;
        let mut command = vec!["ZADD".to_owned(), ENTRIES.to_owned()];
        for number in 0..COUNT {
            command.push((latest - (number % moments) as u64).to_string());
            command.push(format!("s:{}", session(number).replace('-', "")));
        }
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        assert_eq!(server.number(&command), COUNT as i64);
        let store = connected(&server.url()).await;
        assert_eq!(entries(&store), COUNT, "{moments} moments");
        for number in 0..COUNT {
            assert_eq!(status_now(&store, number), RevocationStatus::Revoked, "{number}");
        }
        assert_eq!(calls(&server, "zscan") > 0, by_hash_table, "{moments} moments");
    }
}

/// A process that was cut off reads on from where it was: the entries are not read once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ended_costs_no_second_reading() {
    let Some(server) = Server::start(&[]) else { return };
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    let read = calls(&server, "zrange");
    assert!(server.number(&["CLIENT", "KILL", "TYPE", "normal"]) >= 2);
    sign_out(&one, 2).await;
    refused_at(&two, 2).await;
    in_step(&one).await;
    in_step(&two).await;
    assert_eq!(calls(&server, "zrange"), read);
}
