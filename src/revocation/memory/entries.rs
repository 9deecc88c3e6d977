//! The entries, and when each ends. No clock here: the time is an argument.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use crate::revocation::entry::{Entry, Fingerprint, Kind};
use crate::revocation::{ENTRY_LIFETIME, Revocation, TokenIdentity, ends_at, global_sign_out_id};

/// Standings that may be out of date beside as many as there are entries, before they are dropped.
const SPARE: usize = 64;

#[derive(Default)]
pub(in crate::revocation) struct Entries {
    /// By [`Kind`]: the latest moment of each identity.
    moments: [HashMap<Fingerprint, Moment>; 3],
    /// What ends when. What was renewed since stands here more than once, and the last standing counts.
    ends: BTreeMap<u64, Bucket>,
    /// How many there are in the buckets.
    standings: usize,
}

#[derive(Clone, Copy)]
struct Moment {
    at: u64,
    /// The bucket in which the entry stands, whatever others it stood in before.
    bucket: u64,
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
        if moments.get(&entry.identity).is_some_and(|known| known.at >= entry.at) {
            return;
        }
        let bucket = ends_at(entry.at);
        moments.insert(entry.identity, Moment { at: entry.at, bucket });
        let stays_until = now + Duration::from_secs(ENTRY_LIFETIME);
        self.add(bucket, stays_until, vec![(entry.kind, entry.identity)]);
        if self.standings > 2 * self.len() + SPARE {
            self.drop_old_standings();
        }
    }

    fn add(&mut self, end: u64, stays_until: Instant, mut entries: Vec<(Kind, Fingerprint)>) {
        self.standings += entries.len();
        let bucket = self.ends.entry(end);
        let bucket = bucket.or_insert_with(|| Bucket { stays_until, entries: Vec::new() });
        bucket.stays_until = bucket.stays_until.max(stays_until);
        bucket.entries.append(&mut entries);
    }

    /// Of each entry all standings but the last. Twice as many standings as there are entries have
    /// been made since this was done, so it takes a little of each renewal.
    fn drop_old_standings(&mut self) {
        let (moments, mut left) = (&self.moments, 0);
        self.ends.retain(|end, bucket| {
            bucket.entries.retain(|one| stands(moments, *end, one));
            bucket.entries.shrink_to_fit();
            left += bucket.entries.len();
            !bucket.entries.is_empty()
        });
        self.standings = left;
    }

    /// `clock` is in seconds since 1970. Without `now`, how long an entry was here says nothing.
    pub(in crate::revocation) fn expire(&mut self, clock: u64, now: Option<Instant>) {
        while let Some(first) = self.ends.first_entry()
            && *first.key() <= clock
        {
            let (end, Bucket { stays_until, mut entries }) = first.remove_entry();
            self.standings -= entries.len();
            entries.retain(|one| stands(&self.moments, end, one));
            let left =
                now.map(|now| stays_until.saturating_duration_since(now)).unwrap_or_default();
            // Looked at again when it may be over, and not before.
            let next = clock.saturating_add(left.as_secs().saturating_add(1));
            for (kind, identity) in &entries {
                let moments = &mut self.moments[*kind as usize];
                if left.is_zero() {
                    moments.remove(identity);
                } else if let Some(moment) = moments.get_mut(identity) {
                    moment.bucket = next;
                }
            }
            if !left.is_zero() && !entries.is_empty() {
                self.add(next, stays_until, entries);
            }
        }
        for moments in &mut self.moments {
            if moments.capacity() > 4 * (moments.len() + SPARE) {
                moments.shrink_to(2 * moments.len());
            }
        }
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
            .flat_map(|(kind, moments)| {
                moments.iter().map(move |(id, moment)| ((kind, *id), moment.at))
            })
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
        moments.get(&Fingerprint::of(identity?)).map(|moment| moment.at)
    }
}

/// Whether this standing in the bucket of this end is the entry's last one.
fn stands(
    moments: &[HashMap<Fingerprint, Moment>; 3],
    end: u64,
    (kind, identity): &(Kind, Fingerprint),
) -> bool {
    moments[*kind as usize].get(identity).is_some_and(|moment| moment.bucket == end)
}

#[cfg(test)]
mod tests;
