//! The connection to Redis that all calls share: what is sent again over the next one, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cognito_auth::sessions::{
    NewSession, PublicSessionId, RedisSessions, Replaced, SessionKey, SessionStore as _, UserIndex,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::proxy::Proxy;
use super::server::Server;

const DAY: Duration = Duration::from_secs(86_400);

/// No call takes as long, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(30);

/// One session in Redis, behind a proxy.
pub(super) struct Fixture {
    pub(super) server: Server,
    pub(super) proxy: Proxy,
    pub(super) store: RedisSessions,
    pub(super) key: SessionKey,
}

impl Fixture {
    pub(super) async fn start(record: &[u8]) -> Option<Self> {
        let server = Server::start(&[])?;
        let proxy = Proxy::start(server.port).await;
        let store = RedisSessions::builder(&proxy.url()).timeout(PATIENCE).build().unwrap();
        let (key, user) = (SessionKey::from_bytes([1; 32]), UserIndex::from_bytes([2; 32]));
        let id = PublicSessionId::from_bytes([3; 16]);
        store.insert(NewSession::new(&key, &user, id, record, DAY)).await.unwrap();
        Some(Self { server, proxy, store, key })
    }

    /// Returns when the connection has ended on both sides.
    async fn cut(&self) {
        self.proxy.cut();
        while self.server.text(&["CLIENT", "LIST"]).lines().count() > 1 {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn version(&self) -> u64 {
        self.store.load(&self.key).await.unwrap().unwrap().version
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_calls_share_one() {
    let Some(fixture) = Fixture::start(b"a record").await else { return };
    for _ in 0..20 {
        fixture.version().await;
    }
    assert_eq!(fixture.proxy.connections(), 1);
    // A caller that has no time at all says nothing about the connection.
    fixture.proxy.stall(true);
    assert!(timeout(Duration::ZERO, fixture.store.load(&fixture.key)).await.is_err());
    fixture.proxy.stall(false);
    fixture.version().await;
    assert_eq!(fixture.proxy.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_a_read_is_sent_again_and_a_write_by_version_is_not() {
    let Some(fixture) = Fixture::start(b"a record").await else { return };
    let version = fixture.version().await;
    for round in 1..4 {
        fixture.cut().await;
        assert_eq!(fixture.version().await, version);
        assert_eq!(fixture.proxy.connections(), 1 + round);
    }
    // Redis may have done it.
    let replace = || fixture.store.replace(&fixture.key, version, b"another", DAY);
    fixture.cut().await;
    assert!(replace().await.is_err());
    assert_eq!(fixture.proxy.connections(), 4);
    // The connection that was cut is not used again, by such a call either.
    assert!(matches!(replace().await, Ok(Replaced::Done(_))));
    assert_eq!(fixture.proxy.connections(), 5);
}

/// An answer that is no good to the call is an answer: the connection is as good as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_told_and_opens_a_connection_a_second_at_most() {
    let began = Instant::now();
    let Some(fixture) = Fixture::start(b"a record").await else { return };
    let set = |rule| assert_eq!(fixture.server.text(&["ACL", "SETUSER", "default", rule]), "OK");
    let denied = "the session store is not available: the Redis user lacks a permission";
    // A command, and one within a script.
    for (without, with) in [("-getex", "+getex"), ("-pexpire", "+pexpire")] {
        set(without);
        for _ in 0..50 {
            let failed = match without {
                "-getex" => fixture.store.load(&fixture.key).await.map(drop),
                _ => fixture.store.touch(&fixture.key, 2 * DAY, b"").await.map(drop),
            };
            assert_eq!(failed.unwrap_err().to_string(), denied, "{without}");
        }
        set(with);
        fixture.version().await;
    }
    let connections = fixture.proxy.connections();
    assert!(connections as u64 <= 1 + began.elapsed().as_secs(), "{connections}");
}

/// Another attempt would end in the same way.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_over_a_new_connection_is_not_sent_again() {
    let Some(fixture) = Fixture::start(&[7; 100_000]).await else { return };
    let version = fixture.version().await;
    // Enough to connect, and not enough for the record.
    fixture.proxy.cut_after(Some(10_000));
    fixture.cut().await;
    let load = timeout(PATIENCE, fixture.store.load(&fixture.key));
    assert!(load.await.expect("it is not repeated for ever").is_err());
    assert_eq!(fixture.proxy.connections(), 2);
    fixture.proxy.cut_after(None);
    assert_eq!(fixture.version().await, version);
}

/// A server that ends each connection at its first command: all calls find the one that they share broken, and
/// each is sent once more at most, also where others have opened the connection that it is sent over then.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_sent_twice_at_most_where_every_connection_is_cut() {
    const CALLS: u8 = 20;
    let Some(fixture) = Fixture::start(b"a record").await else { return };
    fixture.proxy.cut_at("GETEX");
    let keys = (1..=CALLS).map(|number| SessionKey::from_bytes([number; 32]));
    let calls = keys.clone().map(|key| {
        let store = fixture.store.clone();
        tokio::spawn(async move { store.load(&key).await.map(drop) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap().is_err());
    }
    let sent = fixture.proxy.cut_off().concat();
    for key in keys {
        // It is a word of `GETEX`, and of `PTTL`.
        let times = sent.matches(&format!("{{{key}}}")).count().div_ceil(2);
        assert!(times <= 2, "{key} was sent {times} times");
    }
    let opened = fixture.proxy.connections() - 1;
    assert!((1..=CALLS.into()).contains(&opened), "{opened} connections");
}

/// A node of a cluster that sends a call elsewhere has answered it.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_asks_for_another_try_keeps_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let accepted = Arc::clone(&connections);
    tokio::spawn(async move {
        let tries = Arc::new(AtomicUsize::new(0));
        while let Ok((mut stream, _)) = listener.accept().await {
            accepted.fetch_add(1, Ordering::SeqCst);
            let tries = Arc::clone(&tries);
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                    let slots =
                        format!("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:{port}\r\n");
                    let is_for_slots = bytes[..count].windows(5).any(|word| word == b"SLOTS");
                    let answer = match is_for_slots {
                        true => slots,
                        // `GETEX` and `PTTL` come in one piece.
                        false if tries.fetch_add(1, Ordering::SeqCst) < 3 => {
                            "-TRYAGAIN both\r\n".repeat(2)
                        }
                        false => "$-1\r\n:-2\r\n".to_owned(),
                    };
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    let store = RedisSessions::builder(&format!("redis+cluster://127.0.0.1:{port}"));
    let store = store.timeout(PATIENCE).build().unwrap();
    assert!(store.load(&SessionKey::from_bytes([1; 32])).await.unwrap().is_none());
    assert_eq!(
        connections.load(Ordering::SeqCst),
        2,
        "one to ask for slots, and one for the calls"
    );
}

/// A call was making the connection that others wait for when its runtime was left.
#[test]
fn a_call_that_is_left_halfway_keeps_no_other_waiting_for_ever() {
    let Some(server) = Server::start(&[]) else { return };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    // A database of its own has to be asked for, and so there is an answer to wait for.
    let url = format!("{}/1", server.url());
    let key = SessionKey::from_bytes([1; 32]);
    // Callers with more time than the store has, and with less.
    for patience in [PATIENCE, Duration::from_millis(700)] {
        let store = RedisSessions::builder(&url).build().unwrap();
        server.pause();
        first.block_on(async {
            let (store, key) = (store.clone(), SessionKey::from_bytes([1; 32]));
            tokio::spawn(async move { store.load(&key).await.map(drop) });
            // It has begun to connect, and is never looked at again.
            sleep(Duration::from_millis(50)).await;
        });
        server.resume();
        second.block_on(async {
            let mut attempts = 0;
            while !matches!(timeout(patience, store.load(&key)).await, Ok(Ok(None))) {
                attempts += 1;
                assert!(attempts < 100, "never: {patience:?}");
            }
        });
    }
}
