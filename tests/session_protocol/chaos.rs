//! A store and a provider for several machines that fail by chance, each as often as a plan allows.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::sessions::{
    LeaseOwner, MemorySessions, NewSession, Replaced, SessionKey, SessionMember, SessionStore,
    SessionStoreError, StoredSession, UserIndex,
};
use cognito_auth::testing::LocalUserPool;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, RefreshToken, SignIn, SignInRequest,
    Tokens, Unreachable, UserInfo,
};
use tokio::time::{Instant, sleep, sleep_until};

/// A sequence of numbers that looks like chance, and is the same each time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// How often what may still happen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// A write fails: it did nothing, or did it, or does it later.
    pub writes: u32,
    /// Another call of the store fails.
    pub calls: u32,
    pub renewals: u32,
    /// The provider's answer is lost.
    pub answers: u32,
    /// A machine is stopped for 7 to 20 seconds, at a call.
    pub stops: u32,
    /// A machine is gone for good, at a call.
    pub deaths: u32,
    /// The provider takes up to this many seconds.
    pub slow: u64,
}

pub struct World {
    pub pool: Arc<LocalUserPool>,
    pub memory: MemorySessions,
    pub chance: Mutex<Chance>,
    pub plan: Mutex<Plan>,
    pub key: Mutex<Option<SessionKey>>,
    frozen: Mutex<HashMap<usize, Instant>>,
    dead: Mutex<Option<usize>>,
    /// What has happened that can lose a session where there is no grace time.
    pub blamed: Mutex<Vec<&'static str>>,
    /// Refresh tokens in the order in which they were sent.
    pub sent: Mutex<Vec<String>>,
    /// Refused as used before.
    pub reused: Mutex<u32>,
    /// Refresh tokens that came to a machine, and when; and those that were revoked.
    pub heard: Mutex<Vec<(String, Instant)>>,
    pub revoked: Mutex<Vec<String>>,
}

impl World {
    pub fn new(pool: Arc<LocalUserPool>, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            pool,
            memory: MemorySessions::new(),
            chance: Mutex::new(Chance(seed)),
            plan: Mutex::default(),
            key: Mutex::default(),
            frozen: Mutex::default(),
            dead: Mutex::default(),
            blamed: Mutex::default(),
            sent: Mutex::default(),
            reused: Mutex::default(),
            heard: Mutex::default(),
            revoked: Mutex::default(),
        })
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.chance.lock().unwrap().below(bound)
    }

    pub fn is_alive(&self, machine: usize) -> bool {
        *self.dead.lock().unwrap() != Some(machine)
    }

    fn blame(&self, what: &'static str) {
        self.blamed.lock().unwrap().push(what);
    }

    /// Whether it happens now, once in so many times while it may.
    fn takes(&self, one_in: u64, which: impl Fn(&mut Plan) -> &mut u32) -> bool {
        let mut plan = self.plan.lock().unwrap();
        let left = which(&mut plan);
        if *left == 0 || self.chance.lock().unwrap().below(one_in) > 0 {
            return false;
        }
        *left -= 1;
        true
    }

    /// A call of a machine takes its time; one that is stopped or gone makes none.
    async fn pass(&self, machine: usize) {
        let all_live = self.dead.lock().unwrap().is_none();
        if all_live && self.takes(40, |plan| &mut plan.deaths) {
            *self.dead.lock().unwrap() = Some(machine);
            self.blame("a machine is gone");
        }
        if self.takes(30, |plan| &mut plan.stops) {
            let until = Instant::now() + Duration::from_secs(7 + self.below(14));
            self.frozen.lock().unwrap().insert(machine, until);
            self.blame("a machine was stopped");
        }
        sleep(Duration::from_millis(self.below(150))).await;
        loop {
            if !self.is_alive(machine) {
                pending::<()>().await;
            }
            let until = self.frozen.lock().unwrap().get(&machine).copied();
            match until.filter(|until| *until > Instant::now()) {
                Some(until) => sleep_until(until).await,
                None => return,
            }
        }
    }
}

