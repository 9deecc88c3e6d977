//! Sessions in real redis-server processes, on machines that share them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cognito_auth::sessions::{BrowserSessions, RedisSessions, SessionStore};
use cognito_auth::testing::session_store;
use tokio::sync::Semaphore;

use super::app::{App, current, pool};
use super::browser::Browser;
use super::provider::Act;
use super::server::{Reply, Server};

const IDLE: Duration = Duration::from_secs(36_000);

/// The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(10);

/// A thousand hours pass by the pool's clock.
const ABSOLUTE: Duration = Duration::from_secs(399 * 86_400);

fn store(server: &Server) -> Arc<dyn SessionStore> {
    let store = RedisSessions::builder(&server.url()).timeout(Duration::from_secs(2)).build();
    Arc::new(store.unwrap())
}

fn app(server: &Server, grace: u64) -> App {
    let pool = pool().rotation(Duration::from_secs(grace)).refresh_token_lifetime(ABSOLUTE);
    App::over(pool, store(server), |builder| {
        builder.idle_timeout(IDLE).absolute_timeout(ABSOLUTE).store_timeout(PATIENCE)
    })
}

/// Another machine, with a connection of its own.
fn machine(app: &App, server: &Server) -> BrowserSessions {
    let verifier = app.verifier.clone();
    let pool = app.provider.pool.user_pool();
    BrowserSessions::builder(&pool, app.provider.clone(), verifier, store(server))
        .redirect_uri(super::app::CALLBACK)
        .keys(app.keys.clone())
        .clock(app.provider.pool.clock())
        .idle_timeout(IDLE)
        .absolute_timeout(ABSOLUTE)
        .store_timeout(PATIENCE)
        .build()
        .unwrap()
}

