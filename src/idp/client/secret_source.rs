//! [`SecretSource`]: the secret of the app client, and the call that is repeated with the next one.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout as within, timeout_at};
use tracing::Instrument as _;

use super::{Inner, ProviderRequest};
use crate::error::{AuthError, ConfigError, RefusalCode, ValueProblem};
use crate::idp::client_secret::ClientSecretProvider;
use crate::idp::form::Client;
use crate::idp::response::ProviderResponse;
use crate::secret::ClientSecret;
use crate::task::{Joined, SharedTask, outcome_of};

/// A provider of one's own may have no time limit.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A provider that failed is not asked again within this time.
const WAIT_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Nor, for the sake of a secret that is refused, within this time: where the secret is simply wrong, every
/// call is refused.
const WAIT_AFTER_REFUSAL: Duration = Duration::from_secs(10);

type Provided = Result<ClientSecret, AuthError>;

pub(super) enum SecretSource {
    /// A public client has none.
    Fixed(Option<ClientSecret>),
    Provider(Arc<ProvidedSecret>),
}

pub(super) struct ProvidedSecret {
    provider: Arc<dyn ClientSecretProvider>,
    state: Mutex<ProvidedState>,
}

#[derive(Default)]
struct ProvidedState {
    kept: Option<ClientSecret>,
    asking: Option<SharedTask<Provided>>,
    /// The error, and when the provider may be asked again.
    failed: Option<(AuthError, Instant)>,
    /// When it may be asked again because of a refused secret.
    renew_at: Option<Instant>,
}

impl ProvidedState {
    fn note_failure(&mut self, error: AuthError) {
        self.failed = Some((error, Instant::now() + WAIT_AFTER_FAILURE));
        // No answer: the refused secret may have been replaced.
        self.renew_at = None;
    }

    fn note(&mut self, provided: &Provided) {
        match provided {
            Ok(secret) => {
                if self.kept.as_ref().is_some_and(|kept| kept != secret) {
                    tracing::info!(target: "cognito_auth::idp", code = "client_secret_replaced", "the client secret was replaced");
                }
                self.kept = Some(secret.clone());
                self.failed = None;
            }
            Err(error) => self.note_failure(error.clone()),
        }
    }
}

impl SecretSource {
    pub(super) fn provider(provider: Arc<dyn ClientSecretProvider>) -> Self {
        Self::Provider(Arc::new(ProvidedSecret { provider, state: Mutex::default() }))
    }

    pub(super) fn is_confidential(&self) -> bool {
        !matches!(self, Self::Fixed(None))
    }

    async fn current(&self) -> Result<Option<ClientSecret>, AuthError> {
        match self {
            Self::Fixed(secret) => Ok(secret.clone()),
            Self::Provider(provided) => provided.other_than(None).await.map(Some),
        }
    }

    /// The secret that is used after this one was refused, if there is one.
    async fn next(&self, refused: &ClientSecret) -> Result<Option<ClientSecret>, AuthError> {
        let Self::Provider(provided) = self else { return Ok(None) };
        let next = provided.other_than(Some(refused)).await?;
        Ok((next != *refused).then_some(next))
    }
}

impl ProvidedSecret {
    /// The secret that is kept; if it is the refused one, what the provider says now.
    async fn other_than(self: &Arc<Self>, refused: Option<&ClientSecret>) -> Provided {
        match outcome_of(|| self.join(refused)).await {
            Ok(provided) => provided.unwrap_or_else(|| Err(unavailable(NO_ANSWER))),
            Err(known) => known,
        }
    }

    /// The question to wait for; as an "error" what is known without one.
    fn join(
        self: &Arc<Self>,
        refused: Option<&ClientSecret>,
    ) -> Result<Joined<Provided>, Provided> {
        let mut state = self.state();
        if state.asking.as_ref().is_some_and(SharedTask::is_abandoned) {
            // Its runtime has ended, or is not driven: that says nothing about the provider.
            state.asking = None;
            state.renew_at = None;
        }
        if let Some(kept) = state.kept.as_ref().filter(|kept| refused != Some(kept)) {
            return Err(Ok(kept.clone()));
        }
        if let Some(asking) = state.asking.clone() {
            return Ok(Joined::Others(asking));
        }
        let now = Instant::now();
        if let Some((error, again_at)) = &state.failed
            && now < *again_at
        {
            return Err(Err(error.clone()));
        }
        if let Some(refused) = refused {
            if state.renew_at.is_some_and(|renew_at| now < renew_at) {
                return Err(Ok(refused.clone()));
            }
            state.renew_at = Some(now + WAIT_AFTER_REFUSAL);
        }
        let (sender, task) = SharedTask::new(TIME_LIMIT);
        state.asking = Some(task.clone());
        let provided = Arc::clone(self);
        tokio::spawn(async move { provided.ask(sender).await }.in_current_span());
        Ok(Joined::Own(task))
    }

