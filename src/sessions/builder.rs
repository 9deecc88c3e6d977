//! [`BrowserSessionsBuilder`]: settings, their defaults and the reasons.

mod cache;
mod checks;
mod cookies;
mod routes;
mod sign_in;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderName;

use super::cookie::{CookiePrefix, Cookies, SameSite};
use super::hook::{NewSignIn, OnSignIn, SignInDecision};
use super::keys::SessionKeys;
use super::page::{Pages, SessionPage};
use super::routes::Routes;
use super::seal::check_backend;
use super::settings::{Clock, Settings};
use super::store::SessionStore;
use super::{BrowserSessions, refresh};
use crate::bearer::csrf::CsrfRules;
use crate::error::{ConfigError, RequiredSetting, SettingBound, SettingRange, check_duration};
use crate::idp::IdentityProvider;
use crate::logout::Logout;
use crate::pool::UserPool;
use crate::verify::TokenVerifier;
use sign_in::OwnSignInPage;

/// Builds [`BrowserSessions`]. Only the [redirect URI](Self::redirect_uri) has to be given.
#[must_use]
#[derive(Clone)]
pub struct BrowserSessionsBuilder {
    pool: UserPool,
    identity_provider: Arc<dyn IdentityProvider>,
    verifier: Arc<dyn TokenVerifier>,
    store: Arc<dyn SessionStore>,
    redirect_uri: String,
    logout_uri: Option<String>,
    routes: Routes,
    hosts: Vec<String>,
    cookie_name: String,
    cookie_prefix: CookiePrefix,
    same_site: SameSite,
    ends_with_browser: bool,
    keys: Option<SessionKeys>,
    idle: Duration,
    absolute: Duration,
    refresh_ahead: Duration,
    most_sessions: usize,
    further_origins: Vec<String>,
    csrf_header: HeaderName,
    scopes: Option<Vec<String>>,
    prompt: Option<String>,
    login_parameters: bool,
    hosted_logout: bool,
    own_page: Option<OwnSignInPage>,
    clear_cache: bool,
    store_timeout: Duration,
    cache_for: Option<Duration>,
    on_sign_in: OnSignIn,
    pages: Pages,
    logout: Option<Logout>,
    clock: Clock,
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl BrowserSessionsBuilder {
    pub(super) fn new(
        pool: UserPool,
        identity_provider: Arc<dyn IdentityProvider>,
        verifier: Arc<dyn TokenVerifier>,
        store: Arc<dyn SessionStore>,
    ) -> Self {
        Self {
            pool,
            identity_provider,
            verifier,
            store,
            redirect_uri: String::new(),
            logout_uri: None,
            routes: Routes::default(),
            hosts: Vec::new(),
            cookie_name: "session".to_owned(),
            cookie_prefix: CookiePrefix::default(),
            same_site: SameSite::default(),
            ends_with_browser: false,
            keys: None,
            idle: 30 * MINUTE,
            absolute: 12 * HOUR,
            refresh_ahead: MINUTE,
            most_sessions: 20,
            further_origins: Vec::new(),
            csrf_header: HeaderName::from_static("x-csrf"),
            scopes: None,
            prompt: None,
            login_parameters: false,
            hosted_logout: true,
            own_page: None,
            clear_cache: true,
            store_timeout: Duration::from_secs(2),
            cache_for: None,
            on_sign_in: OnSignIn::default(),
            pages: Pages::default(),
            logout: None,
            clock: Arc::new(SystemTime::now),
        }
    }

    /// Where Cognito sends the browser with the code: one of the app client's callback URLs, exactly as
    /// registered, `https` or `http` on loopback. Its path is the callback route, and its origin is the
    /// site's. Required.
    pub fn redirect_uri(mut self, redirect_uri: impl Into<String>) -> Self {
        self.redirect_uri = redirect_uri.into();
        self
    }

    /// The server's keys ([`SessionKeys`]). Default for a store in memory: a random key of this
    /// process. Required for a store that several machines share: all of them need the same keys.
    pub fn keys(mut self, keys: SessionKeys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// How long a session lasts without a request: default 30 minutes, from 1 minute to 30 days. OWASP
    /// recommends 15 to 30 minutes for an application of low risk. A request extends the session at
    /// most once a minute, so that a session may end up to a minute early.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// How long a session lasts at most, from the sign-in: default 12 hours, from 1 minute to 400 days
    /// (browsers keep no cookie for longer). Set it to at most the lifetime of the app client's refresh
    /// tokens: the session ends with them, and no response of Cognito contains that lifetime.
    pub fn absolute_timeout(mut self, absolute: Duration) -> Self {
        self.absolute = absolute;
        self
    }

    /// How long before its expiry an access token is refreshed: default 1 minute, at most half of the
    /// token's lifetime. This refresh runs in the background: no request waits for it.
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.refresh_ahead = ahead;
        self
    }

    /// How many sessions a user may have: default 20. A sign-in above that ends the user's oldest
    /// session.
    pub fn most_sessions_per_user(mut self, most: usize) -> Self {
        self.most_sessions = most;
        self
    }

    /// The time limit of each call to the session store: default 2 seconds. A request whose call takes
    /// longer is answered with 503.
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.store_timeout = timeout;
        self
    }

