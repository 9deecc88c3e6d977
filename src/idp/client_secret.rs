//! [`ClientSecretProvider`]: where an app client's secret comes from that is replaced from time to time.

use std::fs::File;
use std::future::Future;
use std::io::Read as _;
use std::path::PathBuf;

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::error::AuthError;
use crate::secret::ClientSecret;

/// The most that is read of a file, in bytes. Cognito's secrets have at most 64.
const MAX_FILE_BYTES: u64 = 4096;

/// Provides the secret of an app client that is replaced from time to time, for
/// [`CognitoClientBuilder::client_secret_from`](crate::CognitoClientBuilder::client_secret_from).
///
/// It is asked before the first call that needs the secret, and again when Cognito refuses the secret; what it
/// returns is kept until then. So it does not have to cache anything itself, and must not: a secret that was
/// refused would be returned once more.
///
/// [`ClientSecretFile`] reads a file. A closure that returns a future is a provider as well:
///
/// ```
/// use cognito_auth::{ClientSecret, CognitoClient, UserPool};
///
/// # async fn get_secret_value(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let cognito = CognitoClient::builder(&pool, "1example23456789abcdefghij")
///     .client_secret_from(|| async {
///         // Such as GetSecretValue of AWS Secrets Manager.
///         get_secret_value("app/cognito").await.map(ClientSecret::from)
///     })
///     .build()?;
/// # let _ = cognito;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[async_trait]
pub trait ClientSecretProvider: Send + Sync {
    /// The secret that is in use now.
    ///
    /// # Errors
    /// [`AuthError::ClientSecretUnavailable`] with the reason for the log; another error counts as this one.
    async fn client_secret(&self) -> Result<ClientSecret, AuthError>;
}

/// The closure's error is not logged, since it may contain a secret.
#[async_trait]
impl<F, R, E> ClientSecretProvider for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<ClientSecret, E>> + Send,
{
    async fn client_secret(&self) -> Result<ClientSecret, AuthError> {
        let reason = "the function that provides it failed";
        self().await.map_err(|_| AuthError::ClientSecretUnavailable { reason })
    }
}

/// The secret of an app client in a file that is replaced when the secret is: a volume of Kubernetes (also of
/// its driver for Secrets Manager), or what an agent writes.
///
/// The file has the secret alone, in at most 4 KiB. One line feed behind it is left out. It is read in a
/// thread for blocking calls.
///
/// ```
/// use cognito_auth::{ClientSecretFile, CognitoClient, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let cognito = CognitoClient::builder(&pool, "1example23456789abcdefghij")
///     .client_secret_from(ClientSecretFile::new("/run/secrets/cognito"))
///     .build()?;
/// # let _ = cognito;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecretFile(PathBuf);

impl ClientSecretFile {
    /// The file at this path. It need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

#[async_trait]
impl ClientSecretProvider for ClientSecretFile {
    async fn client_secret(&self) -> Result<ClientSecret, AuthError> {
        let path = self.0.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut text = Zeroizing::new(String::with_capacity(MAX_FILE_BYTES as usize + 1));
            let file = File::open(path).map_err(|_| "the file cannot be opened")?;
            let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
            read.map_err(|_| "the file cannot be read as text")?;
            if text.len() as u64 > MAX_FILE_BYTES {
                return Err("the file is too large for a client secret");
            }
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Ok(ClientSecret::from(line.strip_suffix('\r').unwrap_or(line)))
        });
        let read = read.await.unwrap_or(Err("the runtime has ended"));
        read.map_err(|reason| AuthError::ClientSecretUnavailable { reason })
    }
}
