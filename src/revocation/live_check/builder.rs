//! The settings of a [`LiveCheck`], and their defaults.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::LiveCheck;
use super::verdict_cache::TokenVerdict;
use crate::error::{ConfigError, SettingBound, SettingRange, check_time_limit};
use crate::idp::IdentityProvider;

/// The longest that a verdict can be kept for: Cognito's shortest lifetime of an access token.
const MAX_KEEP_FOR: Duration = Duration::from_secs(5 * 60);

/// No token lives longer.
const MAX_ACCEPT_WHILE_UNAVAILABLE: Duration = Duration::from_secs(24 * 60 * 60);

const MAX_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub(super) struct LiveCheckSettings {
    pub(super) keep_for: Duration,
    pub(super) accept_while_unavailable: Duration,
    pub(super) timeout: Duration,
    pub(super) capacity: usize,
    pub(super) refuse_what_cannot_be_asked: bool,
}

impl Default for LiveCheckSettings {
    fn default() -> Self {
        Self {
            keep_for: Duration::from_secs(5),
            accept_while_unavailable: Duration::ZERO,
            timeout: Duration::from_secs(3),
            capacity: 10_000,
            refuse_what_cannot_be_asked: false,
        }
    }
}

impl LiveCheckSettings {
    /// The verdict on what Cognito cannot be asked about.
    pub(super) fn unasked(&self) -> TokenVerdict {
        if self.refuse_what_cannot_be_asked { TokenVerdict::Refused } else { TokenVerdict::Live }
    }
}

/// Builds a [`LiveCheck`]; made by [`LiveCheck::builder`].
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use cognito_auth::revocation::LiveCheck;
/// use cognito_auth::{CognitoClient, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let client = CognitoClient::new(&pool, "1example23456789abcdefghij")?;
/// let live_check = LiveCheck::builder(Arc::new(client))
///     .keep_for(Duration::from_secs(15))
///     .accept_while_unavailable(Duration::from_secs(60))
///     .build()?;
/// # let _ = live_check;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct LiveCheckBuilder {
    identity_provider: Arc<dyn IdentityProvider>,
    settings: LiveCheckSettings,
}

impl LiveCheckBuilder {
    pub(super) fn new(identity_provider: Arc<dyn IdentityProvider>) -> Self {
        Self { identity_provider, settings: LiveCheckSettings::default() }
    }

    /// How long a verdict is cached, from the start of the call: a sign-out elsewhere is seen this much
    /// later at most. Default 5 seconds, at most 5 minutes (instead of a longer time, give the tokens a
    /// lifetime of 5 minutes, which needs no calls).
    ///
    /// The quota sets the lower limit. A token in use costs one call in this time in every process, and
    /// Cognito answers 120 GetUser a second for a whole account and Region (quota "UserRead"): with 5
    /// seconds that is enough for 600 tokens in use, over all processes. With zero every request causes a
    /// call.
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.settings.keep_for = time;
        self
    }

    /// While Cognito cannot be asked, uses the last verdict for up to this long after its call, instead of
    /// answering "cannot tell" (503). At least [`keep_for`](Self::keep_for), at most 24 hours. Zero, the
    /// default, turns it off.
    ///
    /// The price: during an outage, or while the quota is exceeded, a sign-out elsewhere is not seen for
    /// this long. Tokens that were signed out through this store are refused all the same. A token without
    /// an earlier verdict is answered with 503.
    pub fn accept_while_unavailable(mut self, time: Duration) -> Self {
        self.settings.accept_while_unavailable = time;
        self
    }

    /// How long a request waits for Cognito, including the wait for a free call. Default 3 seconds:
    /// GetUser calls no Lambda trigger, and answers within a fraction of a second. At most one minute.
    /// The time limit of the identity provider applies too.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// The size of the cache: at most this many tokens with a recent verdict, as many that were refused
    /// for good, and as many calls in progress. Default 10,000 each, of about 200 bytes. When the cache is
    /// full, the token whose call is longest ago is dropped, and Cognito is asked again when it is used.
    pub fn capacity(mut self, tokens: usize) -> Self {
        self.settings.capacity = tokens;
        self
    }

    /// Refuses every token that Cognito cannot be asked about: ID tokens, tokens of machines, and
    /// access tokens with neither of the scopes `aws.cognito.signin.user.admin` and `openid`. By
    /// default `LiveCheck` does not refuse such a token, and the other checks decide.
    pub fn refuse_what_cannot_be_asked(mut self) -> Self {
        self.settings.refuse_what_cannot_be_asked = true;
        self
    }

    /// Builds the check. Cognito is not called yet.
    ///
    /// # Errors
    /// [`ConfigError::OutOfRange`] when a setting is outside the range that its method states.
    pub fn build(self) -> Result<LiveCheck, ConfigError> {
        let LiveCheckSettings {
            keep_for, accept_while_unavailable: accept, timeout, capacity, ..
        } = self.settings;
        for (setting, holds, range) in [
            (
                "keep_for",
                keep_for <= MAX_KEEP_FOR,
                SettingRange::at_most(SettingBound::Duration(MAX_KEEP_FOR)),
            ),
            (
                "accept_while_unavailable",
                accept.is_zero() || (keep_for..=MAX_ACCEPT_WHILE_UNAVAILABLE).contains(&accept),
                SettingRange::between(
                    SettingBound::Setting("keep_for"),
                    SettingBound::Duration(MAX_ACCEPT_WHILE_UNAVAILABLE),
                ),
            ),
            ("capacity", capacity > 0, SettingRange::at_least(SettingBound::Count(1))),
        ] {
            if !holds {
                return Err(ConfigError::OutOfRange { setting, range });
            }
        }
        check_time_limit("timeout", timeout, MAX_TIMEOUT)?;
        Ok(LiveCheck::with(self.identity_provider, self.settings))
    }
}

impl fmt::Debug for LiveCheckBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveCheckBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
