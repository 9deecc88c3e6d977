//! A world for several machines in which things go wrong by chance, each as often as a plan allows.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cognito_auth::sessions::{MemorySessions, SessionKey};
use cognito_auth::testing::LocalUserPool;
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

    pub fn blame(&self, what: &'static str) {
        self.blamed.lock().unwrap().push(what);
    }

    /// Whether it happens now, once in so many times while it may.
    pub fn takes(&self, one_in: u64, which: impl Fn(&mut Plan) -> &mut u32) -> bool {
        let mut plan = self.plan.lock().unwrap();
        let left = which(&mut plan);
        if *left == 0 || self.chance.lock().unwrap().below(one_in) > 0 {
            return false;
        }
        *left -= 1;
        true
    }

    /// A call of a machine takes its time; one that is stopped or gone makes none.
    pub async fn pass(&self, machine: usize) {
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
