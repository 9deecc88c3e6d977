//! The state of a [`LiveCheck`](super::LiveCheck). Nothing here waits; the current moment is an
//! argument.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::answer::{CognitoAnswer, NoVerdict};
use super::back_off::BackOff;
use super::builder::LiveCheckSettings;
use super::throttled::{Throttled, Times, User, Wait};
use super::verdict_cache::{TokenVerdict, VerdictCache, VerdictKey, session_key, token_key};
use crate::error::RevocationError;
use crate::revocation::fingerprint::Fingerprint;
use crate::revocation::{ENTRY_LIFETIME, RevocationStatus, TokenIdentity, TokenKind};
use crate::task::SharedTask;

/// The result of a question, for every caller that waits for it.
pub(super) type QuestionOutcome = Result<TokenVerdict, RevocationError>;
pub(super) type Waiting = SharedTask<QuestionOutcome>;

/// No token lives longer, so verdicts that are final are kept for this long. Fixed, and not the token's
/// own `exp`, because the verifier's clock is not known here.
const ENDED_FOR: Duration = Duration::from_secs(ENTRY_LIFETIME);

/// The keys of the verdicts about a token.
pub(super) struct VerdictKeys {
    /// `None` for a token that Cognito cannot be asked about.
    pub(super) token: Option<VerdictKey>,
    pub(super) session: Option<VerdictKey>,
    pub(super) user: User,
}

impl VerdictKeys {
    pub(super) fn of(token: &TokenIdentity<'_>) -> Self {
        Self {
            token: key_to_ask(token),
            session: token.origin_jti.map(|session| session_key(token.pool, session)),
            user: (token.pool.clone(), Fingerprint::of(token.sub)),
        }
    }
}

/// The key of a token that Cognito can be asked about.
fn key_to_ask(token: &TokenIdentity<'_>) -> Option<VerdictKey> {
    can_be_asked(token).then(|| token_key(token.expose_token()))
}

/// Whether this is a user's access token with a scope for GetUser or userInfo.
fn can_be_asked(token: &TokenIdentity<'_>) -> bool {
    let takes = |scope: &str| matches!(scope, "aws.cognito.signin.user.admin" | "openid");
    token.kind == TokenKind::Access && token.scope.split(' ').any(takes)
}

pub(super) struct LiveCheckState {
    /// Verdicts that are valid for a limited time.
    recent: VerdictCache,
    /// Tokens and sessions that have ended for good.
    ended: VerdictCache,
    pub(super) questions: HashMap<VerdictKey, Waiting>,
    back_off: BackOff,
    throttled: Throttled,
    last_error: Option<RevocationError>,
    is_unfit_known: bool,
}

impl LiveCheckState {
    pub(super) fn new(settings: &LiveCheckSettings) -> Self {
        let recent_for = settings.keep_for.max(settings.accept_while_unavailable);
        Self {
            recent: VerdictCache::new(settings.capacity, recent_for),
            ended: VerdictCache::new(settings.capacity, ENDED_FOR),
            questions: HashMap::new(),
            back_off: BackOff::default(),
            throttled: Throttled::new(settings.capacity),
            last_error: None,
            is_unfit_known: false,
        }
    }

    /// The status without asking Cognito. It runs for every request: what is not looked up is not computed.
    pub(super) fn status(
        &self,
        token: &TokenIdentity<'_>,
        settings: &LiveCheckSettings,
        now: Instant,
    ) -> RevocationStatus {
        let key = key_to_ask(token);
        if !self.ended.is_empty() {
            let session = token.origin_jti.map(|session| session_key(token.pool, session));
            if self.has_ended(session.as_ref(), now) || self.has_ended(key.as_ref(), now) {
                return RevocationStatus::Revoked;
            }
        }
        let Some(key) = key else { return settings.unasked().status() };
        let must_wait = || self.wait(&VerdictKeys::of(token), now).is_some();
        match self.recent.get(&key, now) {
            Some((verdict, age)) if age < settings.keep_for || must_wait() => verdict.status(),
            _ => RevocationStatus::Unknown,
        }
    }

