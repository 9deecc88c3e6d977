//! [`ClientSecretProvider`]: where an app client's secret comes from that is replaced from time to time.

use std::fmt;
use std::fs::{self, File};
use std::future::Future;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use async_trait::async_trait;
use tokio::sync::watch;
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
/// The file has the secret alone, in at most 4 KiB. One line feed behind it is left out. It has to be a regular file
/// or a symbolic link to one: no pipe. It is read in a thread of its own; while a read hangs, clones of this value
/// wait for it and begin no other.
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
#[derive(Clone)]
pub struct ClientSecretFile {
    path: PathBuf,
    reading: Arc<Mutex<Option<watch::Receiver<Option<FileRead>>>>>,
}

type FileRead = Result<ClientSecret, &'static str>;

impl ClientSecretFile {
    /// The file at this path. It need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), reading: Arc::default() }
    }

    /// The read that is going on, or one that begins now. A file system that hangs takes one thread, however often it
    /// is asked; not one of the runtime's, whose end would wait for it.
    fn join(
        &self,
        read: impl FnOnce(&Path) -> FileRead + Send + 'static,
    ) -> watch::Receiver<Option<FileRead>> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = |read: &&watch::Receiver<Option<FileRead>>| {
            read.has_changed().is_ok() && read.borrow().is_none()
        };
        if let Some(going_on) = reading.as_ref().filter(goes_on) {
            return going_on.clone();
        }
        let (sender, receiver) = watch::channel(None);
        let path = self.path.clone();
        let thread = thread::Builder::new().name("client-secret-file".to_owned());
        // Without a thread the sender is dropped, and the read has no result.
        let _ = thread.spawn(move || sender.send_replace(Some(read(&path))));
        *reading = Some(receiver.clone());
        receiver
    }
}

#[async_trait]
impl ClientSecretProvider for ClientSecretFile {
    async fn client_secret(&self) -> Result<ClientSecret, AuthError> {
        let mut reading = self.join(read_file);
        let read = reading.wait_for(Option::is_some).await.ok().and_then(|read| read.clone());
        let read = read.unwrap_or(Err("no thread could be started to read the file"));
        read.map_err(|reason| AuthError::ClientSecretUnavailable { reason })
    }
}

fn read_file(path: &Path) -> FileRead {
    // To open a pipe waits for its other end.
    let metadata = fs::metadata(path).map_err(|_| "the file cannot be opened")?;
    if !metadata.is_file() {
        return Err("it is not a regular file");
    }
    let mut text = Zeroizing::new(String::with_capacity(MAX_FILE_BYTES as usize + 1));
    let file = File::open(path).map_err(|_| "the file cannot be opened")?;
    let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
    read.map_err(|_| "the file cannot be read as text")?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err("the file is too large for a client secret");
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(ClientSecret::from(line.strip_suffix('\r').unwrap_or(line)))
}

/// By the path.
impl PartialEq for ClientSecretFile {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for ClientSecretFile {}

impl fmt::Debug for ClientSecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientSecretFile").field(&self.path).finish()
    }
}

#[cfg(test)]
mod tests;
