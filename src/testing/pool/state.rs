//! The tables of a pool, and what changes more than one of them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::RefusalCode;
use crate::pool::UserPool;
use crate::testing::client::LocalClient;
use crate::testing::device_tracking::DeviceTracking;
use crate::testing::fault::FaultPlan;
use crate::testing::mfa::MfaConfiguration;
use crate::testing::outbox_message::{MessagePurpose, OutboxMessage};
use crate::testing::pool::challenges::Challenges;
use crate::testing::pool::clients::PoolClients;
use crate::testing::pool::clock::Clock;
use crate::testing::pool::codes::{CodeExchange, Codes};
use crate::testing::pool::confirmation_codes::ConfirmationCodes;
use crate::testing::pool::devices::Devices;
use crate::testing::pool::failed_attempts::FailedAttempts;
use crate::testing::pool::hosted_sessions::HostedSessions;
use crate::testing::pool::keys::KeyRing;
use crate::testing::pool::outbox::Outbox;
use crate::testing::pool::passkeys::Passkeys;
use crate::testing::pool::random::{Random, uuid_like};
use crate::testing::pool::sessions::{
    PoolSession, RefreshRefusal, RefreshedSession, Sessions, SignInChannel,
};
use crate::testing::pool::users::{PoolUser, Users};
use crate::testing::user::LocalUser;

/// What all handles of a pool, and its server, share.
pub(crate) struct Core {
    pub(crate) user_pool: UserPool,
    pub(crate) clock: Clock,
    pub(crate) faults: FaultPlan,
    pub(crate) state: Mutex<PoolState>,
}

impl Core {
    /// The state, and the time of the pool's clock.
    pub(crate) fn enter(&self) -> (MutexGuard<'_, PoolState>, Duration) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state, self.clock.since_epoch())
    }
}

/// What the builder fixed.
pub(crate) struct PoolSettings {
    pub(crate) pool_id: String,
    pub(crate) issuer: String,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) id_token_lifetime: Duration,
    pub(crate) refresh_token_lifetime: Duration,
    /// Rotation of refresh tokens, with its grace time.
    pub(crate) rotation: Option<Duration>,
    pub(crate) sign_in: SignInSettings,
}

/// What a sign-in through the JSON API depends on.
#[derive(Debug, Clone)]
pub(crate) struct SignInSettings {
    pub(crate) mfa: MfaConfiguration,
    pub(crate) device_tracking: DeviceTracking,
    /// Whether a verified e-mail address or telephone number stands for the user's name.
    pub(crate) aliases: bool,
    /// How long a challenge can be answered.
    pub(crate) auth_session_validity: Duration,
    pub(crate) lockout: bool,
    /// The challenge of CUSTOM_AUTH, where the pool has one.
    pub(crate) custom_challenge: Option<LocalCustomChallenge>,
    /// The relying party of passkeys: a domain name.
    pub(crate) relying_party: String,
    /// Attributes that every user has to have.
    pub(crate) required_attributes: Vec<String>,
}

/// What triggers of a pool would ask and accept.
#[derive(Debug, Clone)]
pub(crate) struct LocalCustomChallenge {
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) answer: String,
}

impl PoolSettings {
    /// The region of the pool's id.
    pub(crate) fn region(&self) -> &str {
        self.pool_id.split_once('_').map_or("", |(region, _)| region)
    }

    /// The pool's id without its region.
    pub(crate) fn pool_name(&self) -> &str {
        self.pool_id.split_once('_').map_or("", |(_, name)| name)
    }
}

/// Everything that a pool remembers.
pub(crate) struct PoolState {
    pub(crate) settings: PoolSettings,
    pub(crate) random: Random,
    pub(crate) keys: KeyRing,
    pub(crate) clients: PoolClients,
    pub(crate) users: Users,
    pub(crate) codes: Codes,
    pub(crate) challenges: Challenges,
    pub(crate) confirmation_codes: ConfirmationCodes,
    pub(crate) failed_passwords: FailedAttempts,
    pub(crate) failed_mfa_codes: FailedAttempts,
    pub(crate) outbox: Outbox,
    pub(crate) devices: Devices,
    pub(crate) passkeys: Passkeys,
    pub(crate) sessions: Sessions,
    pub(crate) hosted_sessions: HostedSessions,
}

impl PoolState {
    pub(crate) fn new(
        settings: PoolSettings,
        random: Random,
        keys: KeyRing,
        clients: Vec<LocalClient>,
    ) -> Self {
        let challenges = Challenges::new(settings.sign_in.auth_session_validity);
        let lockout = settings.sign_in.lockout;
        Self {
            settings,
            random,
            keys,
            clients: PoolClients::new(clients),
            users: Users::default(),
            codes: Codes::default(),
            challenges,
            confirmation_codes: ConfirmationCodes::default(),
            failed_passwords: FailedAttempts::new(lockout),
            failed_mfa_codes: FailedAttempts::new(lockout),
            outbox: Outbox::default(),
            devices: Devices::default(),
            passkeys: Passkeys::default(),
            sessions: Sessions::default(),
            hosted_sessions: HostedSessions::default(),
        }
    }

