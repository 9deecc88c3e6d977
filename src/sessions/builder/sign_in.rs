//! The settings of the sign-in at the login page, and of the sign-out.

use super::BrowserSessionsBuilder;

impl BrowserSessionsBuilder {
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
