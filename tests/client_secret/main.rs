//! The secret of an app client that comes from a provider: how often it is asked, and what a call does when the
//! secret was replaced.
#![allow(clippy::unwrap_used)]

mod file;
mod provider;
mod rotation;
mod runtimes;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{
    AuthError, ClientSecret, ClientSecretProvider, CognitoClient, CognitoClientBuilder, UserPool,
    async_trait,
};

pub(crate) const CLIENT: &str = "1example23456789abcdefghij";
pub(crate) const FIRST: &str = "the-first-secret-of-the-client";
pub(crate) const SECOND: &str = "the-second-secret-of-the-client";
pub(crate) const REDIRECT: &str = "http://localhost:3000/auth/callback";
pub(crate) const PASSWORD: &str = "Passw0rd!";

pub(crate) const SEALED: AuthError =
    AuthError::ClientSecretUnavailable { reason: "the vault is sealed" };

/// A store of secrets outside of the crate. It counts the questions.
#[derive(Clone)]
pub(crate) struct Vault(Arc<VaultState>);

struct VaultState {
    secret: Mutex<Option<&'static str>>,
    asked: AtomicUsize,
    delay: Duration,
}

impl Vault {
    pub(crate) fn new(secret: &'static str) -> Self {
        Self::slow(secret, Duration::ZERO)
    }

    pub(crate) fn slow(secret: &'static str, delay: Duration) -> Self {
        let (secret, asked) = (Mutex::new(Some(secret)), AtomicUsize::new(0));
        Self(Arc::new(VaultState { secret, asked, delay }))
    }

    pub(crate) fn set(&self, secret: Option<&'static str>) {
        *self.0.secret.lock().unwrap() = secret;
    }

    pub(crate) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ClientSecretProvider for Vault {
    async fn client_secret(&self) -> Result<ClientSecret, AuthError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.0.delay).await;
        let secret = *self.0.secret.lock().unwrap();
        secret.map(ClientSecret::from).ok_or(SEALED)
    }
}

/// With alice, and a confidential client that may do everything.
pub(crate) async fn pool() -> LocalUserPool {
    let scopes = ["openid", "email", "profile", "aws.cognito.signin.user.admin", "orders/read"];
    let client = LocalClient::confidential(CLIENT, FIRST).redirect_uri(REDIRECT).scopes(scopes);
    let alice = LocalUser::new("alice", PASSWORD).email("alice@example.com").email_verified(true);
    LocalUserPool::builder().client(client).user(alice).start().await.unwrap()
}

pub(crate) fn builder(pool: &UserPool, vault: &Vault) -> CognitoClientBuilder {
    CognitoClient::builder(pool, CLIENT).client_secret_from(vault.clone())
}

pub(crate) fn client(pool: &LocalUserPool, vault: &Vault) -> CognitoClient {
    builder(&pool.user_pool(), vault).build().unwrap()
}

/// The time is paused only while it is moved: it would run ahead wherever a socket is awaited.
pub(crate) async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}
