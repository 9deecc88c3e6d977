//! Sessions in a real cluster and behind real Sentinels: slots move and primaries change while requests go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use cognito_auth::sessions::{
    BrowserSessions, NewSession, PublicSessionId, RedisSessions, SessionKey, SessionStore,
    UserIndex,
};
use cognito_auth::testing::session_store;
use tokio::time::timeout;

use super::app::{App, current, pool};
use super::browser::Browser;
use super::deep;
use super::nodes::{Nodes, wait};
use super::server::{Reply, Server};
use super::trio::Trio;

fn store(url: &str) -> Arc<dyn SessionStore> {
    let store = RedisSessions::builder(url).timeout(Duration::from_secs(5)).build();
    Arc::new(store.unwrap())
}

fn app(url: &str) -> App {
    let pool = pool().rotation(Duration::from_secs(60));
    App::over(pool, store(url), |builder| builder.store_timeout(Duration::from_secs(10)))
}

/// Another machine, with connections of its own.
fn machine(app: &App, url: &str) -> BrowserSessions {
    let (verifier, pool) = (app.verifier.clone(), app.provider.pool.user_pool());
    BrowserSessions::builder(&pool, app.provider.clone(), verifier, store(url))
        .redirect_uri(super::app::CALLBACK)
        .keys(app.keys.clone())
        .clock(app.provider.pool.clock())
        .store_timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Requests of all browsers, at all machines, until they are told to stop. None finds its session gone.
struct Requests {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<(usize, usize)>>,
}

impl Requests {
    fn begin(machines: &[BrowserSessions], browsers: &[Browser]) -> Self {
        let (stop, all) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let tasks = machines.iter().map(|machine| {
            let (machine, browsers, stop) = (machine.clone(), browsers.to_vec(), Arc::clone(&stop));
            let all = Arc::clone(&all);
            tokio::spawn(async move {
                let (mut answered, mut failed) = (0, 0);
                for browser in browsers.iter().cycle() {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    match current(&machine, browser).await {
                        Ok(user) => {
                            assert!(user.is_some(), "a session is gone");
                            answered += 1;
                            all.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(error) => {
                            assert_eq!(error.status(), 503);
                            failed += 1;
                        }
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                (answered, failed)
            })
        });
        Self { tasks: tasks.collect(), stop, answered: all }
    }

    /// Waits until so many more are answered: it goes on after what happened.
    async fn go_on(&self, more: usize) {
        let enough = self.answered.load(Ordering::SeqCst) + more;
        let answered = Arc::clone(&self.answered);
        blocking(move || {
            wait("more requests are answered", || answered.load(Ordering::SeqCst) >= enough);
        })
        .await;
    }

    /// How many were answered, and how many were not.
    async fn end(self) -> (usize, usize) {
        self.stop.store(true, Ordering::SeqCst);
        let mut all = (0, 0);
        for task in self.tasks {
            let (answered, failed) = task.await.unwrap();
            all = (all.0 + answered, all.1 + failed);
        }
        println!("{} requests, and {} with 503", all.0, all.1);
        all
    }
}

fn keys(server: &Server, pattern: &str) -> Vec<String> {
    let Reply::List(keys) = server.call(&["KEYS", pattern]) else { panic!() };
    let text = |key| if let Reply::Text(key) = key { key } else { panic!("{key:?}") };
    keys.into_iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_move_and_primaries_change_while_requests_go_on() {
    let Some(nodes) = blocking(Nodes::start).await else { return };
    let (first, last) = (nodes.url(&[0]), nodes.url(&[5]));
    let one = store(&first);
    session_store(|| std::future::ready(one.clone())).await.unwrap();
    let app = app(&first);
    let another = machine(&app, &last);
    let mut browsers = Vec::new();
    for _ in 0..12 {
        browsers.push(app.sign_in("alice").await);
    }
    let machines = [app.sessions.clone(), another.clone()];
    let requests = Requests::begin(&machines, &browsers);
    requests.go_on(50).await;
    // One session's keys, a step at a time, and then the shard that has the list of them.
    let changing = nodes.clone();
    blocking(move || {
        let records = (0..3).flat_map(|node| {
            keys(changing.node(node), "cognito-auth:session:{*}")
                .into_iter()
                .map(move |key| (node, key))
        });
        let records: Vec<_> = records.collect();
        for (node, record) in records.iter().take(2) {
            changing.move_slot(record, (node + 1) % 3, Duration::from_millis(40));
        }
        let list = (0..3).flat_map(|node| keys(changing.node(node), "cognito-auth:sessions-of:*"));
        changing.fail_over(&list.collect::<Vec<_>>()[0]);
    })
    .await;
    requests.go_on(50).await;
    // All are refreshed, at whichever machine is asked first.
    app.provider.pool.advance(Duration::from_secs(3601));
    for browser in &browsers {
        assert!(app.current(browser).await.unwrap().is_some());
    }
    let (answered, failed) = requests.end().await;
    assert!(answered > failed, "{answered} answered, {failed} with 503");
    let user = app.current(&browsers[0]).await.unwrap().unwrap();
    assert_eq!(another.sessions_of(&user).await.unwrap().len(), browsers.len());
    app.provider.pool.advance(Duration::from_secs(2));
    let mut leaving = browsers[0].clone();
    let answer = leaving.send(&another, leaving.submit("/logout?everywhere=true")).await;
    assert_eq!(answer.status(), 303);
    for browser in &browsers {
        assert!(!app.is_signed_in(browser).await);
    }
}

/// The primary of most sessions is killed, and what its replica had is there when that takes over.
#[tokio::test(flavor = "multi_thread")]
async fn a_primary_of_a_cluster_dies_while_requests_go_on() {
    if !deep::is_asked_for("sessions::redis_cluster") {
        return;
    }
    let Some(nodes) = blocking(Nodes::start).await else { return };
    let app = app(&nodes.url(&[0, 1, 2]));
    let machines = [app.sessions.clone(), machine(&app, &nodes.url(&[3, 4, 5]))];
    let mut browsers = Vec::new();
    for _ in 0..12 {
        browsers.push(app.sign_in("alice").await);
    }
    let requests = Requests::begin(&machines, &browsers);
    requests.go_on(50).await;
    let dying = nodes.clone();
    blocking(move || {
        dying.node(3).catch_up_with(dying.node(0));
        dying.node(0).end();
        wait("its replica has taken over", || {
            dying.node(3).text(&["INFO", "replication"]).contains("role:master")
        });
    })
    .await;
    requests.go_on(200).await;
    requests.end().await;
    for browser in &browsers {
        assert!(app.is_signed_in(browser).await);
    }
}

fn members(numbers: std::ops::Range<u8>) -> impl Iterator<Item = (SessionKey, PublicSessionId)> {
    numbers.map(|n| (SessionKey::from_bytes([n; 32]), PublicSessionId::from_bytes([n; 16])))
}

/// Two of three primaries die, and a list has sessions at each of them: it is one call, that finds both out.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_finds_all_the_servers_that_have_changed() {
    let Some(nodes) = blocking(Nodes::start).await else { return };
    let user = UserIndex::from_bytes([7; 32]);
    // The list itself is at a primary that stays.
    let stays = {
        let (nodes, list) = (nodes.clone(), format!("cognito-auth:sessions-of:{{{user}}}"));
        blocking(move || nodes.primary_of(&list)).await
    };
    let url = nodes.url(&[stays]);
    let store = store(&url);
    // It knows where all slots are, and is connected to none of those that die.
    assert!(store.list(&user).await.unwrap().is_empty());
    let another = self::store(&url);
    for (key, id) in members(0..40) {
        let day = Duration::from_secs(86_400);
        another.insert(NewSession::new(&key, &user, id, b"a record", day)).await.unwrap();
    }
    let changing = nodes.clone();
    blocking(move || {
        let dying: Vec<usize> = (0..3).filter(|node| *node != stays).collect();
        for node in &dying {
            assert!(changing.node(*node).number(&["DBSIZE"]) > 0);
            changing.node(node + 3).catch_up_with(changing.node(*node));
            changing.node(*node).end();
        }
        for node in &dying {
            // No majority is left to agree to it.
            assert_eq!(changing.node(node + 3).text(&["CLUSTER", "FAILOVER", "TAKEOVER"]), "OK");
        }
        wait("the one that stays knows them", || {
            let slots = format!("{:?}", changing.node(stays).call(&["CLUSTER", "SLOTS"]));
            dying.iter().all(|node| {
                let (old, new) = (changing.node(*node).port, changing.node(node + 3).port);
                !slots.contains(&format!("Number({old})"))
                    && slots.contains(&format!("Number({new})"))
            }) && changing.node(stays).text(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
        });
    })
    .await;
    assert_eq!(store.list(&user).await.unwrap().len(), 40);
    assert_eq!(store.remove_all(&user).await.unwrap().len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_primary_is_found_though_callers_leave_before_the_first_is_given_up() {
    let Some(trio) = blocking(Trio::start).await else { return };
    let store = RedisSessions::builder(&trio.url()).timeout(Duration::from_secs(30));
    let store = store.build().unwrap();
    let key = SessionKey::from_bytes([1; 32]);
    assert!(store.load(&key).await.unwrap().is_none());
    let trio = blocking(move || {
        trio.replica.catch_up_with(&trio.primary);
        trio.replica.promote();
        trio.name(&trio.replica, &trio.sentinels);
        trio.primary.pause();
        trio
    })
    .await;
    let mut in_vain = 0;
    while !matches!(timeout(Duration::from_secs(1), store.load(&key)).await, Ok(Ok(None))) {
        in_vain += 1;
        assert!(in_vain < 20, "never");
    }
    assert!(in_vain > 0);
    trio.primary.resume();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_primary_that_sentinels_name_is_followed() {
    let Some(mut trio) = blocking(Trio::start).await else { return };
    let url = trio.url();
    let one = store(&url);
    session_store(|| std::future::ready(one.clone())).await.unwrap();
    let app = app(&url);
    let machines = [app.sessions.clone(), machine(&app, &url)];
    let browsers = [app.sign_in("alice").await, app.sign_in("bob").await];
    let requests = Requests::begin(&machines, &browsers);
    requests.go_on(20).await;
    let trio = blocking(move || {
        trio.replica.catch_up_with(&trio.primary);
        trio.replica.promote();
        trio.primary.demote();
        trio.sentinels[0].kill();
        trio.name(&trio.replica, &trio.sentinels[1..]);
        trio
    })
    .await;
    requests.go_on(20).await;
    app.provider.pool.advance(Duration::from_secs(3601));
    requests.go_on(20).await;
    requests.end().await;
    let before = trio.replica.number(&["DBSIZE"]);
    app.sign_in("bob").await;
    assert_eq!(trio.replica.number(&["DBSIZE"]), before + 2, "a record and a note more");
}