/// What a machine has of the world: its store and its provider.
#[derive(Clone)]
pub struct Machine {
    pub world: Arc<World>,
    pub number: usize,
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Machine {}", self.number)
    }
}

type Answer<T> = Result<T, SessionStoreError>;

fn failed<T>() -> Answer<T> {
    Err(SessionStoreError::new("by chance"))
}

impl Machine {
    async fn call(&self) -> Answer<()> {
        self.world.pass(self.number).await;
        if self.world.takes(10, |plan| &mut plan.calls) { failed() } else { Ok(()) }
    }
}

#[async_trait]
impl SessionStore for Machine {
    async fn load(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        self.call().await?;
        let loaded = self.world.memory.load(key).await;
        self.world.pass(self.number).await;
        loaded
    }

    async fn insert(&self, session: NewSession<'_>) -> Answer<()> {
        *self.world.key.lock().unwrap() = Some(*session.key);
        self.world.memory.insert(session).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Answer<Replaced> {
        self.world.pass(self.number).await;
        let fails = self.world.takes(2, |plan| &mut plan.writes);
        let fault = if fails { self.world.below(3) } else { 3 };
        match fault {
            0 => failed(),
            1 => {
                let (world, key, record) = (self.world.clone(), *key, record.to_vec());
                let late = Duration::from_millis(self.world.below(4000));
                tokio::spawn(async move {
                    sleep(late).await;
                    world.memory.replace(&key, version, &record, expires).await.ok();
                });
                failed()
            }
            2 => {
                self.world.memory.replace(key, version, record, expires).await?;
                failed()
            }
            _ => self.world.memory.replace(key, version, record, expires).await,
        }
    }

    async fn remove(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        self.world.pass(self.number).await;
        self.world.memory.remove(key).await
    }

    async fn list(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        self.world.memory.list(user).await
    }

    async fn remove_all(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        self.world.pass(self.number).await;
        self.world.memory.remove_all(user).await
    }

    async fn touch(&self, key: &SessionKey, expires: Duration, note: &[u8]) -> Answer<bool> {
        self.world.memory.touch(key, expires, note).await
    }

    async fn lock(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        self.call().await?;
        let lent = self.world.memory.lock(key, owner, time).await;
        if self.world.takes(10, |plan| &mut plan.calls) { failed() } else { lent }
    }

    async fn renew(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        self.world.pass(self.number).await;
        if self.world.takes(3, |plan| &mut plan.renewals) {
            self.world.blame("a lease was not renewed");
            return Ok(false);
        }
        self.world.memory.renew(key, owner, time).await
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Answer<()> {
        self.call().await?;
        self.world.memory.unlock(key, owner).await
    }
}

#[async_trait]
impl IdentityProvider for Machine {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        self.world.pool.sign_in(request)
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        self.world.pool.auth_with_code(code).await
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        self.world.pool.user_info_with_token(token).await
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.world.pool.logout_with_token(token).await
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        let world = &self.world;
        world.pass(self.number).await;
        let slow = Duration::from_millis(world.plan.lock().unwrap().slow * 1000);
        let slow = |part: u64| slow * u32::try_from(part).unwrap() / 100;
        sleep(slow(world.below(100)) / 2).await;
        world.sent.lock().unwrap().push(token.expose().to_owned());
        let answer = world.pool.refresh(token).await;
        if let Err(AuthError::Refused(refusal)) = &answer
            && refusal.code() == cognito_auth::RefusalCode::RefreshTokenReused
        {
            *world.reused.lock().unwrap() += 1;
        }
        sleep(slow(world.below(100)) / 2).await;
        world.pass(self.number).await;
        if world.takes(3, |plan| &mut plan.answers) {
            world.blame("an answer was lost");
            return Err(AuthError::Unreachable(Unreachable::Timeout));
        }
        if let Ok(Tokens { refresh_token: Some(token), .. }) = &answer {
            world.heard.lock().unwrap().push((token.expose().to_owned(), Instant::now()));
        }
        answer
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        self.world.pass(self.number).await;
        self.world.revoked.lock().unwrap().push(token.expose().to_owned());
        self.world.pool.revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.world.pool.client_credentials(scopes).await
    }
}
