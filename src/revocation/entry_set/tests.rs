//! Entries end when nothing that they could hit is alive, whatever the clocks do.

mod held;

use super::*;
use crate::pool::PoolName;
use crate::revocation::TokenKind;

const LIFETIME: Duration = Duration::from_secs(ENTRY_LIFETIME);

fn pool() -> PoolName {
    PoolName::from_stored("p")
}

/// Both clocks, and the entries.
struct EntrySetFixture {
    entries: EntrySet,
    clock: u64,
    now: Instant,
}

impl EntrySetFixture {
    fn new() -> Self {
        Self { entries: EntrySet::default(), clock: 1_767_225_600, now: Instant::now() }
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
        self.clock += time.as_secs();
    }

    fn set_clock(&mut self, by: i64) {
        self.clock = self.clock.checked_add_signed(by).unwrap();
    }

    /// As a store does: what has ended goes first.
    fn revoke(&mut self, revocation: &Revocation) {
        self.entries.expire(self.clock, self.now);
        self.entries.insert(CompactEntry::from(revocation), self.now);
    }

    fn sign_out(&mut self, session: &str) {
        self.revoke(&Revocation::session(pool(), session, self.clock));
    }

    fn hits(&self, session: &str) -> bool {
        let pool = pool();
        let mut token = TokenIdentity::new(&pool, "t", TokenKind::Access, "s", 0);
        token.origin_jti = Some(session);
        self.entries.hit(&token)
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn standing(&self) -> usize {
        let buckets = self.entries.ends.values().chain(self.entries.held.values());
        buckets.map(|bucket| bucket.entries.len()).sum()
    }
}

#[test]
fn entries_end_when_nothing_they_could_hit_is_alive() {
    let mut told = EntrySetFixture::new();
    told.sign_out("a");
    told.revoke(&Revocation::user(pool(), "s", told.clock));
    told.passes(LIFETIME - Duration::from_secs(1));
    told.sign_out("b");
    assert_eq!((told.len(), told.hits("a")), (3, true));
    told.passes(Duration::from_secs(1));
    told.sign_out("c");
    assert_eq!((told.len(), told.hits("a"), told.hits("b")), (2, false, true));
    assert_eq!(told.standing(), 2);
}

#[test]
fn a_clock_that_is_set_ends_nothing_that_is_alive() {
    const DAYS: i64 = 3 * 86_400;
    for (name, ahead, behind) in [
        ("forward, and back", DAYS, -DAYS),
        ("it was behind, and was set right", DAYS, 0),
        ("it was ahead, and was set right", -DAYS, 0),
    ] {
        let mut told = EntrySetFixture::new();
        told.sign_out("a");
        told.set_clock(ahead);
        told.sign_out("b");
        assert!(told.hits("a"), "{name}");
        told.set_clock(behind);
        told.passes(LIFETIME / 2);
        told.sign_out("c");
        assert!(told.hits("a") && told.hits("b"), "{name}");
        // And once it is right for long enough, everything ends.
        told.passes(LIFETIME + Duration::from_secs(2 * DAYS.unsigned_abs()));
        told.sign_out("d");
        assert_eq!((told.len(), told.standing()), (1, 1), "{name}");
    }
}

#[test]
fn what_came_late_is_looked_at_once_until_it_may_go() {
    let mut told = EntrySetFixture::new();
    // A copy that is filled from elsewhere: entries of the last day and of one before.
    for age in 0..1000 {
        told.revoke(&Revocation::session(pool(), format!("{age}"), told.clock - 200 * age));
    }
    told.sign_out("now");
    assert_eq!(told.len(), 1001);
    assert!(told.entries.ends.first_key_value().is_some_and(|(end, _)| *end > told.clock));
    told.passes(LIFETIME + Duration::from_secs(1));
    told.sign_out("later");
    assert_eq!((told.len(), told.standing()), (1, 1));
}

#[test]
fn a_renewed_entry_outlives_its_first_end() {
    let mut told = EntrySetFixture::new();
    for moment in [1000, 5000, 2000] {
        told.revoke(&Revocation::user(pool(), "s", told.clock + moment));
    }
    told.passes(LIFETIME + Duration::from_secs(1000));
    told.sign_out("x");
    let (pool, issued_at) = (pool(), told.clock - ENTRY_LIFETIME);
    let token = TokenIdentity::new(&pool, "t", TokenKind::Access, "s", issued_at);
    assert!(told.entries.hit(&token));
}

#[test]
fn the_same_entry_again_takes_no_room() {
    let mut told = EntrySetFixture::new();
    for _ in 0..100 {
        told.sign_out("a");
    }
    assert_eq!((told.len(), told.standing()), (1, 1));
}

/// T12: one session, and a hundred, renewed every second for a day.
#[test]
fn renewals_take_no_room() {
    for sessions in [1, 100] {
        let mut told = EntrySetFixture::new();
        for second in 0..86_400 / sessions {
            told.passes(Duration::from_secs(1));
            for session in 0..sessions {
                told.sign_out(&session.to_string());
            }
            let most = 2 * sessions as usize + SPARE + 1;
            assert_eq!(told.len(), sessions as usize);
            assert_eq!(told.standing(), told.entries.standings);
            assert!(told.standing() <= most && told.entries.ends.len() <= most, "{second}");
        }
        assert!((0..sessions).all(|session| told.hits(&session.to_string())));
        told.passes(LIFETIME);
        told.sign_out("later");
        assert_eq!((told.len(), told.standing()), (1, 1));
    }
}

#[test]
fn entries_that_stay_keep_no_room_of_those_that_are_renewed() {
    let mut told = EntrySetFixture::new();
    for second in 0..500 {
        told.passes(Duration::from_secs(1));
        told.sign_out(&format!("stays-{second}"));
        (0..4).for_each(|session| told.sign_out(&session.to_string()));
        assert!(told.standing() <= 2 * told.len() + SPARE, "{second}");
    }
    assert_eq!(told.standing(), told.entries.standings);
    told.passes(LIFETIME);
    (0..3).for_each(|_| told.entries.expire(told.clock, told.now));
    assert_eq!((told.len(), told.standing()), (0, 0));
}

#[test]
fn what_is_held_keeps_no_room_of_those_that_are_renewed() {
    let mut told = EntrySetFixture::new();
    for round in 0..50 {
        // By the clock all have ended, and none was here for as long.
        told.set_clock(ENTRY_LIFETIME as i64 + 1);
        (0..10).for_each(|session| told.sign_out(&session.to_string()));
        assert!(told.standing() <= 2 * told.len() + SPARE && told.len() == 10, "{round}");
    }
}

#[test]
fn nothing_is_looked_through_before_half_of_it_is_out_of_date() {
    let mut told = EntrySetFixture::new();
    for number in 0..200 {
        told.passes(Duration::from_secs(number / 100));
        told.sign_out(&(number % 100).to_string());
    }
    assert_eq!((told.len(), told.standing()), (100, 200));
}

#[test]
fn many_that_have_ended_give_their_room_back() {
    let mut told = EntrySetFixture::new();
    for session in 0..10_000 {
        told.sign_out(&session.to_string());
    }
    told.passes(LIFETIME);
    told.sign_out("later");
    let room: usize = told.entries.moments.iter().map(Moments::capacity).sum();
    assert!(told.len() == 1 && room < 1000, "{room}");
}

/// Half as many as are looked at in one call, in each of so many seconds.
const SECONDS: usize = 20;

fn many() -> EntrySetFixture {
    let mut told = EntrySetFixture::new();
    for second in 0..SECONDS {
        (0..AT_ONCE / 2).for_each(|session| told.sign_out(&format!("{second}-{session}")));
        told.passes(Duration::from_secs(1));
    }
    told
}

#[test]
fn of_many_that_have_ended_some_go_at_a_time() {
    let mut told = many();
    told.passes(2 * LIFETIME);
    for calls in 1..=SECONDS / 2 {
        told.entries.expire(told.clock, told.now);
        let left = SECONDS - 2 * calls;
        assert_eq!((told.entries.ends.len(), told.len()), (left, left * AT_ONCE / 2));
        assert_eq!(told.standing(), told.entries.standings);
    }
}

#[test]
fn of_many_that_were_held_some_go_at_a_time() {
    let mut told = many();
    told.set_clock(2 * ENTRY_LIFETIME as i64);
    while !told.entries.ends.is_empty() {
        told.entries.expire(told.clock, told.now);
    }
    assert_eq!((told.len(), told.entries.held.len()), (SECONDS * AT_ONCE / 2, SECONDS));
    told.passes(LIFETIME);
    for calls in 1..=SECONDS / 2 {
        told.entries.expire(told.clock, told.now);
        assert_eq!(told.len(), SECONDS * AT_ONCE / 2 - calls * AT_ONCE);
        assert_eq!(told.standing(), told.entries.standings);
    }
}

/// The clock is ahead for good, so that all ends by it: how long an entry was here decides, and
/// that counts from its renewal.
#[test]
fn a_renewed_entry_stays_from_its_renewal_on() {
    let mut told = EntrySetFixture::new();
    told.sign_out("a");
    told.passes(LIFETIME / 2);
    told.sign_out("a");
    told.set_clock(3 * 86_400);
    told.passes(LIFETIME / 2 + Duration::from_secs(10));
    told.sign_out("b");
    assert!(told.hits("a"));
    told.passes(LIFETIME / 2);
    told.sign_out("c");
    assert!(!told.hits("a"));
}

#[cfg(feature = "redis")]
#[test]
fn what_has_ended_and_is_still_here_is_not_alive() {
    let mut entries = EntrySet::default();
    let now = Instant::now();
    for (name, at) in [("a", 1000), ("b", 1000), ("b", 3000), ("c", 2000)] {
        entries.insert(CompactEntry::from(&Revocation::session(pool(), name, at)), now);
    }
    for (clock, alive) in [(999, 3), (1000, 2), (1999, 2), (2000, 1), (3000, 0)] {
        assert_eq!(entries.alive_at(ends_at(clock)), alive, "{clock}");
    }
    // Held, since it was not here for as long; and alive again when the clock is set back.
    entries.expire(ends_at(1000), now);
    assert_eq!(entries.len(), 3);
    for (clock, alive) in [(999, 3), (1000, 2), (2000, 1), (3000, 0)] {
        assert_eq!(entries.alive_at(ends_at(clock)), alive, "{clock}");
    }
    entries.insert(CompactEntry::from(&Revocation::session(pool(), "a", 2500)), now);
    assert_eq!(entries.alive_at(ends_at(2000)), 2);
    entries.expire(ends_at(3000), now + LIFETIME);
    assert_eq!((entries.len(), entries.alive_at(0), entries.held_len), (0, 0, 0));
}
