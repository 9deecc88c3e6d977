//! The settings of the sign-in at the login page, and of the sign-out.

use super::{BrowserSessionsBuilder, checks};
use crate::error::{ConfigError, ValueProblem};
use crate::pool::check_client_id;
use crate::sessions::routes::{Routes, is_plain};

/// The application's own sign-in page.
#[derive(Clone)]
pub(super) struct OwnSignInPage {
    client_id: String,
    pub(super) path: String,
}

impl OwnSignInPage {
    /// The client id. Refuses a path that is none of this site, and one of the routes.
    pub(super) fn check(&self, routes: &Routes) -> Result<String, ConfigError> {
        check_client_id(&self.client_id)?;
        let refused = |reason| Err(ConfigError::Value { setting: "own_sign_in_page", reason });
        if !is_plain(&self.path) {
            return refused(ValueProblem::NotARoutePath);
        }
        if routes.all().contains(&self.path.as_str()) {
            return refused(ValueProblem::RouteTwice);
        }
        Ok(self.client_id.clone())
    }
}

impl BrowserSessionsBuilder {
    /// The app client's id.
    pub(super) fn client_id(&self, routes: &Routes) -> Result<String, ConfigError> {
        match &self.own_page {
            Some(own) => own.check(routes),
            None => checks::client_id(&*self.identity_provider, &self.redirect_uri),
        }
    }

    /// Users of this app client sign in at this path of the application, and not at the login page: `GET /login`
    /// redirects there with its parameters `return_to`, `max_age` and `acr`, and a sign-out ends at
    /// `/logged-out`. The page calls [`BrowserSessions::begin`](crate::sessions::BrowserSessions::begin) with the
    /// tokens of a direct sign-in. The pool needs no domain then. A redirect URI is
    /// required all the same; only its origin counts.
    pub fn own_sign_in_page(
        mut self,
        client_id: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        self.own_page = Some(OwnSignInPage { client_id: client_id.into(), path: path.into() });
        self.hosted_logout = false;
        self
    }

    /// The scopes to request. Default
    /// [`SignInRequest::DEFAULT_SCOPES`](crate::SignInRequest::DEFAULT_SCOPES).
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The parameter `prompt` for the login page. With `login` the page asks for the password, even
    /// while its own session of the user lasts.
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Passes the parameters `provider`, `login_hint` and `lang` of `GET /login` to the login page. Off
    /// by default, because any site can link to the login.
    pub fn allow_login_parameters(mut self) -> Self {
        self.login_parameters = true;
        self
    }

    /// Keeps the login page's own session at a sign-out: the browser is redirected directly to
    /// `/logged-out`, and the next sign-in may not ask for the password.
    pub fn keep_hosted_session(mut self) -> Self {
        self.hosted_logout = false;
        self
    }

    /// Omits `Clear-Site-Data: "cache"` at a sign-out. With that header a browser drops the pages that
    /// it keeps for the back button, which takes a second in some browsers.
    pub fn keep_browser_cache(mut self) -> Self {
        self.clear_cache = false;
        self
    }
}
