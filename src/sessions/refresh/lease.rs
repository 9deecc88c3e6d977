//! The lease: the right to refresh a session, which the store grants to one owner.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::protocol::may_send;
use crate::sessions::BrowserSessions;
use crate::sessions::id::SessionKey;
use crate::sessions::store::LeaseOwner;

/// How long a lease lasts.
pub(super) const TIME: Duration = Duration::from_secs(6);

/// How often a lease is renewed while the provider is asked.
const RENEWAL: Duration = Duration::from_secs(2);

/// Renewed until its last holder releases it, or all are dropped.
#[derive(Clone)]
pub(super) struct Lease(Arc<HeldLease>);

struct HeldLease {
    sessions: BrowserSessions,
    key: SessionKey,
    owner: LeaseOwner,
    ends_at: Arc<Mutex<Instant>>,
    renewal: AbortHandle,
}

impl Lease {
    /// `asked_at` was read before the store was asked, so that the lease ends no earlier in the store.
    pub(super) fn start(
        sessions: &BrowserSessions,
        key: SessionKey,
        owner: LeaseOwner,
        asked_at: Instant,
    ) -> Self {
        let ends_at = Arc::new(Mutex::new(asked_at + TIME));
        let (renewed, ends) = (sessions.clone(), Arc::clone(&ends_at));
        let renewal = tokio::spawn(async move {
            loop {
                sleep(RENEWAL).await;
                let asked_at = Instant::now();
                let settings = &renewed.0;
                match settings.in_time(settings.store.renew(&key, &owner, TIME)).await {
                    Ok(true) => {
                        *ends.lock().unwrap_or_else(PoisonError::into_inner) = asked_at + TIME;
                    }
                    // Another owner has the lease, or could have it.
                    Ok(false) => return,
                    Err(_) => {}
                }
            }
        });
        let (sessions, renewal) = (sessions.clone(), renewal.abort_handle());
        Self(Arc::new(HeldLease { sessions, key, owner, ends_at, renewal }))
    }

    /// Whether enough time is left to send a request.
    pub(super) fn may_send(&self) -> bool {
        let ends_at = *self.0.ends_at.lock().unwrap_or_else(PoisonError::into_inner);
        let left = ends_at.saturating_duration_since(Instant::now());
        may_send(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) async fn release(self) {
        let Some(lent) = Arc::into_inner(self.0) else { return };
        lent.renewal.abort();
        let settings = &lent.sessions.0;
        // If this fails, the lease expires.
        settings.in_time(settings.store.unlock(&lent.key, &lent.owner)).await.ok();
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}
