//! User name and password at Redis, asked of the application before each connection.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use redis::RedisConnectionInfo;
use zeroize::Zeroizing;

use super::fault::RedisFault;

/// A user name and a password, or a token in its place. `Debug` shows neither; the password is wiped
/// on drop.
#[derive(Clone)]
pub struct RedisCredentials {
    user: Option<String>,
    password: Zeroizing<String>,
}

impl RedisCredentials {
    /// For Redis' default user.
    pub fn password(password: impl Into<String>) -> Self {
        Self { user: None, password: Zeroizing::new(password.into()) }
    }

    /// For a user by name, as the ACL of Redis and the IAM authentication of ElastiCache have them.
    pub fn user(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: Some(user.into()), password: Zeroizing::new(password.into()) }
    }

    /// In place of what the URL says.
    pub(crate) fn replace(&self, login: RedisConnectionInfo) -> RedisConnectionInfo {
        // Redis 6 and later have a name for the user that a password alone is for.
        let user = self.user.as_deref().unwrap_or("default");
        login.set_username(user).set_password(self.password.as_str())
    }
}

impl fmt::Debug for RedisCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisCredentials([redacted])")
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<RedisCredentials, RedisFault>> + Send + 'a>>;

/// The application's function.
#[derive(Clone)]
pub(crate) struct CredentialsProvider(Arc<dyn Fn() -> Answer<'static> + Send + Sync>);

impl CredentialsProvider {
    /// What the error says may hold a secret: it is the application's to log it.
    pub(crate) fn new<F, A, E>(provider: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<RedisCredentials, E>> + Send + 'static,
    {
        Self(Arc::new(move || {
            let answer = provider();
            Box::pin(async move { answer.await.map_err(|_| RedisFault::Credentials) })
        }))
    }

    pub(crate) async fn ask(&self) -> Result<RedisCredentials, RedisFault> {
        (self.0)().await
    }
}

#[cfg(test)]
mod tests;
