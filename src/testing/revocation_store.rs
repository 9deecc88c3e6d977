//! [`revocation_store`]: the tests that every [`RevocationStore`] has to pass.

mod histories;
mod rules;
mod stories;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep};

use crate::error::RevocationError;
use crate::pool::{PoolName, UserPool};
use crate::revocation::{Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity};
use stories::Story;

/// How long a second handle may take to see what was written through the first.
const PATIENCE: Duration = Duration::from_secs(10);

/// A store for [`revocation_store`] to test, and how the test can control it. Without one of the controls,
/// the rules that need it are not tested.
#[must_use]
pub struct StoreUnderTest {
    handles: Vec<Arc<dyn RevocationStore>>,
    clock: Option<(u64, Advance)>,
    entries: Option<Box<dyn Fn() -> usize + Send + Sync>>,
    disconnect: Option<Box<dyn Fn() + Send + Sync>>,
}

type Advance = Box<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl StoreUnderTest {
    /// A store without entries.
    pub fn new(store: Arc<dyn RevocationStore>) -> Self {
        Self { handles: vec![store], clock: None, entries: None, disconnect: None }
    }

    /// Adds another handle to the same database, as another machine would have. An entry that is written
    /// through one handle has to be seen by the other within 10 seconds.
    pub fn second_handle(mut self, store: Arc<dyn RevocationStore>) -> Self {
        self.handles.push(store);
        self
    }

    /// Sets the store's clock: its time in seconds since 1970, and how to advance it. By default the store is
    /// assumed to use the system's clock.
    pub fn clock<A>(
        mut self,
        now: u64,
        advance: impl Fn(Duration) -> A + Send + Sync + 'static,
    ) -> Self
    where
        A: Future<Output = ()> + Send + 'static,
    {
        self.clock = Some((now, Box::new(move |time| Box::pin(advance(time)))));
        self
    }

    /// Sets how to count the stored entries, to test that no entry is stored twice and, with a
    /// [clock](Self::clock), that expired entries are dropped.
    pub fn entries(mut self, count: impl Fn() -> usize + Send + Sync + 'static) -> Self {
        self.entries = Some(Box::new(count));
        self
    }

    /// Sets how to disconnect the store from its database, for good, to test that it then returns errors.
    pub fn disconnect(mut self, disconnect: impl Fn() + Send + Sync + 'static) -> Self {
        self.disconnect = Some(Box::new(disconnect));
        self
    }
}

impl fmt::Debug for StoreUnderTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreUnderTest").field("handles", &self.handles).finish_non_exhaustive()
    }
}

/// Tests a [`RevocationStore`] with sequences of sign-outs and verifications: fixed ones, and random ones
/// with fixed seeds. The stores of this crate pass the same tests.
///
/// `make` is called for each sequence, each time with another user pool. It returns a store without entries
/// of this pool. A store that serves several pools may ignore the argument.
///
/// ```
/// use std::sync::Arc;
///
/// use cognito_auth::revocation::MemoryRevocations;
/// use cognito_auth::testing::{StoreUnderTest, revocation_store};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// revocation_store(async |_pool| StoreUnderTest::new(Arc::new(MemoryRevocations::new()))).await;
/// # }
/// ```
///
/// It needs a tokio runtime with time.
///
/// # Panics
/// When the store breaks a rule. The message names it:
///
#[doc = include_str!("revocation_store/rules.md")]
pub async fn revocation_store(make: impl AsyncFn(UserPool) -> StoreUnderTest) {
    let mut number = 0;
    let mut stage = async || {
        number += 1;
        Stage::new(&make, number).await
    };
    for story in stories::written() {
        stage().await.play(&story).await;
    }
    stage().await.keeps_an_entry_for_its_lifetime().await;
    stage().await.drops_what_has_expired().await;
    stage().await.keeps_an_entry_once().await;
    stage().await.names_the_entry_that_hits().await;
    for seed in 1..=16 {
        stage().await.play_at_random(seed).await;
    }
    stage().await.cannot_tell_without_its_engine().await;
}

/// One history: the store, and what was written to it.
struct Stage {
    under_test: StoreUnderTest,
    pools: [PoolName; 2],
    now: u64,
    written: Vec<Revocation>,
}

impl Stage {
    async fn new(make: &impl AsyncFn(UserPool) -> StoreUnderTest, number: u32) -> Self {
        let pool = |letter| UserPool::new(&format!("eu-west-1_Store{letter}{number:03}"));
        let (Ok(pool), Ok(other)) = (pool('A'), pool('B')) else {
            unreachable!("the ids are in the form of Cognito's")
        };
        let pools = [pool.name(), other.name()];
        let under_test = make(pool).await;
        let system = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let now = under_test.clock.as_ref().map_or(system, |(now, _)| *now);
        Self { under_test, pools, now, written: Vec::new() }
    }

