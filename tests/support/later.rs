//! Tokio's time, moved on.

use std::time::Duration;

/// So much later. The time is paused only while it is moved: it would run ahead wherever a socket is awaited.
pub(crate) async fn later(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}
