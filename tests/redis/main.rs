//! `RedisRevocations` against real servers, which these tests start, kill and lose themselves.
#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "../support/example.rs"]
mod example;
#[path = "../support/log.rs"]
mod log;

mod clocks;
mod cluster;
mod cluster_moves;
mod conformance;
mod cost;
mod credentials;
mod data_loss;
mod deep;
mod discovery;
mod faults;
mod half_done;
mod histories;
mod idle;
mod login;
mod logs;
mod lost_tail;
mod machines;
mod model;
mod nodes;
mod proxy;
mod redirected;
mod replica;
mod runtimes;
mod scripted;
mod sentinel;
mod sentinel_trio;
mod server;
mod sign_out;
mod sign_outs;
mod time_limit;
mod trio;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cognito_auth::revocation::{
    RedisRevocations, RedisRevocationsBuilder, Revocation, RevocationStatus, RevocationStore,
    TokenIdentity, TokenKind,
};
use cognito_auth::{PoolName, UserPool};

const POOL: &str = "eu-west-1_AbCdEf123";
const ENTRIES: &str = "cognito-auth:{eu-west-1_AbCdEf123}:revocations";
const LOG: &str = "cognito-auth:{eu-west-1_AbCdEf123}:revocation-log";

/// Long enough for a busy machine; nothing waits for it to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Of the stores here.
const MAX_LAG: Duration = Duration::from_millis(400);

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Impatient, so that silence is noticed soon.
fn builder(url: &str) -> RedisRevocationsBuilder {
    builder_of(&UserPool::new(POOL).unwrap(), url)
}

fn builder_of(pool: &UserPool, url: &str) -> RedisRevocationsBuilder {
    RedisRevocations::builder(pool, url).max_lag(MAX_LAG).timeout(Duration::from_millis(300))
}

/// Two processes whose way to the server can be cut; both know of the sign-out of session 0.
async fn two_processes_at(
    server: &server::Server,
) -> (proxy::Proxy, RedisRevocations, RedisRevocations) {
    let proxy = proxy::Proxy::start(server.port).await;
    let (one, two) = (connected(&proxy.url()).await, connected(&proxy.url()).await);
    sign_out(&one, 0).await;
    refused_at(&two, 0).await;
    (proxy, one, two)
}

async fn connected(url: &str) -> RedisRevocations {
    let revocations = builder(url).build().unwrap();
    revocations.wait_until_in_step(PATIENCE).await.unwrap();
    revocations
}

/// A session by number, its id in the form that Cognito gives it.
fn session(number: usize) -> String {
    format!("7c5f0f0e-0000-4000-8000-{number:012x}")
}

/// The pool of all entries and tokens here.
fn pool_name() -> &'static PoolName {
    static NAME: std::sync::LazyLock<PoolName> =
        std::sync::LazyLock::new(|| UserPool::new(POOL).unwrap().name());
    &NAME
}

fn token(origin_jti: &str) -> TokenIdentity<'_> {
    let mut token =
        TokenIdentity::new(pool_name(), "token", TokenKind::Access, "a-user", now() - 60);
    token.jti = Some("a-token");
    token.origin_jti = Some(origin_jti);
    token
}

async fn sign_out(at: &RedisRevocations, number: usize) {
    at.revoke(&Revocation::session(pool_name(), session(number), now())).await.unwrap();
}

fn status_now(at: &RedisRevocations, number: usize) -> RevocationStatus {
    at.status_now(&token(&session(number)))
}

/// How many entries the copy has.
fn entries(at: &RedisRevocations) -> usize {
    at.health().entries
}

/// What a verifier makes of it: whether the token is accepted, `None` for a 503.
async fn accepted(at: &RedisRevocations, number: usize) -> Option<bool> {
    let session = session(number);
    match at.status_now(&token(&session)) {
        RevocationStatus::Live => Some(true),
        RevocationStatus::Revoked => Some(false),
        _ => at.is_revoked(&token(&session)).await.ok().map(|revoked| !revoked),
    }
}

/// Looks again until it is so.
async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn refused_at(at: &RedisRevocations, number: usize) {
    eventually("refused", async || status_now(at, number) == RevocationStatus::Revoked).await;
}

async fn live_at(at: &RedisRevocations, number: usize) {
    eventually("accepted", async || status_now(at, number) == RevocationStatus::Live).await;
}

async fn in_step(at: &RedisRevocations) {
    eventually("in step", async || at.health().in_step).await;
}

async fn behind(at: &RedisRevocations) {
    eventually("behind", async || !at.health().in_step).await;
}

/// Asks about a revoked token all the time, until it is told to stop: it was never accepted.
struct Vigil {
    stop: tokio::sync::oneshot::Sender<()>,
    asked: tokio::task::JoinHandle<usize>,
}

impl Vigil {
    fn begin(at: &RedisRevocations, number: usize) -> Self {
        let (at, (stop, mut stopped)) = (at.clone(), tokio::sync::oneshot::channel());
        let asked = tokio::spawn(async move {
            let mut asked = 0;
            while stopped.try_recv().is_err() {
                let began = Instant::now();
                assert_ne!(accepted(&at, number).await, Some(true), "a revoked token was accepted");
                assert!(began.elapsed() < Duration::from_secs(2), "a question hung");
                asked += 1;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            asked
        });
        Self { stop, asked }
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        assert!(self.asked.await.unwrap() > 0);
    }
}
