//! Sessions in Redis beside a bare GET, and whole requests beside tower-sessions and axum-oidc:
//! `cargo run --release --manifest-path benches/sessions/peers/Cargo.toml`, or with `-- --rounds 301`.
//! Needs `redis-server`.
#![allow(missing_docs, unreachable_pub)]

#[path = "../../../verify/harness.rs"]
#[allow(dead_code)]
mod harness;
mod libraries;
#[path = "../../../revocation/redis_server.rs"]
#[allow(dead_code)]
mod redis_server;
#[path = "../../site.rs"]
mod site;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use cognito_auth::sessions::{MemorySessions, RedisSessions, SessionStore};
use harness::{Contestant, print, race};
use http::Request;
use libraries::{Peer, ours};
use redis_server::RedisServer;
use site::{RECORD_BYTES, Site, page};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use tower_sessions::MemoryStore;
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike as _, Config, Pool};

const MOMENT: Duration = Duration::from_millis(10);

/// What stands in Redis before a record: version, user, public id, when the session began.
const HEAD_BYTES: usize = 64;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == "--rounds");
    let rounds = at.map_or(101, |at| arguments[at + 1].parse().unwrap());
    let redis = RedisServer::start().expect("redis-server");
    // One thread, with the connections of all contestants: Redis has the other processor.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pool = runtime.block_on(site::pool(1).start()).unwrap();
    let site = Site::over(&runtime, pool);
    let fred = runtime.block_on(connect(&redis));
    println!("record: {RECORD_BYTES} bytes; {rounds} rounds, {MOMENT:?} each");
    reads(&runtime, &site, &redis, &fred, rounds);
    requests(&runtime, &site, &redis, &fred, rounds);
}

/// The client of tower-sessions-redis-store, with one connection as the others.
async fn connect(redis: &RedisServer) -> Pool {
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(redis.url().replace("redis://", "")).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let config = Config::from_url(&redis.url()).unwrap();
    let pool = Pool::new(config, None, None, None, 1).unwrap();
    drop(pool.connect());
    pool.wait_for_connect().await.unwrap();
    pool
}

/// A read of a session, beside a bare GET of as many bytes.
fn reads(runtime: &Runtime, site: &Site, redis: &RedisServer, fred: &Pool, rounds: usize) {
    let bare = runtime.block_on(async {
        let client = redis::Client::open(redis.url()).unwrap();
        let mut bare = client.get_multiplexed_async_connection().await.unwrap();
        let mut set = redis::cmd("SET");
        set.arg("bare").arg(vec![0x5a_u8; HEAD_BYTES + RECORD_BYTES]);
        let _: () = set.query_async(&mut bare).await.unwrap();
        bare
    });
    let store = Arc::new(RedisSessions::new(&redis.url()).unwrap());
    let sessions = site.sessions(store.clone(), |builder| builder);
    let request = site.sign_in(runtime, &sessions, 0);
    let key = site::key(&request);
    let cached = site
        .sessions(store.clone(), |builder| builder.cache_opened_records(Duration::from_secs(1)));
    let peer = runtime.block_on(libraries::tower_sessions(RedisStore::new(fred.clone())));
    let record = runtime.block_on(libraries::record_of(&RedisStore::new(fred.clone()), &peer));
    let contestants = [
        Contestant::new("a bare GET of as many bytes", |_, _| {
            let mut connection = bare.clone();
            let get = async {
                let value: Vec<u8> =
                    redis::cmd("GET").arg("bare").query_async(&mut connection).await.unwrap();
                assert_eq!(value.len(), HEAD_BYTES + RECORD_BYTES);
            };
            runtime.block_on(get);
        }),
        Contestant::new("RedisSessions::load", |_, _| {
            let stored = runtime.block_on(store.load(&key)).unwrap().unwrap();
            assert_eq!(black_box(stored).record.len(), RECORD_BYTES);
        }),
        Contestant::new("BrowserSessions::current, record opened each time", |_, _| {
            black_box(runtime.block_on(sessions.current(&request)).unwrap().unwrap());
        }),
        Contestant::new("BrowserSessions::current, record cached", |_, _| {
            black_box(runtime.block_on(cached.current(&request)).unwrap().unwrap());
        }),
        Contestant::new("tower-sessions-redis-store 0.16, load (fred 10)", |_, _| {
            let store = RedisStore::new(fred.clone());
            let loaded = libraries::load(&store, &record);
            black_box(runtime.block_on(loaded));
        }),
    ];
    print("One read from Redis", &race(&contestants, rounds, MOMENT));
}

/// A whole request, through an axum `Router`, without a socket.
fn requests(runtime: &Runtime, site: &Site, redis: &RedisServer, fred: &Pool, rounds: usize) {
    let open = Router::new().route("/orders", axum::routing::get(async || "user-0000000"));
    let memory = || -> Arc<dyn SessionStore> { Arc::new(MemorySessions::new()) };
    let in_redis: Arc<dyn SessionStore> = Arc::new(RedisSessions::new(&redis.url()).unwrap());
    let second = Duration::from_secs(1);
    let with_fred = || RedisStore::new(fred.clone());
    let peers = [
        ("no session", Peer { router: open, cookie: "a=b".to_owned() }),
        ("cognito-auth, in memory", ours(runtime, site, memory(), None)),
        ("the same, records cached", ours(runtime, site, memory(), Some(second))),
        (
            "tower-sessions 0.14, in memory: verifies nothing",
            runtime.block_on(libraries::tower_sessions(MemoryStore::default())),
        ),
        (
            "axum-oidc 0.6 over it",
            runtime.block_on(libraries::axum_oidc(site, MemoryStore::default())),
        ),
        ("cognito-auth, in Redis", ours(runtime, site, in_redis.clone(), None)),
        ("the same, records cached", ours(runtime, site, in_redis, Some(second))),
        (
            "tower-sessions 0.14, in Redis: verifies nothing",
            runtime.block_on(libraries::tower_sessions(with_fred())),
        ),
        ("axum-oidc 0.6 over it", runtime.block_on(libraries::axum_oidc(site, with_fred()))),
    ];
    let peers = peers.map(|(name, Peer { router, cookie })| {
        let parts = page(&cookie);
        let request = move || {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = parts.uri.clone();
            *request.headers_mut() = parts.headers.clone();
            request
        };
        let ask = move || {
            let response = runtime.block_on(router.clone().oneshot(request())).unwrap();
            assert_eq!(response.status(), 200, "{name}");
            response
        };
        let body = runtime.block_on(axum::body::to_bytes(ask().into_body(), 1024)).unwrap();
        println!("{name}: {body:?}");
        (name, ask)
    });
    let contestants = peers.iter().map(|(name, ask)| {
        Contestant::new(name, move |_, _| {
            black_box(ask());
        })
    });
    let contestants: Vec<_> = contestants.collect();
    print("A whole request", &race(&contestants, rounds, MOMENT));
}