    async fn ask(&self, sender: watch::Sender<Option<Provided>>) {
        let answer = within(TIME_LIMIT, self.provider_answer()).await;
        let provided = match answer {
            Ok(Ok(secret)) => check_secret(&secret).map(|()| secret).map_err(AuthError::from),
            Ok(Err(error @ AuthError::ClientSecretUnavailable { .. })) => Err(error),
            Ok(Err(_)) => Err(unavailable("the provider failed")),
            Err(_) => Err(unavailable(TOO_LATE)),
        };
        if let Err(error) = &provided {
            tracing::warn!(target: "cognito_auth::idp", code = error.code(), %error, "the client secret is not available");
        }
        let mut state = self.state();
        // Where another question has taken this one's place, its secret is newer.
        if state.asking.as_ref().is_some_and(|asking| asking.is_of(&sender)) {
            state.asking = None;
            state.note(&provided);
        }
        drop(state);
        sender.send_replace(Some(provided));
    }

    /// A panic of the provider is a failure: its task would be gone as if its runtime had ended.
    async fn provider_answer(&self) -> Result<ClientSecret, AuthError> {
        let mut answer = Box::pin(async { self.provider.client_secret().await });
        poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
            polled.unwrap_or_else(|_| Poll::Ready(Err(unavailable("the provider panicked"))))
        })
        .await
    }

    fn state(&self) -> MutexGuard<'_, ProvidedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const NO_ANSWER: &str = "the provider gave no answer";
const TOO_LATE: &str = "the provider did not answer in time";

fn unavailable(reason: &'static str) -> AuthError {
    AuthError::ClientSecretUnavailable { reason }
}

pub(super) fn check_secret(secret: &ClientSecret) -> Result<(), ConfigError> {
    let text = secret.expose();
    let reason = if text.is_empty() || text.len() > 1024 {
        ValueProblem::SecretLength
    } else if text.starts_with('\u{feff}') {
        ValueProblem::SecretWithByteOrderMark
    } else if text.trim_start().starts_with(['{', '[']) {
        ValueProblem::SecretInJson
    } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        ValueProblem::SecretWithWhiteSpace
    } else if text.contains(['"', '\'', '`', '\u{201c}', '\u{201d}']) {
        ValueProblem::SecretInQuotes
    } else if !text.is_ascii() {
        ValueProblem::SecretNotAscii
    } else {
        return Ok(());
    };
    Err(ConfigError::Value { setting: "client_secret", reason })
}

impl Inner {
    /// Sends a request in the client's name. If Cognito refuses the secret, and the provider has another one by
    /// now, the request is sent once more, with that one: nothing was done by the first. All of it has the
    /// time of one call. `request` is called immediately before its result is sent.
    pub(super) async fn call_as_client<T>(
        &self,
        request: impl Fn(Client<'_>) -> Result<ProviderRequest, AuthError> + Send + Sync,
        read: impl Fn(&ProviderResponse) -> Result<T, AuthError> + Send + Sync,
    ) -> Result<T, AuthError> {
        let deadline = Instant::now() + self.sender.timeout;
        let secret = in_time(deadline, self.secret.current()).await?;
        let client = Client { id: &self.client_id, secret: secret.as_ref() };
        let (request, read) = (&request, &read);
        let send = |client| async move {
            let left = deadline.saturating_duration_since(Instant::now());
            self.sender.call_within(left, request(client)?, read).await
        };
        let result = send(client).await;
        let (Err(AuthError::Refused(refusal)), Some(secret)) = (&result, &secret) else {
            return result;
        };
        if refusal.code() != RefusalCode::InvalidClient {
            return result;
        }
        let next = in_time(deadline, self.secret.next(secret)).await?;
        let Some(next) = next else { return result };
        send(Client { id: &self.client_id, secret: Some(&next) }).await
    }
}

/// The provider's answer, if it comes within the time of the call. It is kept for the next call otherwise.
async fn in_time<T>(
    deadline: Instant,
    provided: impl Future<Output = Result<T, AuthError>>,
) -> Result<T, AuthError> {
    timeout_at(deadline, provided).await.unwrap_or_else(|_| Err(unavailable(TOO_LATE)))
}
