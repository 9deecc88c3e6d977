//! Building a [`LocalUserPool`].

mod sign_in;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fmt, io};

use super::LocalUserPool;
use crate::error::{ConfigError, ValueProblem, check_duration, in_words};
use crate::pool::{UserPoolId, check_client_id};
use crate::testing::client::LocalClient;
use crate::testing::fault::FaultPlan;
use crate::testing::http::server::Server;
use crate::testing::local_pool::addresses::{check_uri, user_pool};
use crate::testing::pool::clock::Clock;
use crate::testing::pool::keys::KeyRing;
use crate::testing::pool::random::Random;
use crate::testing::pool::signer::Signer;
use crate::testing::pool::state::{Core, PoolSettings, PoolState, SignInSettings};
use crate::testing::user::LocalUser;

/// Why a local user pool did not start.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address cannot be listened on: in use, or not of this machine.
    #[error("the local user pool cannot listen")]
    Listen(#[source] io::Error),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    /// tokio's time is paused (`#[tokio::test(start_paused = true)]`, `tokio::time::pause()`). Paused time
    /// jumps to the next timer whenever every task waits. While a request waits for its socket, that
    /// timer is its time limit: every request to a served pool would time out at once.
    #[error(
        "tokio's time is paused, so every request to a served pool would time out at once: use \
         LocalUserPool::builder().in_memory().build(), or do not pause tokio's time and move the \
         pool's clock instead (LocalUserPool::advance)"
    )]
    TimePaused,
}

impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_words(self, f)
    }
}

/// Settings of a [`LocalUserPool`]; made by [`LocalUserPool::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct LocalUserPoolBuilder {
    listen: Option<SocketAddr>,
    pool_id: String,
    clients: Vec<LocalClient>,
    users: Vec<LocalUser>,
    rotation: Option<Duration>,
    access_token_lifetime: Duration,
    id_token_lifetime: Duration,
    refresh_token_lifetime: Duration,
    has_own_keys: bool,
    sign_in: SignInSettings,
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for LocalUserPoolBuilder {
    fn default() -> Self {
        Self {
            listen: Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)),
            pool_id: "eu-west-1_LocalPool".to_owned(),
            clients: Vec::new(),
            users: Vec::new(),
            rotation: None,
            access_token_lifetime: HOUR,
            id_token_lifetime: HOUR,
            refresh_token_lifetime: 30 * DAY,
            has_own_keys: false,
            sign_in: sign_in::defaults(),
        }
    }
}

impl LocalUserPoolBuilder {
    /// Sets the loopback address to serve at. Default: `127.0.0.1` and a free port.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Starts no server: the pool is called in memory, as an
    /// [`IdentityProvider`](crate::IdentityProvider). Its issuer has the form of Cognito's, and no
    /// request is sent there: a [`CognitoClient`](crate::CognitoClient), and so a direct sign-in, cannot use it.
    pub fn in_memory(mut self) -> Self {
        self.listen = None;
        self
    }

    /// Sets the pool's id. Default: `eu-west-1_LocalPool`.
    pub fn pool_id(mut self, id: impl Into<String>) -> Self {
        self.pool_id = id.into();
        self
    }

    /// Adds an app client. The first one is the pool's own: the one of `client_id()`, of the tokens
    /// that the pool writes, and of its `IdentityProvider`. Default: one public client, `localclient`,
    /// with the callback `http://localhost:3000/auth/callback` and the sign-out URL
    /// `http://localhost:3000/`.
    pub fn client(mut self, client: LocalClient) -> Self {
        self.clients.push(client);
        self
    }

    /// Adds a user, with any password. One that users choose (sign-up, new password) has to meet Cognito's default
    /// policy: eight characters, with small and capital letters, digits and symbols.
    pub fn user(mut self, user: LocalUser) -> Self {
        self.users.push(user);
        self
    }

    /// Rotates refresh tokens: each one is replaced when it is used, and is accepted for the grace time
    /// after that, 0 to 60 seconds. Default: no rotation, as in Cognito.
    pub fn rotation(mut self, grace: Duration) -> Self {
        self.rotation = Some(grace);
        self
    }

