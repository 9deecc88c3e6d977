//! A process: its copy, how far it has read, and what it is waiting for.

use crate::redis::{ENTRIES, End, Entries, Place};

/// A moment, as ages on three clocks: the true one, the monotonic one of the process (which stands
/// still while the machine sleeps) and its wall clock (which may jump).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age {
    pub truly: u8,
    pub monotonic: u8,
    pub wall: i8,
    /// The machine slept in the meantime.
    pub slept: bool,
    /// The wall clock was set back in the meantime.
    pub set_back: bool,
}

/// The copy is believed for less than this.
pub const MAX_LAG: u8 = 2;
/// No difference is made between ages beyond.
const OLD_AGE: u8 = MAX_LAG;

impl Age {
    pub fn tick(&mut self, awake: bool) {
        self.truly = (self.truly + 1).min(OLD_AGE);
        if awake {
            self.monotonic = (self.monotonic + 1).min(OLD_AGE);
        }
        self.slept |= !awake;
        self.wall_jumps(1);
    }

    pub fn wall_jumps(&mut self, by: i8) {
        self.set_back |= by < 0;
        let most = OLD_AGE as i8;
        self.wall = (self.wall + by).clamp(-most, most);
    }
}

/// An answer of the publish script. `owed` and `current` are for the properties alone: the entries
/// that were acknowledged when the script ran and that this server had, and whether Redis has lost
/// nothing since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    pub end: End,
    pub age: Age,
    pub owed: Entries,
    pub current: bool,
}

/// Why the script was called by the follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NewConnection,
    /// The last step of filling the copy.
    Filled,
    Check,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Follower {
    #[default]
    Away,
    Filling {
        server: u8,
        /// Where the log ended before all of the set is read, and Redis' clock then.
        from: Place,
        clock: u8,
    },
    WritingBack {
        server: u8,
        from: Place,
        missing: Entries,
    },
    Following {
        server: u8,
        /// Complete as of this answer once its place is reached.
        target: Option<Answer>,
    },
}

/// The copy is complete as of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Belief {
    pub age: Age,
    pub owed: Entries,
    pub current: bool,
    /// What the copy had when it was found complete, other than what may be unconfirmed.
    pub had: Entries,
}

/// An entry written here that has not come back yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waiting {
    #[default]
    Not,
    ForAcknowledgement,
    /// Acknowledged; it is confirmed when this place is met. `asked_since`: the follower's last
    /// question is from after the acknowledgement.
    ForPlace {
        end: Place,
        asked_since: bool,
    },
}

/// A sign-out whose answer is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    pub entry: u8,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    pub copy: Entries,
    pub epoch: u8,
    pub position: Option<Place>,
    /// The copy was filled, and not complete since.
    pub unproven: bool,
    pub follower: Follower,
    pub belief: Option<Belief>,
    pub unconfirmed: [Waiting; ENTRIES],
    pub call: Option<Call>,
    pub awake: bool,
    pub has_runtime: bool,
    pub clock: u8,
}

impl Process {
    pub fn new() -> Self {
        Self {
            copy: 0,
            epoch: 0,
            position: None,
            unproven: false,
            follower: Follower::Away,
            belief: None,
            unconfirmed: [Waiting::Not; ENTRIES],
            call: None,
            awake: true,
            has_runtime: true,
            clock: crate::redis::NOW,
        }
    }

    pub fn waiting(&self, which: impl Fn(Waiting) -> bool) -> Entries {
        let waiting = (0..ENTRIES).filter(|entry| which(self.unconfirmed[*entry]));
        waiting.fold(0, |entries, entry| entries | 1 << entry)
    }

    pub fn server(&self) -> Option<u8> {
        match self.follower {
            Follower::Away => None,
            Follower::Filling { server, .. }
            | Follower::WritingBack { server, .. }
            | Follower::Following { server, .. } => Some(server),
        }
    }

    /// The moments and the debts that it holds: of its belief, and of answers on their way.
    pub(crate) fn answers(&mut self) -> impl Iterator<Item = &mut Answer> {
        let followed = match &mut self.follower {
            Follower::Following { target, .. } => target.as_mut(),
            _ => None,
        };
        followed.into_iter().chain(self.call.as_mut().map(|call| &mut call.answer))
    }

    pub fn each_age(&mut self, change: impl Fn(&mut Age)) {
        for answer in self.answers() {
            change(&mut answer.age);
        }
        if let Some(belief) = &mut self.belief {
            change(&mut belief.age);
        }
    }

    /// A process without an entry that data loss took need not refuse it, until it is written back.
    pub fn excuse(&mut self, lost: Entries) {
        for Answer { owed, current, .. } in self.answers() {
            (*owed, *current) = (*owed & !lost, false);
        }
        if let Some(Belief { owed, current, .. }) = &mut self.belief {
            (*owed, *current) = (*owed & !lost, false);
        }
    }
}
