//! The paths of the routes, and the route of a request.

use http::Method;

use crate::error::{ConfigError, ValueProblem};

/// The paths of the routes.
#[derive(Debug, Clone)]
pub(super) struct Routes {
    pub(super) login: String,
    pub(super) callback: String,
    pub(super) session: String,
    pub(super) logout: String,
    pub(super) logged_out: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Login,
    /// `HEAD` of the login: it starts no sign-in.
    LoginHead,
    Callback,
    Session,
    Logout,
    LoggedOut,
}

/// Why a request has no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRoute {
    NotFound,
    /// The methods that the path supports.
    Method(&'static str),
}

impl Default for Routes {
    fn default() -> Self {
        Self {
            login: "/login".to_owned(),
            callback: String::new(),
            session: "/session".to_owned(),
            logout: "/logout".to_owned(),
            logged_out: "/logged-out".to_owned(),
        }
    }
}

impl Routes {
    pub(super) fn find(&self, method: &Method, path: &str) -> Result<Route, NoRoute> {
        let is_get = method == Method::GET;
        let only =
            |fits: bool, route, allow| if fits { Ok(route) } else { Err(NoRoute::Method(allow)) };
        if path == self.login {
            match *method {
                Method::HEAD => Ok(Route::LoginHead),
                _ => only(is_get, Route::Login, "GET, HEAD"),
            }
        } else if path == self.callback {
            only(is_get, Route::Callback, "GET")
        } else if path == self.session {
            only(is_get, Route::Session, "GET")
        } else if path == self.logout {
            only(method == Method::POST, Route::Logout, "POST")
        } else if path == self.logged_out {
            only(is_get, Route::LoggedOut, "GET")
        } else {
            Err(NoRoute::NotFound)
        }
    }

    pub(super) fn all(&self) -> [&str; 5] {
        [&self.login, &self.callback, &self.session, &self.logout, &self.logged_out]
    }

    /// Requires five different paths, none of which is the site's front page.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let all = self.all();
        let refused = |setting, reason| Err(ConfigError::Value { setting, reason });
        for (index, path) in all.iter().enumerate() {
            let setting =
                ["login_path", "redirect_uri", "session_path", "logout_path", "logged_out_path"];
            let setting = setting.get(index).copied().unwrap_or_default();
            if !is_plain(path) {
                return refused(setting, ValueProblem::NotARoutePath);
            }
            if all.iter().take(index).any(|other| other == path) {
                return refused(setting, ValueProblem::RouteTwice);
            }
        }
        Ok(())
    }
}

/// Accepts only characters that every client writes in the same way: paths are compared without
/// decoding.
pub(super) fn is_plain(path: &str) -> bool {
    let plain = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    path.strip_prefix('/').is_some_and(|segments| segments.split('/').all(plain))
}

#[cfg(test)]
mod tests;
