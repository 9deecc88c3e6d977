//! The users of a pool.

use std::collections::BTreeMap;

use crate::testing::pool::random::Random;
use crate::testing::user::{LocalUser, LocalUserStatus};

/// A user that the pool knows.
pub(crate) struct PoolUser {
    pub(crate) details: LocalUser,
    pub(crate) sub: String,
    pub(crate) enabled: bool,
    /// The time step of the last code of the user's authenticator app: none is accepted twice.
    pub(crate) software_token_step: Option<u64>,
    /// What the user calls the app.
    pub(crate) software_token_name: Option<String>,
    /// A secret that was handed out, before a code has shown that the user has it.
    pub(crate) unverified_software_token: Option<String>,
}

/// Every user, by name.
#[derive(Default)]
pub(crate) struct Users(BTreeMap<String, PoolUser>);

impl Users {
    /// Adds a user, or replaces the details of one. `sub` and `enabled` stay then, as with an
    /// administrator's change of attributes or groups.
    pub(crate) fn put(&mut self, details: LocalUser, random: &mut Random) {
        let known = self.0.get(&details.username).map(|user| (user.sub.clone(), user.enabled));
        let (old_sub, enabled) = known.unzip();
        let sub = details.sub.clone().or(old_sub).unwrap_or_else(|| random.uuid());
        let enabled = enabled.unwrap_or(true);
        let user = PoolUser {
            details,
            sub,
            enabled,
            software_token_step: None,
            software_token_name: None,
            unverified_software_token: None,
        };
        self.0.insert(user.details.username.clone(), user);
    }

    pub(crate) fn get(&self, username: &str) -> Option<&PoolUser> {
        self.0.get(username)
    }

    pub(crate) fn get_mut(&mut self, username: &str) -> Option<&mut PoolUser> {
        self.0.get_mut(username)
    }

    /// The user who has this verified e-mail address or telephone number.
    pub(crate) fn by_verified(&self, attribute: &str, value: &str) -> Option<&PoolUser> {
        self.0.values().find(|user| user.details.verified(attribute) == Some(value))
    }

    pub(crate) fn by_sub(&self, sub: &str) -> Option<&PoolUser> {
        self.0.values().find(|user| user.sub == sub)
    }

    /// The user with this name and this password, disabled or not.
    pub(crate) fn with_password(&self, username: &str, password: &str) -> Option<&PoolUser> {
        self.0.get(username).filter(|user| user.details.has_password(password))
    }

    /// Enables or disables a user, whose `sub` this gives; `None` when there is no such user.
    pub(crate) fn set_enabled(&mut self, username: &str, enabled: bool) -> Option<&str> {
        let user = self.0.get_mut(username)?;
        user.enabled = enabled;
        Some(&user.sub)
    }

    /// Whether there was such a user.
    pub(crate) fn set_status(&mut self, username: &str, status: LocalUserStatus) -> bool {
        self.0.get_mut(username).map(|user| user.details.status = status).is_some()
    }

    /// Whether there was such a user.
    pub(crate) fn remove(&mut self, username: &str) -> bool {
        self.0.remove(username).is_some()
    }
}