    /// Called once for each sign-in, after the tokens are verified and before the session exists: for
    /// example to create the local user, or to refuse a tenant. Default: every user gets a session. A
    /// hook that takes longer than 30 seconds counts as [`SignInDecision::Unavailable`], and one that
    /// panics leads to a 500; in both cases the tokens are revoked.
    pub fn on_sign_in<F, A>(mut self, hook: F) -> Self
    where
        F: Fn(NewSignIn) -> A + Send + Sync + 'static,
        A: Future<Output = SignInDecision> + Send + 'static,
    {
        self.on_sign_in = OnSignIn::new(hook);
        self
    }

    /// Replaces the plain pages: the function returns the HTML for a page, chosen by its code, or
    /// `None` for the plain one. Pages are served with a Content-Security-Policy that allows no
    /// scripts.
    pub fn pages(
        mut self,
        render: impl Fn(&SessionPage) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.pages = Pages::new(render);
        self
    }

    /// The [`Logout`] that signs users out at Cognito, with retries. Default: a new one.
    pub fn logout(mut self, logout: Logout) -> Self {
        self.logout = Some(logout);
        self
    }

    /// The clock. Default: the system's. For tests that move the time.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the [`BrowserSessions`].
    ///
    /// # Errors
    /// [`ConfigError::Missing`] without a redirect URI, without a domain of the pool (unless
    /// [`own_sign_in_page`](Self::own_sign_in_page) is set), or for a shared store without
    /// [keys](Self::keys); [`ConfigError::Url`] for a redirect URI that is not a URL, or
    /// is neither `https` nor on loopback; [`ConfigError::Value`] for a path that is `/` or that two
    /// routes have, and for a malformed cookie name; [`ConfigError::OutOfRange`] for times;
    /// [`ConfigError::NoCryptoBackend`].
    pub fn build(self) -> Result<BrowserSessions, ConfigError> {
        check_backend()?;
        let site = checks::site(&self.redirect_uri)?;
        let mut routes = self.routes.clone();
        routes.callback = site.path().to_owned();
        routes.check()?;
        checks::cookie_name(&self.cookie_name)?;
        check_duration("idle_timeout", self.idle, MINUTE..=30 * DAY)?;
        check_duration("absolute_timeout", self.absolute, MINUTE..=400 * DAY)?;
        check_duration("refresh_ahead", self.refresh_ahead, Duration::ZERO..=HOUR)?;
        check_duration("store_timeout", self.store_timeout, Duration::from_millis(10)..=MINUTE)?;
        if self.most_sessions == 0 {
            let setting = "most_sessions_per_user";
            let range = SettingRange::at_least(SettingBound::Count(1));
            return Err(ConfigError::OutOfRange { setting, range });
        }
        let client_id = self.client_id(&routes)?;
        let origin = site.origin().ascii_serialization();
        let mut csrf = CsrfRules::new(&origin)?.header(self.csrf_header);
        for further in &self.further_origins {
            csrf = csrf.allow_origin(further)?;
        }
        let keys = match self.keys {
            Some(keys) => keys,
            None if self.store.is_shared() => {
                return Err(ConfigError::Missing { setting: RequiredSetting::SessionKeys });
            }
            None => SessionKeys::random()?,
        };
        let (store, opened) = cache::over(self.store, self.cache_for)?;
        let logged_out = format!("{origin}{}", routes.logged_out);
        let logout_uri = self.logout_uri.unwrap_or(logged_out);
        let hosted_logout = self
            .hosted_logout
            .then(|| self.pool.logout_url(&client_id, &logout_uri))
            .transpose()?
            .map(String::from);
        let is_secure = site.scheme() == "https";
        let cookies = Cookies::new(self.cookie_prefix, is_secure, &self.cookie_name);
        let logout = self.logout.unwrap_or_else(|| {
            Logout::shared(Arc::clone(&self.identity_provider), Arc::clone(&self.verifier))
        });
        let pages = self.pages.forms_lead_to(hosted_logout.as_deref());
        let settings = Settings {
            client_id,
            identity_provider: self.identity_provider,
            verifier: self.verifier,
            store,
            opened,
            redirect_uri: self.redirect_uri,
            site,
            routes,
            hosts: self.hosts,
            cookies,
            same_site: self.same_site,
            ends_with_browser: self.ends_with_browser,
            keys,
            idle: self.idle.as_secs(),
            absolute: self.absolute.as_secs(),
            refresh_ahead: self.refresh_ahead.as_secs(),
            most_sessions: self.most_sessions,
            csrf,
            scopes: self.scopes,
            prompt: self.prompt,
            login_parameters: self.login_parameters,
            own_page: self.own_page.map(|own| own.path),
            logout_to: hosted_logout,
            clear_cache: self.clear_cache,
            store_timeout: self.store_timeout,
            on_sign_in: self.on_sign_in,
            pages,
            logout,
            clock: self.clock,
            refreshes: refresh::Refreshes::default(),
        };
        Ok(BrowserSessions(Arc::new(settings)))
    }
}

impl fmt::Debug for BrowserSessionsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserSessionsBuilder")
            .field("redirect_uri", &self.redirect_uri)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
