//! Reading the body of a request, within a size and a time.

#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
use std::future::Future;
#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
use std::time::Duration;

/// The largest body that any endpoint of this crate accepts, in bytes.
pub(crate) const MAX_REQUEST_BODY_BYTES: usize = 16 * 1024;

/// For the whole body: even a modem sends 16 KiB in that time.
#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body was not read.
#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestBodyError {
    /// It is too large, or the connection ended.
    Unreadable,
    /// It did not arrive in time.
    Late,
}

/// Reads a body of at most [`MAX_REQUEST_BODY_BYTES`]. Needs a tokio runtime with its timer enabled.
#[cfg(feature = "tower")]
pub(crate) async fn read<B>(body: B) -> Result<Vec<u8>, RequestBodyError>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    use http_body_util::{BodyExt, Limited};

    in_time(async move {
        let body = Limited::new(body, MAX_REQUEST_BODY_BYTES).collect().await;
        body.ok().map(|body| body.to_bytes().to_vec())
    })
    .await
}

/// Waits for a body that a framework reads: `None` if it cannot be read.
#[cfg(any(feature = "tower", all(feature = "actix-web", feature = "sessions")))]
pub(crate) async fn in_time(
    read: impl Future<Output = Option<Vec<u8>>>,
) -> Result<Vec<u8>, RequestBodyError> {
    match tokio::time::timeout(TIMEOUT, read).await {
        Ok(body) => body.ok_or(RequestBodyError::Unreadable),
        Err(_) => Err(RequestBodyError::Late),
    }
}
