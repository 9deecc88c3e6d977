//! The model's properties of the library itself: hundreds of sessions (`MODEL_BOUND=large`: thousands)
//! that two machines refresh while chance has its way with the store, the provider and the machines.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::JwtVerifier;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::sessions::{BrowserSessions, SessionKeys, SessionStore, SignedIn};
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth_model::sessions::scenarios::Bound;
use http::Request;
use http::request::Parts;
use tokio::time::{Instant, sleep};

use crate::bound;
use crate::chaos::{Plan, World};
use crate::machine::Machine;

const CLIENT: &str = "1example23456789abcdefghij";
const PASSWORD: &str = "Passw0rd!23";
const CALLBACK: &str = "https://app.example.com/callback";

/// As in the model: nothing but the store's writes and calls fails.
const STORE_FAILS: Plan =
    Plan { writes: 4, calls: 2, renewals: 0, answers: 0, stops: 0, deaths: 0, slow: 8 };
const EVERYTHING: Plan =
    Plan { writes: 3, calls: 2, renewals: 1, answers: 2, stops: 1, deaths: 1, slow: 8 };

fn pool(grace: u64) -> Arc<LocalUserPool> {
    let client = LocalClient::confidential(CLIENT, "a secret").redirect_uri(CALLBACK);
    let pool = LocalUserPool::builder()
        .client(client)
        .user(LocalUser::new("alice", PASSWORD))
        .rotation(Duration::from_secs(grace))
        .access_token_lifetime(Duration::from_secs(300))
        .in_memory();
    Arc::new(pool.build().unwrap())
}

struct Site {
    world: Arc<World>,
    machines: Vec<BrowserSessions>,
    cookie: String,
}

impl Site {
    async fn signed_in(pool: &Arc<LocalUserPool>, seed: u64) -> Self {
        let world = World::new(pool.clone(), seed);
        let user_pool = pool.user_pool();
        let verifier = JwtVerifier::builder(&user_pool)
            .client_id(CLIENT)
            .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
            .revocations(Arc::new(MemoryRevocations::new()))
            .clock(pool.clock())
            .build()
            .unwrap();
        let keys = SessionKeys::random().unwrap();
        let machine = |number| {
            let machine = Arc::new(Machine { world: world.clone(), number });
            let verifier = Arc::new(verifier.clone());
            BrowserSessions::builder(&user_pool, machine.clone(), verifier, machine)
                .redirect_uri(CALLBACK)
                .keys(keys.clone())
                .idle_timeout(Duration::from_secs(36_000))
                .clock(pool.clock())
                .build()
                .unwrap()
        };
        let machines: Vec<_> = (0..2).map(machine).collect();
        let cookie = pool.signed_in_cookie(&machines[0], "alice", PASSWORD).await.unwrap();
        Self { world, machines, cookie }
    }

    fn request(&self) -> Parts {
        Request::get("/orders").header("cookie", &self.cookie).body(()).unwrap().into_parts().0
    }

    /// A machine that is not gone, by chance.
    fn any(&self) -> &BrowserSessions {
        let first = usize::try_from(self.world.below(2)).unwrap();
        &self.machines[if self.world.is_alive(first) { first } else { 1 - first }]
    }

    /// Time passes, in which the tokens come near to their end, or to it.
    async fn tokens_age(&self) {
        let by = Duration::from_secs(230 + self.world.below(80));
        self.world.pool.advance(by);
        tokio::time::advance(by).await;
    }

    /// Requests come, and for half a minute chance has its way. They go on after it: what was lost on
    /// the way is asked for again within the grace time only where a request comes in it.
    async fn requests_under(&self, plan: Plan) {
        *self.world.plan.lock().unwrap() = plan;
        self.requests_for(Duration::from_secs(30), 5000).await;
        *self.world.plan.lock().unwrap() = Plan::default();
        self.requests_for(Duration::from_secs(30), 12_000).await;
    }

    async fn requests_for(&self, time: Duration, longest: u64) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            let (sessions, request) = (self.any().clone(), self.request());
            tokio::spawn(async move { sessions.current(&request).await.ok() });
            sleep(Duration::from_millis(100 + self.world.below(longest))).await;
        }
    }

    async fn user(&self) -> Option<SignedIn> {
        for _ in 0..20 {
            if let Ok(answer) = self.any().current(&self.request()).await {
                return answer;
            }
            sleep(Duration::from_secs(1)).await;
        }
        panic!("it does not come to an end");
    }

    fn sent_twice(&self) -> bool {
        let sent = self.world.sent.lock().unwrap();
        (1..sent.len()).any(|second| sent[..second].contains(&sent[second]))
    }
}

