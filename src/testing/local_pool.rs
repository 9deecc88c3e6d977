//! [`LocalUserPool`]: the handle.

mod addresses;
mod administration;
mod browser;
pub(super) mod builder;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use url::Url;

use crate::error::{AuthError, ConfigError};
use crate::pool::UserPool;
use crate::secret::{AccessToken, ClientSecret, IdToken};
use crate::testing::client::LocalClient;
use crate::testing::fault::{Endpoint, Fault};
use crate::testing::http::server::Server;
use crate::testing::local_pool::builder::{LocalUserPoolBuilder, StartError};
use crate::testing::pool::keys::jwk;
use crate::testing::pool::signer::Signer;
use crate::testing::pool::state::Core;
use crate::testing::token_spec::TokenSpec;
use crate::testing::tokens::write_token::write_token;

/// A user pool in this process. See [the module](super) for what it is for.
///
/// A handle: cheap to clone, all clones are one pool. The server stops when the last one is
/// dropped.
#[derive(Clone)]
pub struct LocalUserPool {
    pub(crate) core: Arc<Core>,
    server: Option<Arc<Server>>,
    stranger: Arc<OnceLock<Signer>>,
}

impl LocalUserPool {
    /// A pool on `127.0.0.1` and a free port, with one public client and no users.
    ///
    /// # Errors
    /// See [`LocalUserPoolBuilder::start`].
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A builder with settings to change.
    pub fn builder() -> LocalUserPoolBuilder {
        LocalUserPoolBuilder::default()
    }

    pub(crate) fn new(core: Arc<Core>, server: Option<Server>) -> Self {
        Self { core, server: server.map(Arc::new), stranger: Arc::default() }
    }

    /// The pool as a client and a verifier take it: all addresses lead here.
    pub fn user_pool(&self) -> UserPool {
        self.core.user_pool.clone()
    }

    /// The id of the pool's own client.
    pub fn client_id(&self) -> String {
        self.own_client().map(|client| client.id).unwrap_or_default()
    }

    /// The secret of the pool's own client, if it has one.
    pub fn client_secret(&self) -> Option<ClientSecret> {
        self.own_client()?.secret.map(ClientSecret::new)
    }

    pub(crate) fn own_client(&self) -> Option<LocalClient> {
        self.core.enter().0.clients.own().cloned()
    }

    /// Where the pool is served; `None` in memory.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|server| server.address)
    }

    /// Stops the server, of all clones: its port is free when this returns. Requests under way get a
    /// second to finish.
    pub fn stop(&self) {
        if let Some(server) = &self.server {
            server.stop();
        }
    }

    /// Signs with two new keys from now on. The old ones stay in the JWKS.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when the crypto backend made no keys.
    pub fn rotate_keys(&self) -> Result<(), ConfigError> {
        let signers = Signer::generate_two()?;
        let (mut state, _) = self.core.enter();
        let state = &mut *state;
        state.keys.rotate(signers, &mut state.random);
        Ok(())
    }

    /// Takes the keys from before the last rotation out of the JWKS.
    pub fn retire_old_keys(&self) {
        self.core.enter().0.keys.retire_old();
    }

    /// The JWKS document, for a key set that fetches nothing.
    pub fn jwks(&self) -> String {
        self.core.enter().0.keys.jwks()
    }

    /// Moves the pool's clock ahead: codes, cookies and tokens expire without waiting. From another
    /// process: `POST /_local/clock` at the pool's address
    /// ([how](crate::guide::test_your_app#from-another-process)).
    pub fn advance(&self, by: Duration) {
        self.core.clock.advance(by);
    }

    /// The pool's clock, for a verifier or a client that is to agree with it.
    pub fn clock(&self) -> impl Fn() -> SystemTime + Clone + Send + Sync + use<> {
        let core = Arc::clone(&self.core);
        move || core.clock.now()
    }

    /// The next `times` requests, to any endpoint, meet this fault.
    pub fn fail_next(&self, times: usize, fault: Fault) {
        self.core.faults.add(None, times, fault);
    }

    /// The next `times` requests to one endpoint meet this fault.
    pub fn fail_next_at(&self, endpoint: Endpoint, times: usize, fault: Fault) {
        self.core.faults.add(Some(endpoint), times, fault);
    }

    /// How many requests an endpoint has had, those with a fault and those in memory included.
    pub fn requests(&self, endpoint: Endpoint) -> usize {
        self.core.faults.requests(endpoint)
    }

    /// An access token of a user, all scopes of the pool's own client in it. Each is of a sign-in of
    /// its own, in this second: a sign-out in the same second takes it for a newer sign-in and does not
    /// refuse it. Let a second pass before a test signs the user out: [`advance`](Self::advance)
    /// ([why](crate::guide::test_your_app#a-sign-out-and-the-tokens-of-the-same-second)).
    pub fn access_token(&self, username: &str) -> AccessToken {
        AccessToken::new(self.token(&TokenSpec::access(username)))
    }

    /// An ID token of a user.
    pub fn id_token(&self, username: &str) -> IdToken {
        IdToken::new(self.token(&TokenSpec::id(username)))
    }

    /// The token that `spec` describes, good or not. For test data only: nothing is checked before it is
    /// signed.
    pub fn token(&self, spec: &TokenSpec) -> String {
        let stranger = spec.needs_stranger().then(|| self.stranger()).flatten();
        let (mut state, now) = self.core.enter();
        write_token(&mut state, now, spec, stranger)
    }

    /// Signs with the key for access tokens: for a compact JWS put together by hand.
    pub fn sign(&self, signing_input: &[u8]) -> Vec<u8> {
        let key = self.core.enter().0.keys.access.clone();
        key.sign(signing_input)
    }

    /// The `kid` of the key for access tokens.
    pub fn access_key_id(&self) -> String {
        self.core.enter().0.keys.access.kid.clone()
    }

    /// The public key behind [`TokenSpec::signed_by_stranger`], as a JWK under this `kid`. It is in
    /// no JWKS of this pool.
    pub fn stranger_jwk(&self, kid: &str) -> String {
        let jwk =
            self.stranger().and_then(|stranger| serde_json::to_string(&jwk(kid, stranger)).ok());
        jwk.unwrap_or_default()
    }

    /// Made on first use: most tests need none. Should that fail, a broken signature of the pool's
    /// own takes its place, which is refused as surely.
    fn stranger(&self) -> Option<&Signer> {
        if self.stranger.get().is_none() {
            let made = Signer::generate().ok()?;
            return Some(self.stranger.get_or_init(|| made));
        }
        self.stranger.get()
    }

    /// Goes through the login page as a user would, with a browser that was never there: from the
    /// address of the authorize endpoint to the callback.
    ///
    /// A callback with `error=` is a callback too. No server is needed.
    ///
    /// # Errors
    /// [`AuthError::Refused`] with the page's own words when name and password do not fit
    /// (`not_authorized`), when the redirect URI is not the client's (`invalid_redirect`) or when the
    /// request cannot go back to the app (`invalid_request`); [`AuthError::Input`] when the address
    /// is not this pool's authorize endpoint.
    pub fn authorize(
        &self,
        address: &Url,
        username: &str,
        password: &str,
    ) -> Result<Url, AuthError> {
        browser::authorize(&self.core, address, username, password)
    }
}

impl fmt::Debug for LocalUserPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalUserPool")
            .field("id", &self.core.user_pool.id())
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}
