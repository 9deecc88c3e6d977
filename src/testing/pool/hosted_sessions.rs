//! Browsers that are signed in at the login page: one hour, not extended by use.

use std::collections::HashMap;
use std::time::Duration;

use crate::testing::pool::random::Random;

/// How long a browser stays signed in at the login page.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The sign-in of a browser.
#[derive(Debug, Clone)]
pub(crate) struct HostedSession {
    pub(crate) sub: String,
    pub(crate) auth_time: Duration,
}

impl HostedSession {
    fn is_over(&self, now: Duration) -> bool {
        now >= self.auth_time.saturating_add(LIFETIME)
    }
}

/// Every sign-in of a browser, by the value of its `cognito` cookie.
#[derive(Default)]
pub(crate) struct HostedSessions(HashMap<String, HostedSession>);

impl HostedSessions {
    /// Signs a browser in, and gives the value of its cookie.
    pub(crate) fn open(&mut self, random: &mut Random, now: Duration, sub: &str) -> String {
        self.0.retain(|_, session| !session.is_over(now));
        let cookie = random.text(32);
        self.0.insert(cookie.clone(), HostedSession { sub: sub.to_owned(), auth_time: now });
        cookie
    }

    pub(crate) fn get(&self, now: Duration, cookie: &str) -> Option<&HostedSession> {
        self.0.get(cookie).filter(|session| !session.is_over(now))
    }

    pub(crate) fn close(&mut self, cookie: &str) {
        self.0.remove(cookie);
    }

    /// Signs out every browser of a user.
    pub(crate) fn close_all_of(&mut self, sub: &str) {
        self.0.retain(|_, session| session.sub != sub);
    }
}