    pub(crate) fn put_user(&mut self, details: LocalUser) {
        self.users.put(details, &mut self.random);
    }

    /// The user whom a name of a sign-in means: a user name, or an alias. A `sub` is no name.
    pub(crate) fn user_named(&self, name: &str) -> Option<&PoolUser> {
        let by_alias = |attribute| match self.settings.sign_in.aliases {
            true => self.users.by_verified(attribute, name),
            false => None,
        };
        let user = self.users.get(name).or_else(|| by_alias("email"));
        user.or_else(|| by_alias("phone_number"))
    }

    /// Writes a message with a new code of so many digits, and gives the code.
    pub(crate) fn send_code(
        &mut self,
        username: &str,
        destination: &str,
        purpose: MessagePurpose,
        digits: usize,
    ) -> String {
        let code = self.random.digits(digits);
        self.outbox.put(OutboxMessage::new(username, destination, purpose, &code));
        code
    }

    /// Deletes a user, with everything that only this user has; `false` when there is no such user.
    pub(crate) fn delete_user(&mut self, username: &str) -> bool {
        self.confirmation_codes.forget(username);
        if let Some(user) = self.users.get(username) {
            self.devices.forget(&user.sub);
            self.passkeys.forget(&user.sub);
        }
        self.users.remove(username)
    }

    /// Enables or disables a user; `false` when there is no such user. Tokens of a disabled user stay
    /// revoked after enabling (Developer Guide, "Managing users").
    pub(crate) fn set_enabled(&mut self, now: Duration, username: &str, enabled: bool) -> bool {
        let Some(sub) = self.users.set_enabled(username, enabled) else { return false };
        if !enabled {
            self.sessions.revoke_all_of(now, sub);
        }
        true
    }

    /// Ends every session of a user; `false` when there is no such user.
    pub(crate) fn sign_out(&mut self, now: Duration, username: &str) -> bool {
        let user = self.users.get(username);
        user.map(|user| self.sessions.revoke_all_of(now, &user.sub)).is_some()
    }

    /// A sign-in that has just happened, not recorded yet. A name that the pool does not know gets a
    /// `sub` that follows from the name.
    pub(crate) fn new_session(
        &mut self,
        now: Duration,
        username: &str,
        client_id: &str,
        scopes: Vec<String>,
        channel: SignInChannel,
    ) -> PoolSession {
        let sub = self.users.get(username).map(|user| user.sub.clone());
        PoolSession {
            origin_jti: self.random.uuid(),
            event_id: self.random.uuid(),
            sub: sub.unwrap_or_else(|| uuid_like(&Sha256::digest(username))),
            username: username.to_owned(),
            client_id: client_id.to_owned(),
            scopes,
            channel,
            resource: None,
            device_key: None,
            auth_time: now,
            revoked: false,
        }
    }

    /// Exchanges a code for a session, and gives its `origin_jti` and the nonce of its ID token.
    pub(crate) fn redeem_code(
        &mut self,
        now: Duration,
        exchange: &CodeExchange<'_>,
    ) -> Result<(String, Option<String>), RefusalCode> {
        let code = self.codes.redeem(now, exchange)?;
        let user = self.users.by_sub(&code.sub).filter(|user| user.enabled);
        let username = user.ok_or(RefusalCode::InvalidGrant)?.details.username.clone();
        let channel = SignInChannel::ManagedLogin;
        let mut session =
            self.new_session(now, &username, exchange.client_id, code.scopes, channel);
        session.auth_time = code.auth_time;
        session.resource = code.resource;
        Ok((self.sessions.open(session), code.nonce))
    }

    /// The first refresh token of a session.
    pub(crate) fn issue_refresh_token(&mut self, now: Duration, origin_jti: &str) -> String {
        let expires_at = now.saturating_add(self.settings.refresh_token_lifetime);
        self.sessions.add_refresh_token(&mut self.random, origin_jti, expires_at)
    }

    /// Exchanges a refresh token of this client, on the device of its sign-in where devices are tracked.
    pub(crate) fn refresh(
        &mut self,
        now: Duration,
        client_id: &str,
        token: &str,
        device_key: Option<&str>,
    ) -> Result<RefreshedSession, RefreshRefusal> {
        let session = self.sessions.of_refresh_token(token);
        let session = session.filter(|session| session.client_id == client_id);
        let session = session.ok_or(RefreshRefusal::Unknown)?;
        if session.device_key.is_some() && session.device_key.as_deref() != device_key {
            return Err(RefreshRefusal::Unknown);
        }
        let sub = &session.sub;
        let user = self.users.by_sub(sub).ok_or(RefreshRefusal::UserNotFound)?;
        if !user.enabled {
            return Err(RefreshRefusal::UserDisabled);
        }
        self.sessions.refresh(&mut self.random, now, token, self.settings.rotation)
    }
}
