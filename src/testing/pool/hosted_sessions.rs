//! The login page's own memory: the `cognito` cookie, one hour, not extended by use.

use std::time::Duration;

use http::HeaderMap;
use http::header::COOKIE;

use crate::testing::pool::state::State;
use crate::testing::user::User;

/// How long the browser stays signed in at the login page.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// A browser that signed in.
#[derive(Debug, Clone)]
pub(crate) struct HostedSession {
    pub(crate) sub: String,
    pub(crate) auth_time: Duration,
}

impl State {
    /// Signs the browser in; the answer is the cookie's value.
    pub(crate) fn open_hosted(&mut self, now: Duration, sub: &str) -> String {
        self.hosted.retain(|_, session| !is_over(session, now));
        let value = self.random.text(32);
        self.hosted.insert(value.clone(), HostedSession { sub: sub.to_owned(), auth_time: now });
        value
    }

    /// Who the browser is signed in as.
    pub(crate) fn hosted_user(
        &self,
        now: Duration,
        headers: &HeaderMap,
    ) -> Option<(&User, Duration)> {
        let session = self.hosted.get(&cookie(headers, "cognito")?)?;
        let user = self.user_by_sub(&session.sub).filter(|user| user.enabled)?;
        (!is_over(session, now)).then_some((user, session.auth_time))
    }

    pub(crate) fn close_hosted(&mut self, headers: &HeaderMap) {
        if let Some(value) = cookie(headers, "cognito") {
            self.hosted.remove(&value);
        }
    }
}

fn is_over(session: &HostedSession, now: Duration) -> bool {
    now >= session.auth_time.saturating_add(LIFETIME)
}

/// A `Set-Cookie` value. Without `Secure`, unlike Cognito's: the pool is served over plain http on
/// loopback, where not every browser would keep such a cookie.
pub(crate) fn set_cookie(name: &str, value: &str, max_age: Option<u64>) -> String {
    let max_age = max_age.map(|seconds| format!("Max-Age={seconds}; ")).unwrap_or_default();
    format!("{name}={value}; {max_age}Path=/; HttpOnly; SameSite=Lax")
}

pub(crate) fn set_hosted_cookie(value: &str) -> String {
    set_cookie("cognito", value, Some(LIFETIME.as_secs()))
}

/// A cookie of the request ([RFC 6265 §4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)).
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(known, _)| known.trim() == name)?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; cognito=\"x=\"".parse().unwrap());
        headers.append(COOKIE, "XSRF-TOKEN=t".parse().unwrap());
        assert_eq!(cookie(&headers, "cognito").as_deref(), Some("x="));
        assert_eq!(cookie(&headers, "XSRF-TOKEN").as_deref(), Some("t"));
        assert_eq!(cookie(&headers, "ognito"), None);
    }
}
