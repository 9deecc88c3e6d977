//! [`Topology`]: where each key is, as far as a cluster or Sentinels have said so.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::address::RedisAddress;
use super::fault::RedisFault;

/// The server to send a call to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Location {
    pub(crate) address: RedisAddress,
    /// The slot is moving to this server: it answers a command that follows `ASKING`.
    pub(crate) asking: bool,
}

/// Slots that one primary has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlotRange {
    pub(crate) first: u16,
    pub(crate) last: u16,
    pub(crate) primary: RedisAddress,
}

/// What one server says of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SlotMap {
    /// In the order of their slots.
    pub(crate) ranges: Vec<SlotRange>,
    /// Primaries and replicas: whom to ask the next time.
    pub(crate) nodes: Vec<RedisAddress>,
}

impl SlotMap {
    pub(crate) fn primary_of(&self, slot: u16) -> Option<&RedisAddress> {
        let after = self.ranges.partition_point(|range| range.first <= slot);
        let range = self.ranges[..after].last().filter(|range| slot <= range.last)?;
        Some(&range.primary)
    }
}

/// Servers are not asked more often than this, however many calls fail.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// Nor than this while slots move, one after the other: each redirection names its server.
const AFTER_MOVE: Duration = Duration::from_secs(1);

/// What is known. It does not expire: servers are asked again after a redirection, or after a call that
/// did not reach its server.
#[derive(Debug)]
pub(crate) struct Topology {
    /// Of the URL. They are asked first, and are never forgotten.
    seeds: Vec<RedisAddress>,
    state: Mutex<TopologyState>,
}

#[derive(Debug, Default)]
struct TopologyState {
    map: SlotMap,
    /// Newer than the map. One slot has moved, so others may have.
    moved: HashMap<u16, (RedisAddress, Doubt)>,
    /// A server is not reached, or says that it is not the primary.
    failed: Option<Doubt>,
    last_doubt: Doubt,
    /// When servers were last asked, with or without an answer.
    asked: Option<Instant>,
    /// Why there was none.
    fault: Option<RedisFault>,
    /// Which server is asked first: another one each time, since one may be cut off from the others.
    turn: usize,
}

/// The number of a reason to ask servers again. What they say settles the doubts from before they were asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Doubt(u64);

impl Topology {
    pub(crate) fn new(seeds: Vec<RedisAddress>) -> Self {
        Self { seeds, state: Mutex::default() }
    }

    /// Where a slot is; `None` when servers have to be asked first.
    pub(crate) fn find(&self, slot: u16, now: Instant) -> Option<Location> {
        let state = self.lock();
        let found = state.location(slot);
        let has_moved = state.moved.contains_key(&slot);
        let rest = match &found {
            Some(_) if state.failed.is_some() => AFTER_FAILURE,
            Some(_) if has_moved || state.moved.is_empty() => return found,
            Some(_) => AFTER_MOVE,
            None => AFTER_FAILURE,
        };
        let rested = state.asked.is_none_or(|asked| now.duration_since(asked) >= rest);
        found.filter(|_| !rested)
    }

    /// What was known last, in doubt or not.
    pub(crate) fn last_known(&self, slot: u16) -> Result<Location, RedisFault> {
        let state = self.lock();
        state.location(slot).ok_or(state.fault.unwrap_or(RedisFault::NotPrimary))
    }

    /// Whether servers have been asked, by another call, since this moment or shortly before it.
    pub(crate) fn was_asked_at(&self, moment: Instant) -> bool {
        self.lock().asked.is_some_and(|asked| asked + AFTER_FAILURE > moment)
    }

    /// Whom to ask, in turn.
    pub(crate) fn to_ask(&self) -> Vec<RedisAddress> {
        let mut state = self.lock();
        let mut all = self.seeds.clone();
        all.extend(state.map.nodes.iter().filter(|node| !self.seeds.contains(node)).cloned());
        let turn = state.turn % all.len().max(1);
        state.turn += 1;
        all.rotate_left(turn);
        all
    }

    /// For [`learn`](Self::learn): before servers are asked.
    pub(super) fn last_doubt(&self) -> Doubt {
        self.lock().last_doubt
    }

    /// Servers have been asked, when `settled` was the last doubt. What was noted since then is newer than their
    /// answer.
    pub(super) fn learn(&self, answer: Result<SlotMap, RedisFault>, settled: Doubt, now: Instant) {
        let mut state = self.lock();
        state.asked = Some(now);
        state.fault = answer.as_ref().err().copied();
        if let Ok(map) = answer {
            state.map = map;
            state.moved.retain(|_, (_, doubt)| *doubt > settled);
            state.failed = state.failed.filter(|doubt| *doubt > settled);
        }
    }

    /// A server says that the slot has moved to this one.
    pub(crate) fn moved(&self, slot: u16, to: RedisAddress) {
        let mut state = self.lock();
        let doubt = state.next_doubt();
        state.moved.insert(slot, (to, doubt));
    }

    /// A server did not answer, or is not the primary any more, and does not say which is.
    pub(crate) fn suspect(&self) {
        let mut state = self.lock();
        state.failed = Some(state.next_doubt());
        state.moved.clear();
    }

    fn lock(&self) -> MutexGuard<'_, TopologyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TopologyState {
    fn location(&self, slot: u16) -> Option<Location> {
        let moved = self.moved.get(&slot).map(|(address, _)| address);
        let address = moved.or_else(|| self.map.primary_of(slot))?.clone();
        Some(Location { address, asking: false })
    }

    fn next_doubt(&mut self) -> Doubt {
        self.last_doubt.0 += 1;
        self.last_doubt
    }
}

#[cfg(test)]
mod tests;
