//! The settings of paths and addresses.

use super::BrowserSessionsBuilder;

impl BrowserSessionsBuilder {
    /// The path that starts a sign-in. Default `/login`.
    pub fn login_path(mut self, path: impl Into<String>) -> Self {
        self.routes.login = path.into();
        self
    }

    /// The path of the JSON document about the user who is signed in. Default `/session`.
    pub fn session_path(mut self, path: impl Into<String>) -> Self {
        self.routes.session = path.into();
        self
    }

    /// The path that signs out. Default `/logout`.
    pub fn logout_path(mut self, path: impl Into<String>) -> Self {
        self.routes.logout = path.into();
        self
    }

    /// The path of the page that says "signed out". Default `/logged-out`.
    pub fn logged_out_path(mut self, path: impl Into<String>) -> Self {
        self.routes.logged_out = path.into();
        self
    }

    /// Where the login page sends the browser after a sign-out: one of the app client's sign-out URLs,
    /// exactly as registered. Default: the [page](Self::logged_out_path) of this site.
    pub fn logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.logout_uri = Some(uri.into());
        self
    }

    /// Another host name of this site, such as `www.example.com:443`, as it appears in `Host`. A
    /// sign-in that starts there is redirected to the redirect URI's host first, because the browser
    /// does not send the cookies of one host to the other. Loopback names (`localhost`, `127.0.0.1`)
    /// with the same port need not be listed.
    pub fn also_known_as(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }
}
