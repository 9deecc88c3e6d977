//! Over a quota: that of one user, or that of the account.
//!
//! Cognito's answer is the same if one user exceeds a quota or if the whole account does. A few users
//! with their own tokens must not be able to stop the questions about all others. So each user waits
//! alone. All users wait only after many users in a row exceeded a quota, none of whom had exceeded it
//! lately, and Cognito gave no other answer in between. A user counts once in [`REMEMBERED_FOR`], so
//! that many accounts are needed for each second that all users wait.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::back_off::BackOff;
use crate::pool::PoolName;
use crate::revocation::fingerprint::Fingerprint;

/// This many users in a row, without any other answer of Cognito in between, mean that the account is
/// over its quota.
const USERS_IN_A_ROW: usize = 16;

/// A user who was over a quota this recently does not count towards the account's.
const REMEMBERED_FOR: Duration = Duration::from_secs(10 * 60);

/// With up to this many users, expired ones are not searched for.
const FEW_USERS: usize = 64;

/// A user of a pool.
pub(super) type User = (PoolName, Fingerprint);

/// Which users wait, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    User(Duration),
    AllUsers(Duration),
}

/// Users who were over a quota recently, each with a wait. Bounded in number.
#[derive(Debug)]
pub(super) struct Throttled {
    users: HashMap<User, ThrottledUser>,
    capacity: usize,
    /// How many users there may be before expired ones are removed.
    sweep_at: usize,
    in_a_row: usize,
}

#[derive(Debug)]
struct ThrottledUser {
    waits: BackOff,
    last: Instant,
}

/// When a question was sent and answered, and a random number for the wait.
pub(super) type Times = (Instant, Instant, u32);

impl Throttled {
    pub(super) fn new(capacity: usize) -> Self {
        Self { users: HashMap::new(), capacity, sweep_at: FEW_USERS, in_a_row: 0 }
    }

    /// The rest of this user's wait.
    pub(super) fn left(&self, user: &User, now: Instant) -> Option<Duration> {
        self.users.get(user)?.waits.left(now)
    }

    /// How many users wait.
    pub(super) fn waiting(&self, now: Instant) -> usize {
        self.users.values().filter(|record| record.waits.left(now).is_some()).count()
    }

    /// Records an answer about this user: the account's quota is not used up.
    pub(super) fn answered(&mut self, user: &User, asked_at: Instant) {
        self.in_a_row = 0;
        if let Some(record) = self.users.get_mut(user) {
            record.waits.answered(asked_at);
        }
    }

    /// Records that the user is over a quota. `all_users` is the wait of all users, which begins if the
    /// quota seems to be the account's. Returns the wait that begins, if one does.
    pub(super) fn over_quota(
        &mut self,
        user: &User,
        all_users: &mut BackOff,
        (asked_at, now, random): Times,
        retry_after: Option<Duration>,
    ) -> Option<Wait> {
        let is_new = self.users.get(user).is_none_or(|record| !record.is_remembered(now));
        // Questions from before the last wait of all users do not count.
        if is_new && all_users.counts(asked_at) {
            self.in_a_row += 1;
        }
        let has_room = self.make_room_for(user, now);
        let all = self.in_a_row >= USERS_IN_A_ROW || !has_room;
        let own = has_room.then(|| {
            let new = || ThrottledUser { waits: BackOff::default(), last: now };
            let record = self.users.entry(user.clone()).or_insert_with(new);
            record.last = now;
            record.waits.over_quota(asked_at, now, retry_after, random)
        });
        if all {
            self.in_a_row = 0;
            let wait = all_users.over_quota(asked_at, now, retry_after, random);
            return wait.map(Wait::AllUsers);
        }
        own.flatten().map(Wait::User)
    }

    /// Removes users whose record has expired and, if that is not enough, those whose wait is over. If
    /// all of them still wait, no user is added.
    fn make_room_for(&mut self, user: &User, now: Instant) -> bool {
        if self.users.contains_key(user) {
            return true;
        }
        if self.users.len() >= self.sweep_at.min(self.capacity) {
            self.users.retain(|_, record| record.is_remembered(now));
            self.sweep_at = FEW_USERS + 2 * self.users.len();
        }
        if self.users.len() >= self.capacity {
            self.users.retain(|_, record| record.waits.left(now).is_some());
        }
        self.users.len() < self.capacity
    }
}

impl ThrottledUser {
    fn is_remembered(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) < REMEMBERED_FOR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ONE: Option<Wait> = Some(Wait::User(SECOND));

    fn user_named(name: &str) -> User {
        (PoolName::from_stored("p"), Fingerprint::of(name))
    }

