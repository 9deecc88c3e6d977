//! The settings of a [`BrowserSessions`](super::BrowserSessions), after the builder's checks.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use url::Url;

use super::cache::OpenedRecords;
use super::cookie::{Cookies, SameSite};
use super::hook::OnSignIn;
use super::keys::SessionKeys;
use super::page::Pages;
use super::refresh::Refreshes;
use super::routes::Routes;
use super::store::{SessionStore, SessionStoreError};
use crate::bearer::csrf::CsrfRules;
use crate::idp::IdentityProvider;
use crate::logout::Logout;
use crate::metrics;
use crate::verify::TokenVerifier;

pub(super) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Times are in seconds.
pub(super) struct Settings {
    pub(super) client_id: String,
    pub(super) identity_provider: Arc<dyn IdentityProvider>,
    pub(super) verifier: Arc<dyn TokenVerifier>,
    pub(super) store: Arc<dyn SessionStore>,
    /// Where the application has turned it on.
    pub(super) opened: Option<Arc<OpenedRecords>>,
    pub(super) redirect_uri: String,
    /// The redirect URI, whose origin is the site's.
    pub(super) site: Url,
    pub(super) routes: Routes,
    /// Other host names of the site.
    pub(super) hosts: Vec<String>,
    pub(super) cookies: Cookies,
    pub(super) same_site: SameSite,
    pub(super) ends_with_browser: bool,
    pub(super) keys: SessionKeys,
    pub(super) idle: u64,
    pub(super) absolute: u64,
    pub(super) refresh_ahead: u64,
    pub(super) most_sessions: usize,
    pub(super) csrf: CsrfRules,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) prompt: Option<String>,
    pub(super) login_parameters: bool,
    /// The path of the application's own sign-in page, in place of the login page.
    pub(super) own_page: Option<String>,
    /// The login page's logout.
    pub(super) logout_to: Option<String>,
    pub(super) clear_cache: bool,
    pub(super) store_timeout: Duration,
    pub(super) on_sign_in: OnSignIn,
    pub(super) pages: Pages,
    pub(super) logout: Logout,
    pub(super) clock: Clock,
    pub(super) refreshes: Refreshes,
}

impl Settings {
    /// Seconds since 1970.
    pub(super) fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    /// How long the store keeps a record from now on: the idle timeout, and never beyond the absolute
    /// end.
    pub(super) fn expires(&self, ends_at: u64, now: u64) -> Duration {
        Duration::from_secs(self.idle.min(ends_at.saturating_sub(now)).max(1))
    }

    /// Calls the store, with the time limit.
    pub(super) async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, SessionStoreError>>,
    ) -> Result<T, SessionStoreError> {
        let answer = tokio::time::timeout(self.store_timeout, call).await;
        let answer = answer.unwrap_or(Err(SessionStoreError::Timeout));
        if let Err(error) = &answer {
            let (store, code) = (self.store.name(), error.code());
            metrics::session("store_failed", code);
            tracing::warn!(target: "cognito_auth::sessions", store, code, %error, "the session store did not answer");
        }
        answer
    }
}
