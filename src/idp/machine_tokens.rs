//! [`MachineTokens`]: tokens of client credentials, kept while they are good.

mod scope_set;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;

use super::IdentityProvider;
use crate::error::AuthError;
use crate::secret::AccessToken;
use crate::task::outcome_of;
use scope_set::ScopeSet;

/// So many sets of scopes have tokens here. A service calls a few others.
const MOST_SETS: usize = 100;

/// This service's own access tokens, for calls to other services without a user (client credentials,
/// [RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)). Cognito bills each token and limits
/// the rate of requests, so a token is kept while it is good, and fetched once for all callers. Cheap to
/// clone: clones share the tokens.
///
/// ```
/// use cognito_auth::{AuthError, MachineTokens};
///
/// async fn call_orders(tokens: &MachineTokens) -> Result<http::Request<()>, AuthError> {
///     let mut request = http::Request::new(());
///     let authorization = tokens.authorization(&["orders/read"]).await?;
///     request.headers_mut().insert(http::header::AUTHORIZATION, authorization);
///     Ok(request)
/// }
/// # #[cfg(feature = "testing")] {
/// # use cognito_auth::CognitoClient;
/// # use cognito_auth::testing::{LocalClient, LocalUserPool};
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// # let machine = LocalClient::machine("batch", "secret-of-batch").scopes(["orders/read"]);
/// # let local = LocalUserPool::builder().client(machine).start().await?;
/// # let builder = CognitoClient::builder(&local.user_pool(), "batch");
/// # let tokens = MachineTokens::new(builder.client_secret("secret-of-batch").build()?);
/// # assert!(call_orders(&tokens).await?.headers()["authorization"].is_sensitive());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | when | what a caller gets |
/// |---|---|
/// | the token has more than five minutes left (a fifth of its lifetime, if that is less) | it |
/// | it has less | it; a new one is fetched meanwhile |
/// | it has less than a minute (a tenth of its lifetime, if that is less), or there is none | the next one: callers wait for one fetch together |
/// | the fetch fails, and the token is still good | the token; the failure is logged, code `machine_token_not_renewed` |
/// | the fetch fails, and there is no good token | the error; the same one for the next second, then up to 30 seconds while it goes on failing, so that an outage is not met with a flood of requests |
///
/// A fetch goes on when its caller is dropped, and takes at most 30 seconds. A machine that slept counts the
/// time: a token is good by the system's clock, too. Tokens are kept for at most 100 sets of scopes.
///
/// Needs a tokio runtime with its timer enabled.
#[derive(Clone)]
pub struct MachineTokens(Arc<OwnTokens>);

struct OwnTokens {
    provider: Arc<dyn IdentityProvider>,
    sets: Mutex<HashMap<Vec<String>, Arc<ScopeSet>>>,
}

impl MachineTokens {
    /// Tokens of this provider's app client, which needs a secret:
    /// [`CognitoClientBuilder::client_secret`](crate::CognitoClientBuilder::client_secret).
    pub fn new(provider: impl IdentityProvider + 'static) -> Self {
        Self(Arc::new(OwnTokens { provider: Arc::new(provider), sets: Mutex::default() }))
    }

    /// An access token with these scopes, in any order. With an empty list, one with all scopes that the app
    /// client allows.
    ///
    /// # Errors
    /// As [`client_credentials`](IdentityProvider::client_credentials);
    /// [`AuthError::Unreachable`] also when a fetch took longer than 30 seconds.
    pub async fn token(&self, scopes: &[&str]) -> Result<AccessToken, AuthError> {
        let set = self.set(scopes);
        let outcome = outcome_of(|| set.join(&self.0.provider)).await;
        match outcome {
            Ok(Some(fetched)) => fetched,
            // The runtime that the fetch was started in has ended.
            Ok(None) => Err(scope_set::timeout()),
            Err(known) => known,
        }
    }

    /// [`token`](Self::token) as the value of `Authorization`, marked as sensitive, so that HTTP libraries
    /// keep it out of their logs.
    ///
    /// # Errors
    /// As [`token`](Self::token).
    pub async fn authorization(&self, scopes: &[&str]) -> Result<HeaderValue, AuthError> {
        let token = self.token(scopes).await?;
        let text = zeroize::Zeroizing::new(format!("Bearer {}", token.expose()));
        // A token is read from an answer only if it can be sent.
        let mut value = HeaderValue::from_str(&text).map_err(|_| scope_set::unusable())?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Forgets this token, so that the next caller gets a new one: after the called service has answered 401. A
    /// token that was fetched within the last second is kept: a service that refuses every token costs one
    /// fetch a second at most.
    pub fn discard(&self, token: &AccessToken) {
        for set in self.sets().values() {
            set.discard(token);
        }
    }

    fn set(&self, scopes: &[&str]) -> Arc<ScopeSet> {
        let mut scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let mut sets = self.sets();
        if let Some(set) = sets.get(&scopes) {
            return Arc::clone(set);
        }
        if sets.len() >= MOST_SETS
            && let Some(first) = sets.iter().min_by_key(|(_, set)| set.worth())
        {
            let first = first.0.clone();
            sets.remove(&first);
        }
        let set = Arc::new(ScopeSet::new(scopes.clone()));
        sets.insert(scopes, Arc::clone(&set));
        set
    }

    fn sets(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<String>, Arc<ScopeSet>>> {
        self.0.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MachineTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineTokens").field("sets", &self.sets().len()).finish_non_exhaustive()
    }
}