    struct ThrottledFixture {
        throttled: Throttled,
        all_users: BackOff,
        now: Instant,
    }

    impl ThrottledFixture {
        fn new(capacity: usize) -> Self {
            let throttled = Throttled::new(capacity);
            Self { throttled, all_users: BackOff::default(), now: Instant::now() }
        }

        fn over_quota(&mut self, user: &str) -> Option<Wait> {
            let (user, times) = (user_named(user), (self.now, self.now, u32::MAX));
            self.throttled.over_quota(&user, &mut self.all_users, times, None)
        }

        /// So many users, from the one of this number on: what the last of them brings.
        fn in_a_row(&mut self, first: usize, users: usize) -> Option<Wait> {
            for user in first..first + users - 1 {
                assert_eq!(self.over_quota(&user.to_string()), ONE, "{user}");
            }
            self.over_quota(&(first + users - 1).to_string())
        }

        fn answered(&mut self, user: &str) {
            self.throttled.answered(&user_named(user), self.now);
        }
    }

    #[test]
    fn one_user_waits_alone_and_longer_each_time() {
        let mut told = ThrottledFixture::new(10);
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
        assert_eq!(told.over_quota("mallory"), ONE);
    }

    #[test]
    fn many_users_with_no_answer_in_between_make_all_wait() {
        let mut told = ThrottledFixture::new(1000);
        assert_eq!(told.in_a_row(0, USERS_IN_A_ROW - 1), ONE);
        told.answered("x");
        assert_eq!(told.in_a_row(100, USERS_IN_A_ROW - 1), ONE);
        assert_eq!(told.over_quota("the last"), Some(Wait::AllUsers(SECOND)));
        // After that wait it takes as many again: it may be over.
        told.now += SECOND;
        assert_eq!(told.in_a_row(200, USERS_IN_A_ROW), Some(Wait::AllUsers(2 * SECOND)));
    }

    /// T14: a few accounts that go on, whether they get answers in between or not.
    #[test]
    fn a_few_users_never_make_all_wait() {
        for answers in [false, true] {
            let mut told = ThrottledFixture::new(1000);
            for round in 0..200 {
                for user in 0..USERS_IN_A_ROW - 1 {
                    let wait = told.over_quota(&user.to_string());
                    assert!(!matches!(wait, Some(Wait::AllUsers(_))), "{user} in {round}");
                    if answers {
                        told.now += 30 * SECOND;
                        told.answered(&user.to_string());
                    }
                }
                told.now += 30 * SECOND;
                assert_eq!(told.all_users.left(told.now), None);
            }
        }
    }

    #[test]
    fn a_user_counts_again_after_ten_minutes() {
        let mut told = ThrottledFixture::new(1000);
        for expected in [SECOND, 2 * SECOND] {
            assert_eq!(told.in_a_row(0, 1).map(|_| ()), Some(()));
            for user in 1..USERS_IN_A_ROW - 1 {
                told.over_quota(&user.to_string());
            }
            let last = told.over_quota("the last");
            assert_eq!(last, Some(Wait::AllUsers(expected)));
            told.now += REMEMBERED_FOR;
        }
    }

    #[test]
    fn what_was_asked_before_the_wait_of_all_changes_nothing() {
        let mut told = ThrottledFixture::new(1000);
        let before = told.now;
        told.in_a_row(0, USERS_IN_A_ROW);
        told.now += SECOND;
        for user in 100..100 + 2 * USERS_IN_A_ROW {
            let (user, times) = (user_named(&user.to_string()), (before, told.now, u32::MAX));
            let wait = told.throttled.over_quota(&user, &mut told.all_users, times, None);
            assert_eq!(wait, ONE);
        }
    }

    #[test]
    fn more_users_than_there_is_room_for_make_all_wait() {
        let mut told = ThrottledFixture::new(2);
        assert_eq!(told.over_quota("a"), ONE);
        assert_eq!(told.over_quota("b"), ONE);
        assert_eq!(told.over_quota("c"), Some(Wait::AllUsers(SECOND)));
        told.now += SECOND;
        assert_eq!(told.over_quota("c"), ONE, "the others' wait is over");
        assert_eq!(told.throttled.users.len(), 1);
    }

    #[test]
    fn users_are_forgotten() {
        let mut told = ThrottledFixture::new(1_000_000);
        for user in 0..10_000 {
            told.over_quota(&user.to_string());
            told.now += SECOND;
        }
        // Those of ten minutes, and as many again before they are looked for.
        let most = 3 * REMEMBERED_FOR.as_secs() as usize;
        assert!(told.throttled.users.len() < most, "{}", told.throttled.users.len());
    }
}
