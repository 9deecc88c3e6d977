//! [`LocalUserPool`]: its public methods.

mod addresses;
mod administration;
mod browser;
pub(super) mod builder;
mod messages;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
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

/// A user pool in this process, for tests: see [the module](super). Cheap to clone; all clones are the
/// same pool. Its server stops when the last clone is dropped.
#[derive(Clone)]
pub struct LocalUserPool {
    pub(crate) core: Arc<Core>,
    server: Option<Arc<Server>>,
    has_own_keys: bool,
}

impl LocalUserPool {
    /// Starts a pool on `127.0.0.1` and a free port, with one public client and no users.
    ///
    /// # Errors
    /// See [`LocalUserPoolBuilder::start`].
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Builds a pool with settings.
    pub fn builder() -> LocalUserPoolBuilder {
        LocalUserPoolBuilder::default()
    }

    pub(crate) fn new(core: Arc<Core>, server: Option<Server>, has_own_keys: bool) -> Self {
        Self { core, server: server.map(Arc::new), has_own_keys }
    }

    /// The [`UserPool`] for a client and a verifier: all its addresses are those of this pool.
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

    /// The address of the server; `None` for a pool in memory.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|server| server.address)
    }

    /// Stops the server, for all clones: its port is free when this returns. Requests in progress have one
    /// second to finish.
    pub fn stop(&self) {
        if let Some(server) = &self.server {
            server.stop();
        }
    }

    /// Rotates the keys: new tokens are signed with two new keys. The old keys stay in the JWKS.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when the crypto backend fails to generate keys.
    pub fn rotate_keys(&self) -> Result<(), ConfigError> {
        let rotations = self.core.enter().0.keys.rotations;
        let signers = match self.has_own_keys {
            true => Signer::generate_two()?,
            false => Signer::shared_two(rotations + 1)?,
        };
        let (mut state, _) = self.core.enter();
        let state = &mut *state;
        state.keys.rotate(signers, &mut state.random);
        Ok(())
    }

    /// Removes the keys from before the last rotation from the JWKS.
    pub fn retire_old_keys(&self) {
        self.core.enter().0.keys.retire_old();
    }

    /// Gives the pool's own client a new secret (AddUserPoolClientSecret). The one before it is accepted until
    /// [`delete_old_client_secret`](Self::delete_old_client_secret), for all that use it already.
    pub fn add_client_secret(&self, secret: impl Into<String>) {
        if let Some(client) = self.core.enter().0.clients.own_mut() {
            client.old_secret = client.secret.replace(secret.into());
        }
    }

    /// Refuses the secret from before the last [`add_client_secret`](Self::add_client_secret)
    /// (DeleteUserPoolClientSecret).
    pub fn delete_old_client_secret(&self) {
        if let Some(client) = self.core.enter().0.clients.own_mut() {
            client.old_secret = None;
        }
    }

    /// The JWKS document, for a [`StaticKeySet`](crate::keys::StaticKeySet).
    pub fn jwks(&self) -> String {
        self.core.enter().0.keys.jwks()
    }

    /// Advances the pool's clock, so that codes, cookies and tokens expire without waiting. Another process
    /// can send `POST /_local/clock` to the pool's address
    /// ([how](crate::guide::test_your_app#from-another-process)).
    pub fn advance(&self, by: Duration) {
        self.core.clock.advance(by);
    }

    /// The pool's clock, for [`JwtVerifierBuilder::clock`](crate::JwtVerifierBuilder::clock) and
    /// [`CognitoClientBuilder::clock`](crate::CognitoClientBuilder::clock).
    pub fn clock(&self) -> impl Fn() -> SystemTime + Clone + Send + Sync + use<> {
        let core = Arc::clone(&self.core);
        move || core.clock.now()
    }

    /// Makes the next `times` requests, to any endpoint, fail with this fault.
    pub fn fail_next(&self, times: usize, fault: Fault) {
        self.core.faults.add(None, times, fault);
    }

    /// Makes the next `times` requests to one endpoint fail with this fault.
    pub fn fail_next_at(&self, endpoint: Endpoint, times: usize, fault: Fault) {
        self.core.faults.add(Some(endpoint), times, fault);
    }

    /// The number of requests to an endpoint, including those with a fault and calls in memory.
    pub fn requests(&self, endpoint: Endpoint) -> usize {
        self.core.faults.requests(endpoint)
    }

    /// An access token of a user, with all scopes of the pool's own client. Each call is a new sign-in at
    /// this second of the pool's clock. After a sign-out in the same second the token is still accepted,
    /// since it could be of a newer sign-in: [`advance`](Self::advance) the clock by a second before a test
    /// signs the user out ([why](crate::guide::test_your_app#a-sign-out-and-the-tokens-of-the-same-second)).
    pub fn access_token(&self, username: &str) -> AccessToken {
        AccessToken::new(self.token(&TokenSpec::access(username)))
    }

    /// An ID token of a user.
    pub fn id_token(&self, username: &str) -> IdToken {
        IdToken::new(self.token(&TokenSpec::id(username)))
    }

    /// The token that `spec` describes, valid or not. The claims are not checked before they are signed.
    pub fn token(&self, spec: &TokenSpec) -> String {
        let stranger = spec.needs_stranger().then(Signer::stranger).flatten();
        let (mut state, now) = self.core.enter();
        write_token(&mut state, now, spec, stranger)
    }

    /// Signs a text with the key for access tokens, for a test that writes a compact JWS itself.
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
            Signer::stranger().and_then(|stranger| serde_json::to_string(&jwk(kid, stranger)).ok());
        jwk.unwrap_or_default()
    }

    /// Signs a user in at the login page, as a new browser would: takes the address of the authorize
    /// endpoint ([`SignIn::url`](crate::SignIn::url)), and returns the address of the callback, which may
    /// have `error=`. It works for a pool in memory too.
    ///
    /// # Errors
    /// [`AuthError::Refused`] with the text of the page: when name or password is wrong
    /// (`not_authorized`), when the redirect URI is not one of the client's (`invalid_redirect`), or when the
    /// page cannot redirect to the app for another reason (`invalid_request`); [`AuthError::Input`] when the
    /// address is not this pool's authorize endpoint.
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
