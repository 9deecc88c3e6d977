//! Tests of `revocation::live_check::throttled`.

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
        assert_eq!(told.throttled.waiting(told.now), 0);
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

#[test]
fn where_there_is_room_a_user_whose_wait_is_over_is_not_a_new_one() {
    let mut told = ThrottledFixture::new(1000);
    assert_eq!(told.over_quota("mallory"), ONE);
    told.now += SECOND;
    assert_eq!(told.in_a_row(0, USERS_IN_A_ROW - 2), ONE);
    assert_eq!(told.over_quota("mallory"), Some(Wait::User(2 * SECOND)));
    assert_eq!(told.over_quota("the last"), Some(Wait::AllUsers(SECOND)));
}

#[test]
fn expired_records_are_looked_for_when_there_are_twice_as_many_as_were_left() {
    let mut told = ThrottledFixture::new(10_000);
    for user in 0..=FEW_USERS {
        assert_eq!(told.throttled.sweep_at, FEW_USERS);
        told.answered("x");
        assert_eq!(told.over_quota(&user.to_string()), ONE);
    }
    assert_eq!(told.throttled.sweep_at, 3 * FEW_USERS);
}
