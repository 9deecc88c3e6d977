//! A cluster moves the slot of the keys from one server to the other, key by key, while scripts run.
//!
//! A script is one step of a server; what a cluster adds is that the keys may not be at one server. The
//! rules are those of Redis: the server that a slot moves from answers where it has all keys of a command,
//! sends the caller on (`ASK`) where it has none, and puts it off (`TRYAGAIN`) where it has some. The
//! other server answers a call that was sent on where it has all keys of several, and for a single key also
//! where it has not.

use crate::redis::Server;
use crate::system::{State, System};

/// Where the slot is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Slot {
    /// At the primary.
    #[default]
    Settled,
    /// On its way from the primary to the other server.
    Moving {
        set_is_there: bool,
        log_is_there: bool,
        /// The primary as its replica has it: as it was when the move began.
        before: Box<Server>,
    },
    /// The primary's replica took over in the middle of it. The other server still takes what is sent on
    /// to it.
    BrokenOff,
}

/// One of the two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Set,
    Log,
}

/// What becomes of a read of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadAt {
    Served,
    SentElsewhere,
}

impl State {
    fn is_there(&self, key: Key) -> bool {
        match (&self.slot, key) {
            (Slot::Moving { set_is_there, .. }, Key::Set) => *set_is_there,
            (Slot::Moving { log_is_there, .. }, Key::Log) => *log_is_there,
            _ => false,
        }
    }

    pub(crate) fn server_of_set(&self) -> u8 {
        if self.is_there(Key::Set) { 1 - self.primary } else { self.primary }
    }

    fn source(&mut self) -> &mut Server {
        &mut self.servers[usize::from(self.primary)]
    }

    pub(crate) fn begin_move(&mut self) -> Option<()> {
        if self.slot == Slot::BrokenOff {
            // An operator ends what is left of the last one, and deletes the keys there.
            let other = &mut self.servers[usize::from(1 - self.primary)];
            (other.epoch, other.set, other.log) = Default::default();
        } else if self.slot != Slot::Settled {
            return None;
        }
        let before = Box::new(self.primary().clone());
        self.slot = Slot::Moving { set_is_there: false, log_is_there: false, before };
        Some(())
    }

    pub(crate) fn move_key(&mut self, key: Key) -> Option<()> {
        let primary = usize::from(self.primary);
        let (low, high) = self.servers.split_at_mut(1);
        let (source, target) =
            if primary == 0 { (&mut low[0], &mut high[0]) } else { (&mut high[0], &mut low[0]) };
        let Slot::Moving { set_is_there, log_is_there, .. } = &mut self.slot else { return None };
        match key {
            Key::Set if source.has_set() => {
                target.set = std::mem::take(&mut source.set);
                target.epoch = std::mem::take(&mut source.epoch);
                *set_is_there = true;
            }
            Key::Log if source.has_log() => {
                target.log = std::mem::take(&mut source.log);
                *log_is_there = true;
            }
            _ => return None,
        }
        Some(())
    }

    /// No key is left here: the slot is there.
    pub(crate) fn end_move(&mut self) -> Option<()> {
        let is_moving = matches!(self.slot, Slot::Moving { .. });
        if !is_moving || self.primary().has_set() || self.primary().has_log() {
            return None;
        }
        (self.slot, self.primary) = (Slot::Settled, 1 - self.primary);
        Some(())
    }

    /// The replica never heard that keys went away, nor that the slot is moving.
    pub(crate) fn break_off(&mut self) -> Option<()> {
        let Slot::Moving { before, .. } = std::mem::take(&mut self.slot) else { return None };
        *self.source() = *before;
        self.slot = Slot::BrokenOff;
        self.lose();
        let primary = self.primary;
        for process in &mut self.processes {
            if process.server() == Some(primary) {
                process.fall_behind();
            }
        }
        Some(())
    }
}

impl System {
    /// Whether a server runs a script with both keys. At the other one: for a call that was sent on to it.
    pub(crate) fn serves_script(&self, state: &State, server: u8) -> bool {
        let is_primary = server == state.primary;
        let there = &state.servers[usize::from(server)];
        match state.slot {
            Slot::Settled => is_primary || state.is_parted,
            Slot::Moving { .. } => there.has_set() && there.has_log(),
            Slot::BrokenOff => is_primary || there.has_set() && there.has_log(),
        }
    }

    /// The servers that a sign-out reaches: the one that has the slot, and the one that it is sent on to.
    /// Also too late, after the move was broken off.
    pub(crate) fn reached_by_calls(&self, state: &State) -> impl Iterator<Item = u8> {
        let (primary, other) = (state.primary, 1 - state.primary);
        let others = !matches!(state.slot, Slot::Settled) || state.is_parted;
        [(primary, true), (other, others)]
            .into_iter()
            .filter(|(server, reached)| *reached && self.serves_script(state, *server))
            .map(|(server, _)| server)
    }

    /// Those that a follower connects to.
    pub(crate) fn reached_by_followers(&self, state: &State) -> impl Iterator<Item = u8> {
        let is_alone = self.rules.ask_is_for_one_call && !state.is_parted;
        let primary = state.primary;
        self.reached_by_calls(state).filter(move |server| !is_alone || *server == primary)
    }

    /// A read of one key over an open connection of a follower.
    pub(crate) fn read_at(&self, state: &State, server: u8, key: Key) -> ReadAt {
        let at = &state.servers[usize::from(server)];
        let is_here = match key {
            Key::Set => at.has_set(),
            Key::Log => at.has_log(),
        };
        let is_primary = server == state.primary;
        match state.slot {
            Slot::Settled if self.budget.moves > 0 && !is_primary => ReadAt::SentElsewhere,
            Slot::Moving { .. } if is_primary && !is_here => ReadAt::SentElsewhere,
            _ => ReadAt::Served,
        }
    }
}
