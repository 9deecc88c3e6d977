//! Several processes of the example over one Redis and one user pool, and clocks that are moved.
//!
//! The pool is in this process, so that a test can make it fail and count what it was asked; the
//! machines have the settings that a real one would give them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cognito_auth::testing::{Endpoint, LocalClient, LocalUser, LocalUserPool};
use serde_json::Value;

use super::browser::Browser;
use super::example::Example;
use super::redis_server::Server;
use super::redis_server::clock::Clock;
use super::{PASSWORD, USER, sign_in};

/// 32 octets in base64url.
const SESSION_KEYS: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";

/// An access token lives for an hour.
pub(crate) const PAST_EXPIRY: u64 = 3601;

/// The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// One process of the example, with a clock of its own.
pub(crate) struct Machine {
    pub(crate) example: Example,
    clock: Clock,
    /// Seconds that its clock is wrong by.
    wrong_by: i64,
}

/// A user pool, and machines that sign its users in.
pub(crate) struct Site {
    pub(crate) pool: LocalUserPool,
    pub(crate) machines: Vec<Machine>,
    client: reqwest::Client,
    passed: u64,
}

impl Site {
    /// Without machines; the pool rotates refresh tokens, with this grace time.
    pub(crate) async fn new(grace: u64) -> Self {
        let pool = LocalUserPool::builder()
            .client(LocalClient::public("local1example1client1id"))
            .user(LocalUser::new(USER, PASSWORD).email("alice@example.com"))
            .rotation(Duration::from_secs(grace));
        let client = reqwest::Client::builder().tls_certs_only([]).no_proxy();
        Self {
            pool: pool.start().await.unwrap(),
            machines: Vec::new(),
            client: client.build().unwrap(),
            passed: 0,
        }
    }

    /// Two machines, with nothing between them and Redis. `None`: something is not installed.
    pub(crate) async fn of_two(grace: u64, redis: &Server) -> Option<Self> {
        let mut site = Self::new(grace).await;
        for _ in 0..2 {
            site.add(redis.port, None)?;
        }
        Some(site)
    }

    /// One more machine, which has Redis at this port, and the pool's domain at its own or at this one.
    pub(crate) fn add(&mut self, redis: u16, domain: Option<u16>) -> Option<()> {
        let (program, clock) = (Example::program()?, Clock::new()?);
        let user_pool = self.pool.user_pool();
        let domain = match domain {
            Some(port) => format!("http://127.0.0.1:{port}"),
            None => user_pool.domain().unwrap().to_string(),
        };
        let mut command: Command = Example::command(&program);
        command
            .env("COGNITO_USER_POOL_ID", user_pool.id().to_string())
            .env("COGNITO_CLIENT_ID", self.pool.client_id())
            .env("COGNITO_DOMAIN", domain)
            .env("COGNITO_ISSUER", &user_pool.issuers()[0])
            .env("COGNITO_JWKS_URI", user_pool.jwks_uri().as_str())
            .env("COGNITO_IDP_ENDPOINT", user_pool.idp_endpoint().as_str())
            .env("REDIS_URL", format!("redis://127.0.0.1:{redis}"))
            .env("SESSION_KEYS", SESSION_KEYS)
            .envs(clock.environment())
            .stderr(Stdio::null());
        let example = Example::run(&mut command);
        self.pool.add_redirect_uri(format!("{}callback", example.home)).unwrap();
        self.pool.add_logout_uri(format!("{}logged-out", example.home)).unwrap();
        let machine = Machine { example, clock, wrong_by: 0 };
        machine.clock.set_ahead(i64::try_from(self.passed).unwrap());
        self.machines.push(machine);
        Some(())
    }

    pub(crate) fn home(&self, machine: usize) -> &str {
        &self.machines[machine].example.home
    }

    /// The cookie of a session that has begun at this machine.
    pub(crate) async fn sign_in(&self, machine: usize) -> String {
        let mut browser = Browser::new();
        let page = sign_in(&mut browser, self.home(machine)).await;
        assert_eq!((page.status, page.url.path()), (200, "/account"), "{}", page.body);
        format!("session={}", browser.cookie("session").unwrap())
    }

    /// As [`sign_in`](Self::sign_in), after an outage: the copy of the revocations may not be in step yet.
    pub(crate) async fn sign_in_again(&self, machine: usize) -> String {
        let (mut browser, deadline) = (Browser::new(), Instant::now() + PATIENCE);
        let mut page = sign_in(&mut browser, self.home(machine)).await;
        while page.status == 503 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
            // The login page asks for no password again.
            page = browser.get(&format!("{}account", self.home(machine))).await;
        }
        assert_eq!((page.status, page.url.path()), (200, "/account"), "{}", page.body);
        format!("session={}", browser.cookie("session").unwrap())
    }

    /// Time passes, for the pool and for every machine.
    pub(crate) fn pass(&mut self, seconds: u64) {
        self.pool.advance(Duration::from_secs(seconds));
        self.passed += seconds;
        self.machines.iter().for_each(|machine| machine.set_clock(self.passed));
    }

    /// This machine's clock goes wrong.
    pub(crate) fn turn_clock(&mut self, machine: usize, by: i64) {
        self.machines[machine].wrong_by = by;
        self.machines[machine].set_clock(self.passed);
    }

    pub(crate) fn refreshes(&self, sign_ins: usize) -> usize {
        self.pool.requests(Endpoint::Token) - sign_ins
    }

    /// Who is signed in, as a script of the page asks: 200, 401, or 503 where it cannot be told.
    pub(crate) async fn ask(&self, machine: usize, cookie: &str) -> u16 {
        self.question(machine, cookie).await.0
    }

    /// The status, and the code of what is in the way.
    pub(crate) fn question(
        &self,
        machine: usize,
        cookie: &str,
    ) -> impl Future<Output = (u16, String)> + Send + use<> {
        let request = self.send(machine, cookie);
        async move {
            let answer = request.await.unwrap();
            let status = answer.status().as_u16();
            let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            (status, body["error"].as_str().unwrap_or_default().to_owned())
        }
    }

    pub(crate) fn send(
        &self,
        machine: usize,
        cookie: &str,
    ) -> impl Future<Output = reqwest::Result<reqwest::Response>> + Send + use<> {
        let request = self.client.get(format!("{}session", self.home(machine)));
        request.header("cookie", cookie).timeout(PATIENCE).send()
    }

    /// The first answer that says something: 200 or 401.
    pub(crate) async fn told(&self, machine: usize, cookie: &str) -> u16 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = self.ask(machine, cookie).await;
            if status != 503 {
                return status;
            }
            assert!(Instant::now() < deadline, "it is not told");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What both machines say.
    pub(crate) async fn told_by_both(&self, cookie: &str) -> [u16; 2] {
        [self.told(0, cookie).await, self.told(1, cookie).await]
    }
}

impl Machine {
    fn set_clock(&self, passed: u64) {
        self.clock.set_ahead(i64::try_from(passed).unwrap() + self.wrong_by);
    }
}
