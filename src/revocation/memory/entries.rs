//! The entries, and when each ends. No clock here: the time is an argument.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use crate::revocation::entry::{Entry, Fingerprint, Kind};
use crate::revocation::{ENTRY_LIFETIME, Revocation, TokenIdentity, ends_at, global_sign_out_id};

#[derive(Default)]
pub(in crate::revocation) struct Entries {
    /// By [`Kind`]: the latest moment of each identity.
    moments: [HashMap<Fingerprint, u64>; 3],
    /// What ends when. What was renewed since stands here twice, and ends the second time.
    ends: BTreeMap<u64, Bucket>,
}

/// What ends in the same second.
///
/// A moment comes from a clock that can be set: forward by a day, and everything has ended; back,
/// and the tokens are alive. So nothing goes before as much time has passed on a clock that cannot
/// be set. One such time for a bucket, and none for an entry.
struct Bucket {
    stays_until: Instant,
    entries: Vec<(Kind, Fingerprint)>,
}

impl Entries {
    pub(in crate::revocation) fn insert(&mut self, entry: Entry, now: Instant) {
        let moments = &mut self.moments[entry.kind as usize];
        if moments.get(&entry.identity).is_some_and(|known| *known >= entry.at) {
            return;
        }
        moments.insert(entry.identity, entry.at);
        let stays_until = now + Duration::from_secs(ENTRY_LIFETIME);
        self.add(ends_at(entry.at), stays_until, vec![(entry.kind, entry.identity)]);
    }

    fn add(&mut self, end: u64, stays_until: Instant, mut entries: Vec<(Kind, Fingerprint)>) {
        let bucket = self.ends.entry(end);
        let bucket = bucket.or_insert_with(|| Bucket { stays_until, entries: Vec::new() });
        bucket.stays_until = bucket.stays_until.max(stays_until);
        bucket.entries.append(&mut entries);
    }

    /// `clock` is in seconds since 1970. Without `now`, how long an entry was here says nothing.
    pub(in crate::revocation) fn expire(&mut self, clock: u64, now: Option<Instant>) {
        while let Some(first) = self.ends.first_entry()
            && *first.key() <= clock
        {
            let Bucket { stays_until, entries } = first.remove();
            let left =
                now.map(|now| stays_until.saturating_duration_since(now)).unwrap_or_default();
            if left.is_zero() {
                self.end(entries, clock);
            } else {
                // Looked at again when it may be over, and not before.
                let seconds = left.as_secs().saturating_add(1);
                self.add(clock.saturating_add(seconds), stays_until, entries);
            }
        }
    }

    fn end(&mut self, entries: Vec<(Kind, Fingerprint)>, clock: u64) {
        for (kind, identity) in entries {
            let moments = &mut self.moments[kind as usize];
            if moments.get(&identity).is_some_and(|moment| ends_at(*moment) <= clock) {
                moments.remove(&identity);
            }
        }
    }

    /// How many have not ended by this clock. Looks at what has, and at nothing else.
    #[cfg(feature = "redis")]
    pub(in crate::revocation) fn alive_at(&self, clock: u64) -> usize {
        let ended = self.ends.range(..=clock).flat_map(|(end, bucket)| {
            bucket.entries.iter().filter(move |(kind, identity)| {
                let moment = self.moments[*kind as usize].get(identity);
                moment.is_some_and(|moment| ends_at(*moment) == *end)
            })
        });
        self.len() - ended.count()
    }

    pub(in crate::revocation) fn hit(&self, token: &TokenIdentity<'_>) -> bool {
        self.moment(Kind::Token, token.jti).is_some()
            || self.moment(Kind::Session, token.origin_jti).is_some()
            || self.user_moment(token).is_some()
    }

    /// The moment of the entry of its user, where that hits the token.
    fn user_moment(&self, token: &TokenIdentity<'_>) -> Option<u64> {
        let global_sign_out = || self.moment(Kind::Session, Some(&global_sign_out_id(token.sub)));
        let moment = self.moment(Kind::User, Some(token.sub))?;
        token.is_hit_by_user(moment, global_sign_out).then_some(moment)
    }