fn cases(small: u64) -> std::ops::Range<u64> {
    0..if bound() == Bound::Small { small } else { 10 * small }
}

/// The pool's clock goes on with the test's.
async fn clock(pool: Arc<LocalUserPool>) {
    let step = Duration::from_millis(500);
    loop {
        sleep(step).await;
        pool.advance(step);
    }
}

/// Two times around, under the plan; and then once more, with nothing in the way.
async fn case(pool: &Arc<LocalUserPool>, seed: u64, plan: Plan) -> (Site, Option<SignedIn>) {
    let site = Site::signed_in(pool, seed).await;
    for _ in 0..2 {
        site.tokens_age().await;
        site.requests_under(plan).await;
    }
    site.tokens_age().await;
    let user = site.user().await;
    (site, user)
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_loses_no_session_without_a_grace_time() {
    let pool = pool(0);
    tokio::spawn(clock(pool.clone()));
    let mut refreshes = 0;
    for seed in cases(150) {
        let (site, user) = case(&pool, seed, STORE_FAILS).await;
        assert!(user.is_some(), "case {seed}");
        assert!(!site.sent_twice(), "case {seed}");
        refreshes += site.world.sent.lock().unwrap().len();
    }
    assert!(refreshes > 300, "{refreshes}");
}

#[tokio::test(start_paused = true)]
async fn everything_at_once_loses_no_session_within_the_grace_time() {
    let pool = pool(60);
    tokio::spawn(clock(pool.clone()));
    let mut blamed = 0;
    for seed in cases(150) {
        let (site, user) = case(&pool, seed, EVERYTHING).await;
        let what = site.world.blamed.lock().unwrap().clone();
        assert!(user.is_some(), "case {seed}: {what:?}");
        assert_eq!(*site.world.reused.lock().unwrap(), 0, "case {seed}: {what:?}");
        blamed += what.len();
    }
    assert!(blamed > 150, "{blamed}");
}

#[tokio::test(start_paused = true)]
async fn everything_at_once_loses_sessions_by_what_the_model_names() {
    let pool = pool(0);
    tokio::spawn(clock(pool.clone()));
    let mut lost = 0;
    for seed in cases(100) {
        let (site, user) = case(&pool, seed, EVERYTHING).await;
        let what = site.world.blamed.lock().unwrap().clone();
        assert!(user.is_some() || !what.is_empty(), "case {seed}");
        lost += u32::from(user.is_none());
    }
    assert!(lost > 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_ended_stays_ended_and_what_comes_late_is_revoked() {
    let pool = pool(60);
    tokio::spawn(clock(pool.clone()));
    let mut late = 0;
    for seed in cases(100) {
        let site = Site::signed_in(&pool, seed).await;
        site.tokens_age().await;
        let ended = async {
            sleep(Duration::from_millis(site.world.below(8000))).await;
            // Again, where it could not be told whether it has ended: it may have.
            loop {
                let user = match site.any().current(&site.request()).await {
                    Ok(Some(user)) => user,
                    Ok(None) => return Instant::now(),
                    Err(_) => {
                        sleep(Duration::from_millis(300)).await;
                        continue;
                    }
                };
                let everywhere = site.world.below(3) == 0;
                let sessions = site.any();
                let ended = if everywhere {
                    sessions.end_everywhere(&user).await
                } else {
                    sessions.end(&user).await
                };
                if ended.is_ok() {
                    return Instant::now();
                }
            }
        };
        let plan = Plan { deaths: 0, ..EVERYTHING };
        let (_, ended) = tokio::join!(site.requests_under(plan), ended);
        assert!(site.user().await.is_none(), "case {seed}");
        let key = site.world.key.lock().unwrap().unwrap();
        let there = site.world.memory.load(&key).await.unwrap();
        assert!(there.is_none(), "case {seed}");
        let revoked = site.world.revoked.lock().unwrap().clone();
        for (token, heard) in site.world.heard.lock().unwrap().iter() {
            if *heard > ended {
                late += 1;
                assert!(revoked.contains(token), "case {seed}");
            }
        }
    }
    assert!(late > 0);
}
