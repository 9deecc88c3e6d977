//! Over a quota: a user's own, or everybody's.
//!
//! Cognito answers alike whether one user asks too often or the whole account does. One user, with
//! tokens of their own, must not be able to keep the others from being asked about: so the user
//! waits first, and everybody only when several were told so and nobody got an answer in between.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::back_off::BackOff;
use crate::pool::PoolName;
use crate::revocation::entry::Fingerprint;

/// So many users, with no answer for anybody in between, are not one who asks too often.
const USERS_IN_A_ROW: usize = 3;

/// A user of a pool.
pub(super) type User = (PoolName, Fingerprint);

/// Who waits, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    User(Duration),
    Everybody(Duration),
}

/// Users who wait, each for their own sake. Bounded by a number of users.
#[derive(Debug)]
pub(super) struct Throttled {
    users: HashMap<User, BackOff>,
    capacity: usize,
    in_a_row: Vec<User>,
}

/// When a question was asked, and answered, and a random number for the wait.
pub(super) type Times = (Instant, Instant, u32);

impl Throttled {
    pub(super) fn new(capacity: usize) -> Self {
        Self { users: HashMap::new(), capacity, in_a_row: Vec::new() }
    }

    /// How long not to ask about this user yet.
    pub(super) fn left(&self, user: &User, now: Instant) -> Option<Duration> {
        self.users.get(user)?.left(now)
    }

    /// How many users wait.
    pub(super) fn waiting(&self, now: Instant) -> usize {
        self.users.values().filter(|user| user.left(now).is_some()).count()
    }

    /// There was an answer for this user: whatever is used up, it is not everybody's quota.
    pub(super) fn answered(&mut self, user: &User, asked_at: Instant) {
        self.in_a_row.clear();
        if self.users.get(user).is_some_and(|waits| waits.counts(asked_at)) {
            self.users.remove(user);
        }
    }

    /// The user is over a quota. `everybody` is the wait of all, which begins where it seems to be
    /// theirs. The wait that begins, if one does.
    pub(super) fn over_quota(
        &mut self,
        user: &User,
        everybody: &mut BackOff,
        (asked_at, now, random): Times,
        retry_after: Option<Duration>,
    ) -> Option<Wait> {
        // What was asked before everybody's last wait says nothing about now.
        if everybody.counts(asked_at) && !self.in_a_row.contains(user) {
            self.in_a_row.push(user.clone());
        }
        let has_room = self.make_room_for(user, now);
        if self.in_a_row.len() >= USERS_IN_A_ROW || !has_room {
            self.in_a_row.clear();
            let wait = everybody.over_quota(asked_at, now, retry_after, random);
            return wait.map(Wait::Everybody);
        }
        let waits = self.users.entry(user.clone()).or_default();
        waits.over_quota(asked_at, now, retry_after, random).map(Wait::User)
    }

    /// Those whose wait is over make room. Where nobody's is, more wait than were ever let in.
    fn make_room_for(&mut self, user: &User, now: Instant) -> bool {
        if self.users.len() >= self.capacity && !self.users.contains_key(user) {
            self.users.retain(|_, waits| waits.left(now).is_some());
        }
        self.users.len() < self.capacity || self.users.contains_key(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn user_named(name: &str) -> User {
        (PoolName::from_stored("p"), Fingerprint::of(name))
    }

    struct Told {
        throttled: Throttled,
        everybody: BackOff,
        now: Instant,
    }

    impl Told {
        fn new(capacity: usize) -> Self {
            let throttled = Throttled::new(capacity);
            Self { throttled, everybody: BackOff::default(), now: Instant::now() }
        }

        fn over_quota(&mut self, user: &str) -> Option<Wait> {
            let (user, times) = (user_named(user), (self.now, self.now, u32::MAX));
            self.throttled.over_quota(&user, &mut self.everybody, times, None)
        }

        fn answered(&mut self, user: &str) {
            self.throttled.answered(&user_named(user), self.now);
        }
    }

    #[test]
    fn one_user_waits_alone_and_longer_each_time() {
        let mut told = Told::new(10);
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            let wait = seconds * SECOND;
            assert_eq!(told.over_quota("mallory"), Some(Wait::User(wait)));
            assert_eq!(told.throttled.left(&user_named("mallory"), told.now), Some(wait));
            assert_eq!(told.throttled.left(&user_named("bob"), told.now), None);
            assert_eq!(told.over_quota("mallory"), None, "asked before the wait");
            assert_eq!(told.throttled.waiting(told.now), 1);
            told.now += wait;
        }
        told.answered("mallory");
        assert_eq!(told.over_quota("mallory"), Some(Wait::User(SECOND)));
    }

    #[test]
    fn the_third_user_with_no_answer_in_between_is_everybody() {
        let mut told = Told::new(10);
        let user = Some(Wait::User(SECOND));
        assert_eq!([told.over_quota("a"), told.over_quota("b")], [user; 2]);
        told.answered("x");
        assert_eq!([told.over_quota("c"), told.over_quota("d")], [user; 2]);
        assert_eq!(told.over_quota("e"), Some(Wait::Everybody(SECOND)));
        // After that wait it takes three again: it may be over, and those who wait stay patient.
        told.now += SECOND;
        assert_eq!([told.over_quota("e"), told.over_quota("f")], [user; 2]);
        assert_eq!(told.over_quota("g"), Some(Wait::Everybody(2 * SECOND)));
    }

    #[test]
    fn what_was_asked_before_the_wait_of_all_changes_nothing() {
        let mut told = Told::new(10);
        let before = told.now;
        for user in ["a", "b", "c"] {
            told.over_quota(user);
        }
        told.now += SECOND;
        for user in ["d", "e", "f", "g"] {
            let (user, times) = (user_named(user), (before, told.now, u32::MAX));
            let wait = told.throttled.over_quota(&user, &mut told.everybody, times, None);
            assert_eq!(wait, Some(Wait::User(SECOND)));
        }
    }

    #[test]
    fn more_users_than_there_is_room_for_are_everybody() {
        let mut told = Told::new(2);
        assert_eq!(told.over_quota("a"), Some(Wait::User(SECOND)));
        told.answered("x");
        assert_eq!(told.over_quota("b"), Some(Wait::User(SECOND)));
        told.answered("x");
        assert_eq!(told.over_quota("c"), Some(Wait::Everybody(SECOND)));
        told.now += SECOND;
        assert_eq!(told.over_quota("c"), Some(Wait::User(SECOND)), "the others' wait is over");
        assert_eq!(told.throttled.users.len(), 1);
    }
}
