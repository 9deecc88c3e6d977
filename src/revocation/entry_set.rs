//! The entries of one pool, and when each ends.

use std::collections::BTreeMap;
#[cfg(feature = "redis")]
use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::entry::{CompactEntry, ENTRY_LIFETIME, Revocation, ends_at};
use super::fingerprint::Fingerprint;
use super::target::TargetKind;
use super::token_identity::TokenIdentity;
use moments::{EntryMoment, Moments};
#[cfg(feature = "redis")]
pub(crate) use shared::SharedEntrySet;

mod moments;
#[cfg(feature = "redis")]
mod shared;

/// What is held is looked through once in this time at most.
const RELEASE_PAUSE: Duration = Duration::from_secs(1);

/// Standings that may be out of date beside as many as there are entries, before they are dropped.
const SPARE: usize = 64;

/// How many standings one call looks at or drops, or those of one second if they are more: a reader waits
/// for the lock meanwhile.
const AT_ONCE: usize = 1024;

#[derive(Default)]
pub(crate) struct EntrySet {
    /// By [`TargetKind`].
    moments: [Moments; 4],
    /// What ends when. What was renewed since stands here more than once, and the last standing counts.
    ends: BTreeMap<u64, Bucket>,
    /// What has ended by a clock that can be set, and was not here for as long yet.
    held: BTreeMap<u64, Bucket>,
    /// How many of the entries are held.
    held_len: usize,
    /// When the first of those may go.
    next_release: Option<Instant>,
    /// How many there are in the buckets.
    standings: usize,
    /// Where [`drop_old_standings`](Self::drop_old_standings) goes on.
    next_standing: Standing,
}

/// The place of an entry in a bucket.
#[derive(Default)]
struct Standing {
    is_held: bool,
    end: u64,
    place: usize,
}

/// What ends in the same second.
///
/// A moment comes from a clock that can be set: forward by a day, and everything has ended; back,
/// and the tokens are alive. So nothing goes before as much time has passed on a clock that cannot
/// be set. One such time for a bucket, and none for an entry.
struct Bucket {
    stays_until: Instant,
    entries: Vec<(TargetKind, Fingerprint)>,
}

impl EntrySet {
    pub(crate) fn insert(&mut self, entry: CompactEntry, now: Instant) {
        let moments = &mut self.moments[entry.kind as usize];
        if moments.get(&entry.identity).is_some_and(|known| known.at >= entry.at) {
            return;
        }
        let renewed = moments.insert(entry.identity, EntryMoment { at: entry.at, is_held: false });
        self.held_len -= usize::from(renewed.is_some_and(|moment| moment.is_held));
        let stays_until = now + Duration::from_secs(ENTRY_LIFETIME);
        self.add(ends_at(entry.at), stays_until, (entry.kind, entry.identity));
        self.drop_old_standings();
    }

    fn add(&mut self, end: u64, stays_until: Instant, entry: (TargetKind, Fingerprint)) {
        self.standings += 1;
        let bucket = self.ends.entry(end);
        let bucket = bucket.or_insert_with(|| Bucket { stays_until, entries: Vec::new() });
        bucket.stays_until = bucket.stays_until.max(stays_until);
        bucket.entries.push(entry);
    }

    /// Drops standings that are not the last one of their entry, until there are few enough. They are
    /// looked at in turn, and half of them at least are out of date: two or so for each renewal.
    fn drop_old_standings(&mut self) {
        let most = 2 * self.len() + SPARE;
        let next = &mut self.next_standing;
        for _ in 0..AT_ONCE {
            if self.standings <= most {
                return;
            }
            let buckets = if next.is_held { &mut self.held } else { &mut self.ends };
            let Some((&end, bucket)) = buckets.range_mut(next.end..).next() else {
                *next = Standing { is_held: !next.is_held, ..Standing::default() };
                continue;
            };
            if end != next.end {
                (next.end, next.place) = (end, 0);
            }
            match bucket.entries.get(next.place) {
                Some(one) if stands(&self.moments, end, one) => next.place += 1,
                Some(_) => {
                    bucket.entries.swap_remove(next.place);
                    self.standings -= 1;
                }
                None => {
                    bucket.entries.shrink_to_fit();
                    if bucket.entries.is_empty() {
                        buckets.remove(&end);
                    }
                    (next.end, next.place) = (end.saturating_add(1), 0);
                }
            }
        }
    }

