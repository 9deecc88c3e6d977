//! What is asked of the login page, and what a sign-out leaves in the browser.

use super::BrowserSessionsBuilder;

impl BrowserSessionsBuilder {
    /// Asks for these scopes. Default
    /// [`SignInRequest::DEFAULT_SCOPES`](crate::SignInRequest::DEFAULT_SCOPES).
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Asks the login page to ask the user, such as `login`: a user who signed out and comes back is
    /// then asked for the password also where the hosted page's own session goes on.
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Lets a link to the login choose `provider`, `login_hint` and `lang`. Off by default: a link can
    /// come from anywhere.
    pub fn allow_login_parameters(mut self) -> Self {
        self.login_parameters = true;
        self
    }

    /// Leaves the hosted page's own session alone at a sign-out: the browser is sent to `/logged-out` at
    /// once, and the next sign-in may ask for no password.
    pub fn keep_hosted_session(mut self) -> Self {
        self.hosted_logout = false;
        self
    }

    /// Leaves out `Clear-Site-Data: "cache"` at a sign-out. It makes a browser forget the pages that it
    /// has kept for the back button, and takes some browsers a second.
    pub fn keep_browser_cache(mut self) -> Self {
        self.clear_cache = false;
        self
    }
}
