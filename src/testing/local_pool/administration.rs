//! Administration of a [`LocalUserPool`]: its users, and the addresses of its client.

use super::LocalUserPool;
use crate::error::ConfigError;
use crate::testing::local_pool::addresses::check_uri;
use crate::testing::user::{LocalUser, LocalUserStatus};

impl LocalUserPool {
    /// Adds a user. If the pool has a user of this name, their password, attributes and groups are
    /// replaced; `sub` and sessions stay.
    pub fn add_user(&self, user: LocalUser) {
        self.core.enter().0.put_user(user);
    }

    /// The `sub` of a user.
    pub fn sub(&self, username: &str) -> Option<String> {
        self.core.enter().0.users.get(username).map(|user| user.sub.clone())
    }

    /// Disables a user, as AdminDisableUser does: the pool refuses the user's tokens from now on.
    /// Returns whether there was such a user.
    pub fn disable_user(&self, username: &str) -> bool {
        let (mut state, now) = self.core.enter();
        state.set_enabled(now, username, false)
    }

    /// Enables a user again. Tokens that were issued before stay revoked. Returns whether there was such a
    /// user.
    pub fn enable_user(&self, username: &str) -> bool {
        let (mut state, now) = self.core.enter();
        state.set_enabled(now, username, true)
    }

    /// Confirms the sign-up of a user, as AdminConfirmSignUp does. No address is verified by it. Returns
    /// whether there was such a user.
    pub fn confirm_user(&self, username: &str) -> bool {
        self.core.enter().0.users.set_status(username, LocalUserStatus::Confirmed)
    }

    /// Resets a user's password, as AdminResetUserPassword does: sign-ins are refused with
    /// `PasswordResetRequiredException` until ConfirmForgotPassword, for which ForgotPassword sends the
    /// code. Returns whether there was such a user.
    pub fn reset_password(&self, username: &str) -> bool {
        self.core.enter().0.users.set_status(username, LocalUserStatus::ResetRequired)
    }

    /// Deletes a user. Returns whether there was such a user.
    pub fn delete_user(&self, username: &str) -> bool {
        self.core.enter().0.delete_user(username)
    }

    /// Ends every session of a user, as AdminUserGlobalSignOut does. Returns whether there was such a
    /// user.
    pub fn sign_out(&self, username: &str) -> bool {
        let (mut state, now) = self.core.enter();
        state.sign_out(now, username)
    }

    /// Allows a callback URL for the pool's own client: for an app that knows its port only after the pool
    /// has started.
    ///
    /// # Errors
    /// [`ConfigError::Url`] or [`ConfigError::InsecureUrl`] when it is not a valid address.
    pub fn add_redirect_uri(&self, uri: impl Into<String>) -> Result<(), ConfigError> {
        let uri = uri.into();
        check_uri("redirect_uri", &uri)?;
        if let Some(client) = self.core.enter().0.clients.own_mut() {
            client.redirect_uris.push(uri);
        }
        Ok(())
    }

    /// Allows a sign-out URL for the pool's own client.
    ///
    /// # Errors
    /// [`ConfigError::Url`] or [`ConfigError::InsecureUrl`] when it is not a valid address.
    pub fn add_logout_uri(&self, uri: impl Into<String>) -> Result<(), ConfigError> {
        let uri = uri.into();
        check_uri("logout_uri", &uri)?;
        if let Some(client) = self.core.enter().0.clients.own_mut() {
            client.logout_uris.push(uri);
        }
        Ok(())
    }
}
