//! How a [`LiveCheck`] behaves: defaults with their reason.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::LiveCheck;
use super::verdict_cache::Verdict;
use crate::error::{ConfigError, SettingBound, SettingRange};
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
    pub(super) fn unasked(&self) -> Verdict {
        if self.refuse_what_cannot_be_asked { Verdict::Refused } else { Verdict::Live }
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

    /// How long a verdict is kept, counted from the question: a sign-out elsewhere is seen this
    /// much later at most. Default 5 seconds, at most 5 minutes (a verdict kept longer is no better
    /// than tokens of that lifetime, which need no questions).
    ///
    /// The quota sets the lower end. A token in use costs one question per this time in every
    /// process, and Cognito answers 120 GetUser a second for a whole account and Region (quota
    /// "UserRead"): with 5 seconds that is 600 tokens in use at a time, over all processes. With
    /// zero every request asks.
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.settings.keep_for = time;
        self
    }

    /// While Cognito cannot be asked, goes by the last verdict up to this long after its question,
    /// in place of answering "cannot tell" (a 503). At least as long as
    /// [`keep_for`](Self::keep_for), 24 hours at most.
    ///
    /// What this accepts: during an outage, or while the quota is used up, a sign-out elsewhere goes
    /// unseen for this long. What was signed out here is refused all the same, and a token that was
    /// never asked about has no last verdict.
    pub fn accept_while_unavailable(mut self, time: Duration) -> Self {
        self.settings.accept_while_unavailable = time;
        self
    }

    /// How long a request waits for Cognito, queueing included. Default 3 seconds: GetUser calls no
    /// Lambda trigger and answers within a fraction of one. At most one minute. The identity
    /// provider's own time limit counts too.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How many tokens are remembered: so many with a recent verdict, as many that were refused for
    /// good, and as many questions under way. Default 10,000 each, about 200 bytes apiece. Beyond
    /// it the one asked about longest ago is forgotten, and asked about again when it comes back.
    pub fn capacity(mut self, tokens: usize) -> Self {
        self.settings.capacity = tokens;
        self
    }

    /// Refuses every token that Cognito cannot be asked about: ID tokens, tokens of machines, and
    /// access tokens with neither of the scopes `aws.cognito.signin.user.admin` and `openid`. By
    /// default such a token is left to the other checks.
    pub fn refuse_what_cannot_be_asked(mut self) -> Self {
        self.settings.refuse_what_cannot_be_asked = true;
        self
    }

    /// The check. Nothing is asked yet.
    ///
    /// # Errors
    /// [`ConfigError::OutOfRange`] when a setting is outside the range it names.
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
            (
                "timeout",
                !timeout.is_zero() && timeout <= MAX_TIMEOUT,
                SettingRange::limit_up_to(MAX_TIMEOUT),
            ),
            ("capacity", capacity > 0, SettingRange::at_least(SettingBound::Count(1))),
        ] {
            if !holds {
                return Err(ConfigError::OutOfRange { setting, range });
            }
        }
        Ok(LiveCheck::with(self.identity_provider, self.settings))
    }
}

impl fmt::Debug for LiveCheckBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveCheckBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
