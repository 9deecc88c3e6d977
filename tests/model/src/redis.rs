//! A Redis server: the two keys, and what the scripts and commands do to them.

use crate::decide;
use crate::rules::Rules;

/// So many entries there are at most.
pub const ENTRIES: usize = 3;

/// Entries as bits.
pub type Entries = u8;

/// An entry lives so long, in the unit of the model's clocks.
pub const LIFETIME: u8 = 20;

/// What clocks show when they are right. The entries of the checked runs are from [`SIGNED_OUT`].
pub const NOW: u8 = 40;
pub const SIGNED_OUT: u8 = 40;
/// What a clock shows that is ahead by more than the life of an entry.
pub const AHEAD: u8 = 80;

/// Where a line stands: its id, and what makes it unlike any other line with this id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub id: u8,
    pub nonce: u8,
}

/// A line of the log. `entry` is none where an epoch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    pub place: Place,
    pub after: Option<Place>,
    pub epoch: u8,
    pub entry: Option<(u8, u8)>,
}

/// The two keys of a pool. An epoch of zero is none; a moment of zero is no entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    pub epoch: u8,
    pub set: [u8; ENTRIES],
    pub log: Vec<Line>,
    pub clock: u8,
    /// By the clock no id is smaller; zero where it is behind and the last id alone counts.
    pub least_id: u8,
}

/// The arguments of the publish script.
#[derive(Clone, Debug)]
pub struct Publish<'a> {
    pub caller_clock: u8,
    pub new_epoch: u8,
    /// The nonce of the first line that is written; the next ones count on.
    pub nonce: u8,
    pub log_length: usize,
    pub entries: &'a [(u8, u8)],
    /// After so many effects the script stops with an error.
    pub stop_after: u8,
}

/// The answer of the publish script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    pub epoch: u8,
    pub last: Place,
    pub clock: u8,
    pub taken: u8,
    /// How many entries of the set neither clock takes for ended.
    pub undisputed: u8,
}

/// The script ended half-way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// What a script did, whether or not it came to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    left: u8,
    pub done: u8,
    /// Lines of the log among them.
    pub lines: u8,
}

impl Effects {
    fn one(&mut self) -> Result<(), Stopped> {
        if self.left == 0 {
            return Err(Stopped);
        }
        self.left -= 1;
        self.done += 1;
        Ok(())
    }
}

impl Server {
    pub fn new() -> Self {
        Self { clock: NOW, ..Self::default() }
    }

    /// The publish script: what it did, and its answer.
    pub fn publish(&mut self, rules: Rules, call: &Publish<'_>) -> (Effects, Result<End, Stopped>) {
        let mut effects = Effects { left: call.stop_after, ..Effects::default() };
        let lines = self.log.len();
        let answer = self.publish_until(rules, call, &mut effects);
        effects.lines = (self.log.len() - lines) as u8;
        let excess = self.log.len().saturating_sub(call.log_length);
        self.log.drain(..excess);
        (effects, answer)
    }

    fn publish_until(
        &mut self,
        rules: Rules,
        call: &Publish<'_>,
        effects: &mut Effects,
    ) -> Result<End, Stopped> {
        let clock = if rules.both_clocks { self.clock.min(call.caller_clock) } else { self.clock };
        for moment in &mut self.set {
            if *moment + LIFETIME <= clock {
                *moment = 0;
            }
        }
        let mut nonces = call.nonce..;
        let mut nonce = || if rules.nonces { nonces.next().unwrap_or(u8::MAX) } else { 0 };
        let tail = self.log.last().copied();
        let mut last = tail.map_or(Place::default(), |line| line.place);
        if self.epoch == 0 || tail.is_none_or(|line| line.epoch != self.epoch) {
            if self.epoch != 0 {
                effects.one()?;
                self.epoch = 0;
            }
            effects.one()?;
            last = Place { id: self.next_id(last), nonce: nonce() };
            self.log.push(Line { place: last, after: None, epoch: call.new_epoch, entry: None });
            effects.one()?;
            self.epoch = call.new_epoch;
        }
        let mut taken = 0;
        for &(entry, moment) in call.entries {
            let there = self.set[usize::from(entry)];
            if there >= moment {
                continue;
            }
            let place = Place { id: self.next_id(last), nonce: nonce() };
            let entry_line =
                Line { place, after: Some(last), epoch: self.epoch, entry: Some((entry, moment)) };
            effects.one()?;
            if rules.log_before_set {
                self.log.push(entry_line);
                effects.one()?;
                self.set[usize::from(entry)] = moment;
            } else {
                self.set[usize::from(entry)] = moment;
                effects.one()?;
                self.log.push(entry_line);
            }
            last = place;
            taken += 1;
        }
        let undisputed = self.count(decide::undisputed_from(self.clock, call.caller_clock));
        Ok(End { epoch: self.epoch, last, clock: self.clock, taken, undisputed })
    }

    fn next_id(&self, last: Place) -> u8 {
        self.least_id.max(last.id + 1)
    }

    fn count(&self, undisputed_from: u8) -> u8 {
        let there = self.set.iter().filter(|moment| **moment > 0);
        there.filter(|moment| **moment + LIFETIME > undisputed_from).count() as u8
    }

    pub fn has_set(&self) -> bool {
        self.epoch != 0 || self.entries() != 0
    }

    pub fn has_log(&self) -> bool {
        !self.log.is_empty()
    }

    /// The entries that are in the set.
    pub fn entries(&self) -> Entries {
        let there = (0..ENTRIES).filter(|entry| self.set[*entry] > 0);
        there.fold(0, |entries, entry| entries | 1 << entry)
    }

    /// One key is gone, or both are.
    pub fn lose(&mut self, set: bool, log: bool) {
        if set {
            self.set = Default::default();
            self.epoch = 0;
        }
        if log {
            self.log.clear();
        }
    }

    /// The question script: the moments of entries, if the set is of this epoch.
    pub fn question(&self, epoch: u8, entries: &[u8]) -> Option<Vec<u8>> {
        let moments = entries.iter().map(|entry| self.set[usize::from(*entry)]);
        (epoch != 0 && epoch == self.epoch).then(|| moments.collect())
    }

    /// XREAD: by id alone.
    pub fn lines_after(&self, id: u8) -> impl Iterator<Item = &Line> {
        self.log.iter().filter(move |line| line.place.id > id)
    }
}
