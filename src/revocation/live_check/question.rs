//! A question under way, in a task of its own: a caller that is cancelled neither cancels nor restarts it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::LiveCheckInner;
use super::answer::{self, ABANDONED, BACKING_OFF, CognitoAnswer, NOT_SET_UP, TOO_MANY};
use super::state::{QuestionOutcome, VerdictKeys};
use super::throttled::Wait;
use crate::error::{AuthError, Unreachable};
use crate::jwt::unverified::{LARGEST_TOKEN_BYTES, UnverifiedJwt};
use crate::secret::AccessToken;

/// What is asked about.
pub(super) struct Question {
    pub(super) keys: VerdictKeys,
    pub(super) sub: String,
    pub(super) token: AccessToken,
}

/// It ends in `finish` however it ends: a runtime that shuts down drops the task, and an abandoned
/// flight must not keep the next one from starting.
pub(super) struct QuestionTask {
    pub(super) shared: Arc<LiveCheckInner>,
    pub(super) question: Question,
    pub(super) sender: watch::Sender<Option<QuestionOutcome>>,
}

impl QuestionTask {
    pub(super) async fn run(self) {
        let (asked_at, answer) = self.ask().await;
        self.finish(asked_at, answer);
    }

    async fn ask(&self) -> (Instant, CognitoAnswer) {
        let shared = &self.shared;
        let deadline = Instant::now() + shared.settings.timeout;
        let Ok(Ok(_permit)) = timeout_at(deadline, shared.calls.acquire()).await else {
            return (Instant::now(), CognitoAnswer::NoVerdict(TOO_MANY));
        };
        let asked_at = Instant::now();
        if shared.read().wait(&self.question.keys, asked_at).is_some() {
            return (asked_at, CognitoAnswer::NoVerdict(BACKING_OFF));
        }
        let question = shared.identity_provider.user_info_with_token(&self.question.token);
        let span = tracing::debug_span!(target: "cognito_auth::revocation", "live_check");
        let user_info = timeout_at(deadline, question).instrument(span).await;
        let user_info = user_info.unwrap_or(Err(AuthError::Unreachable(Unreachable::Timeout)));
        let code = user_info.as_ref().err().map_or("ok", AuthError::code);
        tracing::debug!(target: "cognito_auth::revocation", code, "asked Cognito about a token");
        let answer = match answer::read(&user_info, &self.question.sub) {
            // A setting is missing, such as the pool's domain. Letting the token through, as those
            // without the scopes are, would turn the check off unseen.
            CognitoAnswer::CannotBeAsked if has_user_scope(&self.question.token) => {
                CognitoAnswer::NoVerdict(NOT_SET_UP)
            }
            answer => answer,
        };
        (asked_at, answer)
    }

    fn finish(&self, asked_at: Instant, answer: CognitoAnswer) {
        // Without randomness the wait is the whole one.
        let random = getrandom::u32().unwrap_or(u32::MAX);
        let shared = &self.shared;
        let times = (asked_at, Instant::now(), random);
        let (outcome, wait, is_news) = {
            let mut state = shared.write();
            let (outcome, wait) = state.take(&self.question.keys, answer, &shared.settings, times);
            (outcome, wait, state.is_news(answer))
        };
        if let Err(error) = &outcome
            && is_news
        {
            let (code, cause) = ("live_check_unfit", error.reason());
            tracing::warn!(target: "cognito_auth::revocation", code, cause, "Cognito cannot be asked: check the settings");
        }
        if let (Err(error), Some(wait)) = (&outcome, wait) {
            let (code, cause) = ("live_check_backs_off", error.reason());
            match wait {
                Wait::AllUsers(wait) => {
                    let wait_ms = wait.as_millis();
                    tracing::warn!(target: "cognito_auth::revocation", code, cause, wait_ms, "Cognito is not asked for a while");
                }
                // Any user can cause it.
                Wait::User(wait) => {
                    let wait_ms = wait.as_millis();
                    tracing::debug!(target: "cognito_auth::revocation", code, cause, wait_ms, "Cognito is not asked about one user for a while");
                }
            }
        }
        // A caller that waits for an abandoned question starts the next one.
        if answer != CognitoAnswer::NoVerdict(ABANDONED) {
            self.sender.send_replace(Some(outcome));
        }
    }
}

/// The token's signature held before it came here: its scopes are what they say.
fn has_user_scope(token: &AccessToken) -> bool {
    UnverifiedJwt::parse_within(token.expose(), LARGEST_TOKEN_BYTES).is_ok_and(|jwt| {
        let user_scope =
            |scope: &String| scope == "openid" || scope == "aws.cognito.signin.user.admin";
        jwt.unverified_scopes().iter().any(user_scope)
    })
}

impl Drop for QuestionTask {
    fn drop(&mut self) {
        if self.sender.borrow().is_none() {
            self.finish(Instant::now(), CognitoAnswer::NoVerdict(ABANDONED));
        }
    }
}

#[cfg(test)]
mod tests;