    /// How many entries there are.
    pub(in crate::revocation) fn len(&self) -> usize {
        self.moments.iter().map(HashMap::len).sum()
    }

    #[cfg(feature = "redis")]
    pub(in crate::revocation) fn all(&self) -> HashMap<(Kind, Fingerprint), u64> {
        let kinds = [Kind::Token, Kind::Session, Kind::User].into_iter();
        kinds
            .zip(&self.moments)
            .flat_map(|(kind, moments)| moments.iter().map(move |(id, at)| ((kind, *id), *at)))
            .collect()
    }

    /// The entry that hits the token.
    pub(in crate::revocation) fn find(&self, token: &TokenIdentity<'_>) -> Option<Revocation> {
        if !self.hit(token) {
            return None;
        }
        // A user who signs in and out in one second is not hit by the user's entry alone.
        let of_that_second =
            || self.moment(Kind::User, Some(token.sub)).filter(|at| token.issued_at <= *at);
        let at = self.user_moment(token).or_else(of_that_second);
        let of_user = at.map(|at| Revocation::user(token.pool, token.sub, at));
        of_user.or_else(|| token.named_entry())
    }

    fn moment(&self, kind: Kind, identity: Option<&str>) -> Option<u64> {
        let moments = &self.moments[kind as usize];
        if moments.is_empty() {
            return None;
        }
        moments.get(&Fingerprint::of(identity?)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::PoolName;
    use crate::revocation::TokenKind;

    const LIFETIME: Duration = Duration::from_secs(ENTRY_LIFETIME);

    fn pool() -> PoolName {
        PoolName::from_stored("p")
    }

    /// Both clocks, and the entries.
    struct Told {
        entries: Entries,
        clock: u64,
        now: Instant,
    }

    impl Told {
        fn new() -> Self {
            Self { entries: Entries::default(), clock: 1_767_225_600, now: Instant::now() }
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
            self.entries.expire(self.clock, Some(self.now));
            self.entries.insert(Entry::from(revocation), self.now);
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
            self.entries.ends.values().map(|bucket| bucket.entries.len()).sum()
        }
    }

    #[test]
    fn entries_end_when_nothing_they_could_hit_is_alive() {
        let mut told = Told::new();
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
            let mut told = Told::new();
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
        let mut told = Told::new();
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
        let mut told = Told::new();
        for moment in [1000, 5000, 2000] {
            told.revoke(&Revocation::user(pool(), "s", told.clock + moment));
        }
        told.passes(LIFETIME + Duration::from_secs(1000));
        told.sign_out("x");
        let (pool, issued_at) = (pool(), told.clock - ENTRY_LIFETIME);
        let token = TokenIdentity::new(&pool, "t", TokenKind::Access, "s", issued_at);
        assert!(told.entries.hit(&token));
    }

    #[cfg(feature = "redis")]
    #[test]
    fn what_has_ended_and_is_still_here_is_not_alive() {
        let mut entries = Entries::default();
        let now = Instant::now();
        for (name, at) in [("a", 1000), ("b", 1000), ("b", 3000), ("c", 2000)] {
            entries.insert(Entry::from(&Revocation::session(pool(), name, at)), now);
        }
        for (clock, alive) in [(999, 3), (1000, 2), (1999, 2), (2000, 1), (3000, 0)] {
            assert_eq!(entries.alive_at(ends_at(clock)), alive, "{clock}");
        }
        entries.expire(ends_at(1000), None);
        assert_eq!(entries.alive_at(0), 2);
        assert_eq!(entries.alive_at(ends_at(2000)), 1);
    }

    #[test]
    fn the_same_entry_again_takes_no_room() {
        let mut told = Told::new();
        for _ in 0..100 {
            told.sign_out("a");
        }
        assert_eq!((told.len(), told.standing()), (1, 1));
    }
}