fn an_hour_passes(app: &App) {
    app.provider.pool.advance(Duration::from_secs(3601));
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_to_every_rule() {
    let Some(server) = Server::start(&[]) else { return };
    let one = store(&server);
    session_store(|| std::future::ready(one.clone())).await.unwrap();
    session_store(|| std::future::ready(store(&server))).await.unwrap();
    // Nothing is kept for ever.
    let Reply::List(keys) = server.call(&["KEYS", "*"]) else { panic!() };
    for key in keys {
        let Reply::Text(key) = key else { panic!() };
        assert!(server.number(&["PTTL", &key]) > 0, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_requests_on_two_machines_are_one_refresh() {
    let Some(server) = Server::start(&[]) else { return };
    let app = app(&server, 0);
    let machines = [app.sessions.clone(), machine(&app, &server)];
    let browser = app.sign_in("alice").await;
    let rounds = if std::env::var_os("DEEP").is_some() { 1000 } else { 50 };
    for round in 1..=rounds {
        an_hour_passes(&app);
        let requests: Vec<_> = (0..50)
            .map(|index| {
                let (sessions, browser) = (machines[index % 2].clone(), browser.clone());
                tokio::spawn(async move { current(&sessions, &browser).await })
            })
            .collect();
        for request in requests {
            assert!(request.await.unwrap().unwrap().is_some(), "round {round}");
        }
        assert_eq!(app.provider.refreshes(), round);
    }
}

/// Stops a machine when the pool has answered, and before the record is written.
async fn stop_between_answer_and_write(app: &App, server: &Server, browser: &Browser) {
    let permit = Arc::new(Semaphore::new(0));
    app.provider.next(Act::AnswerLate(permit));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stopped = {
        let _inside = runtime.enter();
        machine(app, server)
    };
    let leaving = browser.clone();
    let before = app.provider.refreshes();
    runtime.spawn(async move { current(&stopped, &leaving).await });
    while app.provider.refreshes() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    runtime.shutdown_background();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_stops_before_it_has_written() {
    let Some(server) = Server::start(&[]) else { return };
    for (grace, is_kept) in [(60, true), (0, false)] {
        let app = app(&server, grace);
        let browser = app.sign_in("alice").await;
        an_hour_passes(&app);
        stop_between_answer_and_write(&app, &server, &browser).await;
        // Its lease runs out first.
        let began = Instant::now();
        let found = app.current(&browser).await.unwrap();
        assert_eq!(found.is_some(), is_kept, "grace {grace}");
        assert!(began.elapsed() > Duration::from_secs(3), "{:?}", began.elapsed());
        assert_eq!(app.is_signed_in(&browser).await, is_kept, "grace {grace}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_or_stops_signs_no_user_out() {
    let Some(mut server) = Server::start(&["--appendonly", "yes", "--appendfsync", "always"])
    else {
        return;
    };
    let app = app(&server, 0);
    let browser = app.sign_in("alice").await;
    server.pause();
    assert_eq!(app.current(&browser).await.unwrap_err().code(), "store_unavailable");
    assert!(!app.is_signed_in(&Browser::default()).await);
    server.resume();
    wait_until_signed_in(&app, &browser).await;
    server.kill();
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
    server.run();
    wait_until_signed_in(&app, &browser).await;
    // Emptied: signed out, and no error.
    server.call(&["FLUSHALL"]);
    assert!(!app.is_signed_in(&browser).await);
}

async fn wait_until_signed_in(app: &App, browser: &Browser) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !matches!(app.current(browser).await, Ok(Some(_))) {
        assert!(Instant::now() < deadline, "{:?}", app.current(browser).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replicas_word_counts_for_nothing() {
    let Some(server) = Server::start(&[]) else { return };
    let primary = server.port.to_string();
    let Some(replica) = Server::start(&["--replicaof", "127.0.0.1", &primary]) else { return };
    let app = app(&server, 0);
    let browser = app.sign_in("alice").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while replica.number(&["DBSIZE"]) == 0 {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let misled = machine(&app, &replica);
    for browser in [&browser, &forged(&browser)] {
        let error = current(&misled, browser).await.unwrap_err();
        assert_eq!(error.code(), "store_unavailable");
    }
    let at_replica = store(&replica);
    let user = app.current(&browser).await.unwrap().unwrap();
    assert_eq!(app.sessions.sessions_of(&user).await.unwrap().len(), 1);
    let key = cognito_auth::sessions::SessionKey::from_bytes([7; 32]);
    let index = cognito_auth::sessions::UserIndex::from_bytes([7; 32]);
    let owner = cognito_auth::sessions::LeaseOwner::from_bytes([7; 16]);
    assert!(at_replica.list(&index).await.is_err());
    assert!(at_replica.remove(&key).await.is_err());
    assert!(at_replica.remove_all(&index).await.is_err());
    assert!(at_replica.replace(&key, 1, b"", IDLE).await.is_err());
    assert!(at_replica.touch(&key, IDLE, b"").await.is_err());
    assert!(at_replica.lock(&key, &owner, IDLE).await.is_err());
    assert!(at_replica.renew(&key, &owner, IDLE).await.is_err());
    assert!(at_replica.unlock(&key, &owner).await.is_err());
}

/// A cookie of the right form that opens nothing.
fn forged(browser: &Browser) -> Browser {
    let mut forged = browser.clone();
    let value = format!("v1.{}", "A".repeat(86));
    forged.cookies.insert(super::browser::SESSION.to_owned(), value);
    forged
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_redis_opens_nothing_and_names_no_user() {
    let Some(server) = Server::start(&[]) else { return };
    let app = app(&server, 0);
    let browser = app.sign_in("alice").await;
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    let Reply::List(keys) = server.call(&["KEYS", "*"]) else { panic!() };
    assert_eq!(keys.len(), 3, "{keys:?}");
    let mut dump = format!("{keys:?}");
    for key in keys {
        let Reply::Text(key) = key else { panic!() };
        dump += &match server.text(&["TYPE", &key]).as_str() {
            "zset" => format!("{:?}", server.call(&["ZRANGE", &key, "0", "-1"])),
            _ => format!("{:?}", server.call(&["GET", &key])),
        };
    }
    let token = signed_in.access_token().expose();
    let cookie = browser.session().unwrap();
    for secret in
        [signed_in.sub(), "alice", &token[..16], &token[token.len() - 16..], &cookie[3..20]]
    {
        assert!(!dump.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everywhere_is_on_all_machines() {
    let Some(server) = Server::start(&[]) else { return };
    let app = app(&server, 0);
    let another = machine(&app, &server);
    let (mut one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    let user = app.current(&one).await.unwrap().unwrap();
    assert_eq!(another.sessions_of(&user).await.unwrap().len(), 2);
    app.provider.pool.advance(Duration::from_secs(2));
    let kept = one.clone();
    let answer = one.send(&another, one.submit("/logout?everywhere=true")).await;
    assert_eq!(answer.status(), 303);
    for browser in [&kept, &two] {
        assert!(!app.is_signed_in(browser).await);
        assert!(current(&another, browser).await.unwrap().is_none());
    }
    let Reply::List(keys) = server.call(&["KEYS", "*"]) else { panic!() };
    assert_eq!(keys, []);
}
