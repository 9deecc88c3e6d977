//! The settings of the cookies and of the CSRF check.

use http::HeaderName;

use super::BrowserSessionsBuilder;
use crate::sessions::cookie::{CookiePrefix, SameSite};

impl BrowserSessionsBuilder {
    /// The session cookie's name without its prefix. Default `session`.
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.cookie_name = name.into();
        self
    }

    /// The prefix of all cookie names. Default `__Host-`. On plain `http` (loopback) names have no
    /// prefix.
    pub fn cookie_prefix(mut self, prefix: CookiePrefix) -> Self {
        self.cookie_prefix = prefix;
        self
    }

    /// `SameSite` of the session cookie. Default [`Lax`](SameSite::Lax).
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Omits `Max-Age`, so that the browser deletes the cookie when it is closed. Browsers that restore
    /// their tabs restore such cookies, too.
    pub fn end_with_browser(mut self) -> Self {
        self.ends_with_browser = true;
        self
    }

    /// Accepts unsafe requests from pages of another origin:
    /// [`CsrfRules::allow_origin`](crate::bearer::CsrfRules::allow_origin).
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.further_origins.push(origin.into());
        self
    }

    /// The header for clients without `Origin`: [`CsrfRules::header`](crate::bearer::CsrfRules::header).
    pub fn csrf_header(mut self, name: HeaderName) -> Self {
        self.csrf_header = name;
        self
    }
}
