//! [`SignInDecision`]: the application's decision about a sign-in.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::Instrument as _;

use crate::claims::{AccessClaims, IdClaims};

/// The largest application data of a session, in bytes.
pub const MAX_APP_DATA_BYTES: usize = 4096;

/// A user whose tokens are verified, and who has no session yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewSignIn {
    /// The claims of the access token: user, groups, scopes.
    pub claims: AccessClaims,
    /// The claims of the ID token, if there is one (scope `openid`): e-mail address, attributes.
    pub id_claims: Option<IdClaims>,
}

/// The application's decision about a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInDecision {
    /// The user gets a session.
    Allow,
    /// The user gets a session with this application data, such as the local user's id, at most
    /// [`MAX_APP_DATA_BYTES`]. It is encrypted as the tokens are, and read with
    /// [`SignedIn::app_data`](super::SignedIn::app_data).
    AllowWith(Vec<u8>),
    /// The user gets no session, but a page with this code. The tokens are revoked.
    Refuse(&'static str),
    /// The application cannot decide at the moment: 503. The tokens are revoked.
    Unavailable,
}

/// The application's hook.
#[derive(Clone, Default)]
pub(super) struct OnSignIn(Option<Arc<Hook>>);

/// The time limit of the hook, while a browser waits.
const LONGEST: Duration = Duration::from_secs(30);

type Answer = Pin<Box<dyn Future<Output = SignInDecision> + Send>>;
type Hook = dyn Fn(NewSignIn) -> Answer + Send + Sync;

impl OnSignIn {
    pub(super) fn new<F, A>(hook: F) -> Self
    where
        F: Fn(NewSignIn) -> A + Send + Sync + 'static,
        A: Future<Output = SignInDecision> + Send + 'static,
    {
        Self(Some(Arc::new(move |sign_in| Box::pin(hook(sign_in)))))
    }

    /// `None` if the hook panicked: there is no session then, and the tokens are revoked.
    pub(super) async fn ask(&self, sign_in: NewSignIn) -> Option<SignInDecision> {
        let Some(hook) = self.0.clone() else { return Some(SignInDecision::Allow) };
        // The call itself may panic as well as the future.
        let answer = tokio::spawn(async move { hook(sign_in).await }.in_current_span());
        let abort = answer.abort_handle();
        match timeout(LONGEST, answer).await {
            Ok(answer) => answer.ok(),
            Err(_) => {
                abort.abort();
                Some(SignInDecision::Unavailable)
            }
        }
    }
}

impl fmt::Debug for OnSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "OnSignIn(hook)" } else { "OnSignIn(all)" })
    }
}
