//! Everything a user pool remembers. No sockets, no clock: the moment is an argument.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::testing::pool::challenges::Challenge;
use crate::testing::client::LocalClient;
use crate::testing::pool::clock::Clock;
use crate::testing::pool::codes::Code;
use crate::testing::fault::Traffic;
use crate::testing::pool::hosted_sessions::HostedSession;
use crate::testing::pool::keys::KeyRing;
use crate::testing::pool::random::{Random, uuid_like};
use crate::testing::pool::sessions::{Door, RefreshEntry, Session};
use crate::testing::user::{LocalUser, User};
use crate::pool::UserPool;

/// What all handles of a pool, and its server, share.
pub(crate) struct Core {
    pub(crate) user_pool: UserPool,
    pub(crate) clock: Clock,
    pub(crate) traffic: Traffic,
    pub(crate) state: Mutex<State>,
}

impl Core {
    /// The state, and the moment.
    pub(crate) fn enter(&self) -> (MutexGuard<'_, State>, Duration) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state, self.clock.since_epoch())
    }
}

/// What the builder fixed.
pub(crate) struct Settings {
    pub(crate) pool_id: String,
    pub(crate) issuer: String,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) id_token_lifetime: Duration,
    pub(crate) refresh_token_lifetime: Duration,
    /// Rotation of refresh tokens, with its grace time.
    pub(crate) rotation: Option<Duration>,
}

pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) random: Random,
    pub(crate) keys: KeyRing,
    /// The first one is the pool's default.
    pub(crate) clients: Vec<LocalClient>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) codes: HashMap<String, Code>,
    /// By their secret block.
    pub(crate) challenges: HashMap<String, Challenge>,
    /// By `origin_jti`.
    pub(crate) sessions: HashMap<String, Session>,
    pub(crate) refresh_tokens: HashMap<String, RefreshEntry>,
    /// By the value of the login page's cookie.
    pub(crate) hosted: HashMap<String, HostedSession>,
    /// By `sub`.
    pub(crate) signed_out_at: HashMap<String, Duration>,
}

impl State {
    pub(crate) fn new(
        settings: Settings,
        random: Random,
        keys: KeyRing,
        clients: Vec<LocalClient>,
    ) -> Self {
        Self {
            settings,
            random,
            keys,
            clients,
            users: BTreeMap::new(),
            codes: HashMap::new(),
            challenges: HashMap::new(),
            sessions: HashMap::new(),
            refresh_tokens: HashMap::new(),
            hosted: HashMap::new(),
            signed_out_at: HashMap::new(),
        }
    }

    /// Adds a user, or replaces the details of one: `sub` and sessions stay then, as with an
    /// administrator's change of attributes or groups.
    pub(crate) fn put_user(&mut self, details: LocalUser) {
        let known = self.users.get(&details.username).map(|user| (user.sub.clone(), user.enabled));
        let (old_sub, enabled) = known.unzip();
        let sub = details.sub.clone().or(old_sub).unwrap_or_else(|| self.random.uuid());
        let user = User { sub, enabled: enabled.unwrap_or(true), details };
        self.users.insert(user.details.username.clone(), user);
    }

    /// Disables or enables. What a disabled user held stays dead after enabling
    /// (Developer Guide, "Managing users").
    pub(crate) fn set_enabled(&mut self, now: Duration, username: &str, enabled: bool) -> bool {
        let Some(user) = self.users.get_mut(username) else { return false };
        user.enabled = enabled;
        let sub = user.sub.clone();
        if !enabled {
            self.sign_out_everywhere(now, &sub);
        }
        true
    }

    pub(crate) fn user_by_sub(&self, sub: &str) -> Option<&User> {
        self.users.values().find(|user| user.sub == sub)
    }

    /// Whoever has this name and this password, disabled or not.
    pub(crate) fn user_with_password(&self, username: &str, password: &str) -> Option<&User> {
        self.users.get(username).filter(|user| user.details.has_password(password))
    }

    pub(crate) fn client(&self, id: &str) -> Option<&LocalClient> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// A sign-in that has just happened, not recorded yet. A name the pool does not know gets a
    /// `sub` that follows from the name.
    pub(crate) fn session_for(
        &mut self,
        now: Duration,
        username: &str,
        client_id: &str,
        scopes: Vec<String>,
        door: Door,
    ) -> Session {
        let sub = self.users.get(username).map(|user| user.sub.clone());
        Session {
            origin_jti: self.random.uuid(),
            event_id: self.random.uuid(),
            sub: sub.unwrap_or_else(|| uuid_like(&Sha256::digest(username))),
            username: username.to_owned(),
            client_id: client_id.to_owned(),
            scopes,
            door,
            resource: None,
            auth_time: now,
            revoked: false,
        }
    }
}