    /// Whether the session of the token is known to have ended for good.
    pub(super) fn has_session_ended(&self, keys: &VerdictKeys, now: Instant) -> bool {
        self.has_ended(keys.session.as_ref(), now)
    }

    fn has_ended(&self, key: Option<&VerdictKey>, now: Instant) -> bool {
        key.is_some_and(|key| self.ended.get(key, now).is_some())
    }

    /// The last verdict, which still counts while a newer one cannot be obtained.
    pub(super) fn last_verdict(&self, keys: &VerdictKeys, now: Instant) -> Option<TokenVerdict> {
        self.recent.get(keys.token.as_ref()?, now).map(|(verdict, _)| verdict)
    }

    /// The rest of the wait before a question about this token.
    pub(super) fn wait(&self, keys: &VerdictKeys, now: Instant) -> Option<Duration> {
        self.back_off.left(now).max(self.throttled.left(&keys.user, now))
    }

    /// The rest of the wait before any question.
    pub(super) fn wait_of_all(&self, now: Instant) -> Option<Duration> {
        self.back_off.left(now)
    }

    /// How many users wait, each because of their own quota.
    pub(super) fn users_waiting(&self, now: Instant) -> usize {
        self.throttled.waiting(now)
    }

    /// Whether this is the first question that the settings make impossible: settings stay wrong until
    /// the next start.
    pub(super) fn is_news(&mut self, answer: CognitoAnswer) -> bool {
        let unfit = matches!(answer, CognitoAnswer::NoVerdict(NoVerdict::Unfit(_)));
        unfit && !std::mem::replace(&mut self.is_unfit_known, true)
    }

    pub(super) fn kept(&self) -> (usize, usize) {
        (self.recent.len(), self.ended.len())
    }

    pub(super) fn last_error(&self) -> Option<RevocationError> {
        self.last_error.clone()
    }

    /// Records the answer to a question that was sent at `asked_at`. Also returns the wait that begins,
    /// if one does.
    pub(super) fn take(
        &mut self,
        keys: &VerdictKeys,
        answer: CognitoAnswer,
        settings: &LiveCheckSettings,
        (asked_at, now, random): Times,
    ) -> (QuestionOutcome, Option<Wait>) {
        let Some(key) = keys.token.clone() else { return (Ok(settings.unasked()), None) };
        self.questions.remove(&key);
        let (verdict, ended) = match answer {
            CognitoAnswer::NoVerdict(why) => {
                let wait = match why {
                    NoVerdict::OverQuota { retry_after } => self.throttled.over_quota(
                        &keys.user,
                        &mut self.back_off,
                        (asked_at, now, random),
                        retry_after,
                    ),
                    NoVerdict::Blocked => {
                        self.back_off.over_quota(asked_at, now, None, random).map(Wait::AllUsers)
                    }
                    NoVerdict::Failed(_) => {
                        self.back_off.failed(asked_at, now, random).map(Wait::AllUsers)
                    }
                    NoVerdict::Unfit(_) | NoVerdict::NotAsked(_) => None,
                };
                self.last_error = Some(why.error());
                return (Err(why.error()), wait);
            }
            CognitoAnswer::Live => (TokenVerdict::Live, None),
            CognitoAnswer::SessionEnded => {
                (TokenVerdict::Refused, Some(keys.session.clone().unwrap_or(key.clone())))
            }
            CognitoAnswer::TokenEnded => (TokenVerdict::Refused, Some(key.clone())),
            CognitoAnswer::No => (TokenVerdict::Refused, None),
            CognitoAnswer::CannotBeAsked => (settings.unasked(), None),
        };
        self.back_off.answered(asked_at);
        self.throttled.answered(&keys.user, asked_at);
        self.last_error = None;
        match ended {
            Some(key) => self.ended.insert(key, TokenVerdict::Refused, asked_at, now),
            None => self.recent.insert(key, verdict, asked_at, now),
        }
        (Ok(verdict), None)
    }
}

impl TokenVerdict {
    pub(super) fn status(self) -> RevocationStatus {
        match self {
            Self::Live => RevocationStatus::Live,
            Self::Refused => RevocationStatus::Revoked,
        }
    }
}

#[cfg(test)]
mod tests;
