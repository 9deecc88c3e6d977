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
mod tests;