    /// Sets the lifetime of access tokens: 1 second to 24 hours, in whole seconds. Default: one hour, as
    /// in Cognito, whose range begins at 5 minutes.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_token_lifetime = lifetime;
        self
    }

    /// Sets the lifetime of ID tokens: 1 second to 24 hours, in whole seconds. Default: one hour, as in
    /// Cognito, whose range begins at 5 minutes.
    pub fn id_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.id_token_lifetime = lifetime;
        self
    }

    /// Sets the lifetime of refresh tokens: 1 second to 10 years. Default: 30 days, as in Cognito, whose
    /// range begins at 60 minutes.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.refresh_token_lifetime = lifetime;
        self
    }

    /// Gives the pool RSA keys that no other pool has, for a test that would notice if two pools were mixed
    /// up. Default: the pools of one process sign with the same keys, under key ids and issuers of their
    /// own, since to make keys takes some tens of milliseconds.
    pub fn own_keys(mut self) -> Self {
        self.has_own_keys = true;
        self
    }

    /// Makes the keys, if they are the first of this process or the pool's [own](Self::own_keys), and starts
    /// the server. It blocks the thread while keys are made, some tens of milliseconds;
    /// [`start`](Self::start) does not.
    ///
    /// # Errors
    /// [`StartError::Config`] when a setting is out of its range or no crypto backend is compiled
    /// in; [`StartError::Listen`] when the address cannot be listened on.
    pub fn build(mut self) -> Result<LocalUserPool, StartError> {
        self.check()?;
        if self.clients.is_empty() {
            let client = LocalClient::public("localclient")
                .redirect_uri("http://localhost:3000/auth/callback")
                .logout_uri("http://localhost:3000/");
            self.clients.push(client);
        }
        let listener =
            self.listen.map(TcpListener::bind).transpose().map_err(StartError::Listen)?;
        let bound = listener.as_ref().map(TcpListener::local_addr).transpose();
        let user_pool = user_pool(&self.pool_id, bound.map_err(StartError::Listen)?)?;
        let settings = PoolSettings {
            pool_id: self.pool_id,
            issuer: user_pool.issuers()[0].clone(),
            access_token_lifetime: self.access_token_lifetime,
            id_token_lifetime: self.id_token_lifetime,
            refresh_token_lifetime: self.refresh_token_lifetime,
            rotation: self.rotation,
            sign_in: self.sign_in,
        };
        let mut random = Random::from_system().map_err(|_| StartError::NoRandomness)?;
        let signers = match self.has_own_keys {
            true => Signer::generate_two()?,
            false => Signer::shared_two(0)?,
        };
        let keys = KeyRing::new(signers, &mut random);
        let mut state = PoolState::new(settings, random, keys, self.clients);
        for user in self.users {
            state.put_user(user);
        }
        let core = Arc::new(Core {
            user_pool,
            clock: Clock::default(),
            faults: FaultPlan::default(),
            state: Mutex::new(state),
        });
        let server = listener.map(|listener| Server::start(listener, Arc::clone(&core)));
        let server = server.transpose().map_err(StartError::Listen)?;
        Ok(LocalUserPool::new(core, server, self.has_own_keys))
    }

    /// Does what [`build`](Self::build) does, on a thread of its own.
    ///
    /// # Errors
    /// See [`build`](Self::build); [`StartError::TimePaused`] for a pool with a server in a runtime
    /// whose time is paused.
    pub async fn start(self) -> Result<LocalUserPool, StartError> {
        let served = self.listen.is_some();
        let (real, tokios) = (std::time::Instant::now(), tokio::time::Instant::now());
        let (send, receive) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("local-user-pool-start".to_owned())
            // Sending fails when the caller was dropped: the pool is dropped then.
            .spawn(move || drop(send.send(self.build())))
            .map_err(StartError::Listen)?;
        let ended = || StartError::Listen(io::Error::other("the thread that starts it ended"));
        let pool = receive.await.unwrap_or_else(|_| Err(ended()))?;
        // Making keys takes real time, and none of paused time.
        if served && tokios.elapsed().is_zero() && !real.elapsed().is_zero() {
            return Err(StartError::TimePaused);
        }
        Ok(pool)
    }

    fn check(&self) -> Result<(), ConfigError> {
        UserPoolId::parse(&self.pool_id)?;
        if self.listen.is_some_and(|address| !address.ip().is_loopback()) {
            let reason = ValueProblem::NotLoopback;
            return Err(ConfigError::Value { setting: "listen", reason });
        }
        let tokens = (1, 86_400);
        let refresh = (1, 315_360_000);
        let grace = (0, 60);
        let validity = (180, 900);
        for (setting, value, (least, most)) in [
            ("access_token_lifetime", self.access_token_lifetime, tokens),
            ("id_token_lifetime", self.id_token_lifetime, tokens),
            ("refresh_token_lifetime", self.refresh_token_lifetime, refresh),
            ("rotation", self.rotation.unwrap_or_default(), grace),
            ("auth_session_validity", self.sign_in.auth_session_validity, validity),
        ] {
            let [least, most] = [least, most].map(Duration::from_secs);
            check_duration(setting, value, least..=most)?;
        }
        for client in &self.clients {
            check_client_id(&client.id)?;
            client.redirect_uris.iter().try_for_each(|uri| check_uri("redirect_uri", uri))?;
            client.logout_uris.iter().try_for_each(|uri| check_uri("logout_uri", uri))?;
        }
        Ok(())
    }
}