    /// Drops what has ended by `clock`, in seconds since 1970, and was here for as long as it can hit
    /// anything. Of many, some: the next calls drop the rest.
    pub(crate) fn expire(&mut self, clock: u64, now: Instant) {
        let mut ended = 0;
        while let Some(first) = self.ends.first_entry()
            && *first.key() <= clock
            && ended < AT_ONCE
        {
            ended += first.get().entries.len().max(1);
            let (end, Bucket { stays_until, mut entries }) = first.remove_entry();
            self.standings -= entries.len();
            entries.retain(|one| stands(&self.moments, end, one));
            self.standings += entries.len();
            self.held_len += entries.len();
            for (kind, identity) in &entries {
                if let Some(moment) = self.moments[*kind as usize].get_mut(identity) {
                    moment.is_held = true;
                }
            }
            self.next_release =
                Some(self.next_release.map_or(stays_until, |at| at.min(stays_until)));
            let held = self.held.entry(end);
            let held = held.or_insert_with(|| Bucket { stays_until, entries: Vec::new() });
            held.stays_until = held.stays_until.max(stays_until);
            held.entries.append(&mut entries);
        }
        if self.next_release.is_some_and(|at| at <= now) {
            self.release(clock, now);
        }
        self.moments.iter_mut().for_each(Moments::shrink);
    }

    /// Drops what is held and may go.
    fn release(&mut self, clock: u64, now: Instant) {
        self.next_release = None;
        let (moments, standings) = (&mut self.moments, &mut self.standings);
        let (held_len, mut dropped) = (&mut self.held_len, 0);
        self.held.retain(|end, bucket| {
            // The clock may have been set back since.
            if dropped >= AT_ONCE {
                self.next_release = Some(now);
                return true;
            }
            if bucket.stays_until > now || *end > clock {
                let at = bucket.stays_until.max(now + RELEASE_PAUSE);
                self.next_release = Some(self.next_release.map_or(at, |next| next.min(at)));
                return true;
            }
            *standings -= bucket.entries.len();
            dropped += bucket.entries.len().max(1);
            for one in &bucket.entries {
                if stands(moments, *end, one) {
                    moments[one.0 as usize].remove(&one.1);
                    *held_len -= 1;
                }
            }
            false
        });
    }

    /// How many have not ended by this clock. Looks at what has, and at nothing else.
    #[cfg(feature = "redis")]
    pub(crate) fn alive_at(&self, clock: u64) -> usize {
        let ended = self.ends.range(..=clock).flat_map(|(end, bucket)| {
            bucket.entries.iter().filter(move |one| stands(&self.moments, *end, one))
        });
        // What is held has ended, unless the clock was set back since.
        let held_and_alive =
            self.held.range(clock.saturating_add(1)..).flat_map(|(end, bucket)| {
                bucket.entries.iter().filter(move |one| stands(&self.moments, *end, one))
            });
        self.len() - ended.count() - self.held_len + held_and_alive.count()
    }

    pub(crate) fn hit(&self, token: &TokenIdentity<'_>) -> bool {
        self.moment(TargetKind::Token, token.jti).is_some()
            || self.moment(TargetKind::Session, token.origin_jti).is_some()
            || self.user_moment(token).is_some()
    }

    /// The moment of the entry of its user, where that hits the token.
    fn user_moment(&self, token: &TokenIdentity<'_>) -> Option<u64> {
        let global_sign_out = || self.moment(TargetKind::GlobalSignOut, Some(token.sub));
        let moment = self.moment(TargetKind::User, Some(token.sub))?;
        token.is_hit_by_user(moment, global_sign_out).then_some(moment)
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.moments.iter().map(Moments::len).sum()
    }

    #[cfg(feature = "redis")]
    pub(crate) fn all(&self) -> HashMap<(TargetKind, Fingerprint), u64> {
        let kinds =
            [TargetKind::Token, TargetKind::Session, TargetKind::User, TargetKind::GlobalSignOut]
                .into_iter();
        kinds
            .zip(&self.moments)
            .flat_map(|(kind, moments)| {
                moments.iter().map(move |(id, moment)| ((kind, *id), moment.at))
            })
            .collect()
    }

    /// The entry that hits the token.
    pub(crate) fn find(&self, token: &TokenIdentity<'_>) -> Option<Revocation> {
        if !self.hit(token) {
            return None;
        }
        // A user who signs in and out in one second is not hit by the user's entry alone.
        let of_that_second =
            || self.moment(TargetKind::User, Some(token.sub)).filter(|at| token.issued_at <= *at);
        let at = self.user_moment(token).or_else(of_that_second);
        let of_user = at.map(|at| Revocation::user(token.pool, token.sub, at));
        let of_session = || {
            let origin_jti = token.origin_jti?;
            self.moment(TargetKind::Session, Some(origin_jti))?;
            Some(Revocation::session(token.pool, origin_jti, token.issued_at))
        };
        of_user.or_else(of_session).or_else(|| Revocation::naming(token))
    }

    fn moment(&self, kind: TargetKind, identity: Option<&str>) -> Option<u64> {
        let moments = &self.moments[kind as usize];
        if moments.is_empty() {
            return None;
        }
        moments.get(&Fingerprint::of(identity?)).map(|moment| moment.at)
    }
}

/// Whether this standing in the bucket of this end is the entry's last one.
fn stands(moments: &[Moments; 4], end: u64, (kind, identity): &(TargetKind, Fingerprint)) -> bool {
    moments[*kind as usize].get(identity).is_some_and(|moment| ends_at(moment.at) == end)
}

#[cfg(test)]
mod tests;