    fn store(&self, handle: usize) -> &dyn RevocationStore {
        &*self.under_test.handles[handle]
    }

    async fn advance(&mut self, seconds: u64) {
        if let Some((_, advance)) = &self.under_test.clock {
            advance(Duration::from_secs(seconds)).await;
            self.now += seconds;
        }
    }

    fn entry(&self, pool: usize, target: Target<'_>, at: u64) -> Revocation {
        let pool = &self.pools[pool];
        match target {
            Target::Token(id) => Revocation::token(pool, id, at),
            Target::Session(id) => Revocation::session(pool, id, at),
            Target::User(id) => Revocation::user(pool, id, at),
            Target::GlobalSignOut(id) => Revocation::global_sign_out(pool, id, at),
        }
    }

    /// A store of one pool may refuse the entries of another: then there is none.
    async fn write(&mut self, handle: usize, entry: Revocation) {
        let result = self.store(handle).revoke(&entry).await;
        match result {
            Ok(()) => self.written.push(entry),
            Err(_) if *entry.pool() == self.pools[1] => {}
            Err(error) => broken(rules::REVOKE, &format!("{entry:?}: {error}")),
        }
    }

    /// What the entries that were written say of the token.
    fn is_hit(&self, token: &TokenIdentity<'_>) -> bool {
        token.is_hit_by(|target| {
            let named = self.written.iter().filter(|entry| entry.pool() == token.pool);
            named.filter(|entry| entry.target() == target).map(Revocation::at).max()
        })
    }

    async fn play(mut self, story: &Story) {
        let base = self.now - stories::SPAN;
        for (pool, target, at) in &story.entries {
            let entry = self.entry(*pool, *target, base + at);
            self.write(0, entry).await;
        }
        let has_all = self.written.len() == story.entries.len();
        for (token, hit) in &story.tokens {
            let token = token.identity(&self.pools, base);
            // A store of one pool has no entry of the other.
            let is_hit = self.is_hit(&token);
            debug_assert!(is_hit == *hit || !has_all, "{}: {token:?}", story.rule);
            let hit = *hit && is_hit;
            self.judges(story.rule, &token, hit).await;
        }
    }

    /// The first handle at once, since everything was written through it; the other one in time.
    async fn judges(&self, rule: &str, token: &TokenIdentity<'_>, hit: bool) {
        let store = self.store(0);
        if let Err(what) = answer(store.is_revoked(token).await, hit) {
            broken(rule, &format!("is_revoked: {what}: {token:?}"));
        }
        self.says_the_same_at_once(0, token, hit);
        for handle in 1..self.under_test.handles.len() {
            self.judges_in_time(rules::HANDLES, handle, token, hit).await;
        }
    }

    fn says_the_same_at_once(&self, handle: usize, token: &TokenIdentity<'_>, hit: bool) {
        let store = self.store(handle);
        if store.is_empty() && hit {
            broken(rules::IS_EMPTY, "an entry hits a token, and the store says that it is empty");
        }
        match store.status_now(token) {
            RevocationStatus::Revoked if !hit => {
                broken(rules::STATUS_NOW, &format!("Revoked for a live token: {token:?}"));
            }
            RevocationStatus::Live if hit => {
                broken(rules::STATUS_NOW, &format!("Live for a revoked token: {token:?}"));
            }
            _ => {}
        }
    }

    async fn judges_in_time(
        &self,
        rule: &str,
        handle: usize,
        token: &TokenIdentity<'_>,
        hit: bool,
    ) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match answer(self.store(handle).is_revoked(token).await, hit) {
                Ok(()) => return self.says_the_same_at_once(handle, token, hit),
                Err(what) if Instant::now() >= deadline => {
                    broken(rule, &format!("handle {handle}: {what}: {token:?}"));
                }
                Err(_) => sleep(Duration::from_millis(5)).await,
            }
        }
    }
}

/// What is wrong with an answer of `is_revoked`.
fn answer(answer: Result<bool, RevocationError>, hit: bool) -> Result<(), String> {
    match answer {
        Ok(revoked) if revoked == hit => Ok(()),
        Ok(true) => Err("a live token is revoked".to_owned()),
        Ok(false) => Err("a revoked token is live".to_owned()),
        Err(error) => Err(format!("it cannot tell: {error}")),
    }
}

fn broken(rule: &str, what: &str) -> ! {
    panic!("the store breaks the rule \"{rule}\": {what}")
}
