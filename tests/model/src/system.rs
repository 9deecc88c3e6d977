//! All of it together: two servers, two processes, and what may still go wrong.

use crate::process::{Age, Answer, Process};
use crate::redis::{ENTRIES, End, Entries, Publish, SIGNED_OUT, Server};
use crate::rules::Rules;
use crate::slot::Slot;

pub const PROCESSES: usize = 2;

/// How often something may still happen; what never happens in a run has zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// A connection ends, or an answer is lost.
    pub cuts: u8,
    /// A fail-over to the replica, as far as it has got.
    pub fail_overs: u8,
    /// The replica takes over, and the old primary goes on for a while.
    pub partitions: u8,
    /// One key is lost, or both are.
    pub losses: u8,
    /// An entry is taken out of the set by another hand.
    pub removals: u8,
    /// A script stops half-way.
    pub half_scripts: u8,
    /// Redis' clock is ahead for a while.
    pub redis_jumps: u8,
    /// The wall clock of a process is ahead for a while, or is set back.
    pub wall_jumps: u8,
    /// All entries end, and the clock of one process is behind.
    pub endings: u8,
    /// A moment passes.
    pub ticks: u8,
    /// A machine sleeps.
    pub sleeps: u8,
    /// The runtime that drives a follower ends.
    pub runtime_ends: u8,
    /// The slot of the keys moves to the other server of a cluster.
    pub moves: u8,
    /// The server that the slot moves from fails over to its replica, which knows nothing of the move.
    pub broken_moves: u8,
}

/// What is checked: the rules, and how much of what happens.
#[derive(Clone, Copy, Debug)]
pub struct System {
    pub rules: Rules,
    pub budget: Budget,
    /// So many entries are signed out at most.
    pub entries: u8,
    /// So many events follow one another at most; `None` where the budget alone ends it.
    pub depth: Option<usize>,
    /// A server that is no primary any more can still be connected to.
    pub stale_server_answers: bool,
    pub log_length: usize,
    /// The clock of a new primary may also be ahead.
    pub ids_skip: bool,
    /// Processes are not told apart: half as many states. (What is found reads worse.)
    pub processes_are_alike: bool,
    /// It begins with an empty Redis, and processes that were never connected; else all is in step.
    pub cold: bool,
    /// A sign-out that failed is tried again, at any process.
    pub retries: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub servers: [Server; 2],
    pub primary: u8,
    pub processes: [Process; PROCESSES],
    pub nonces: u8,
    pub epochs: u8,
    /// Sign-outs that were begun, and those that were acknowledged.
    pub begun: Entries,
    pub acknowledged: Entries,
    /// Those of them that Redis lost and does not have again.
    pub lost: Entries,
    /// Sign-outs that failed, whose script may still run.
    pub late: Entries,
    /// All entries have ended: no token is alive that they hit.
    pub have_ended: bool,
    /// The other server takes itself for the primary, too.
    pub is_parted: bool,
    pub slot: Slot,
    pub left: Budget,
}

/// How a call of the script ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Answered,
    /// It did all of it, and the connection ended before the answer was there.
    AnswerLost,
    /// It stopped after so many effects.
    HalfWay(u8),
}

/// What the publish script is called with.
pub(crate) struct Sent {
    pub(crate) process: usize,
    pub(crate) server: u8,
    pub(crate) entries: Entries,
    pub(crate) ending: Ending,
}

/// Why there is no answer of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    Failed,
    /// It cannot end like this: it had no effect, or was done before.
    NotLikeThis,
}

impl State {
    pub fn new(system: &System) -> Self {
        Self {
            servers: [Server::new(), Server::new()],
            primary: 0,
            processes: [Process::new(), Process::new()],
            nonces: 0,
            epochs: 0,
            begun: 0,
            acknowledged: 0,
            lost: 0,
            late: 0,
            have_ended: false,
            is_parted: false,
            slot: Slot::Settled,
            left: system.budget,
        }
    }

    pub fn primary(&self) -> &Server {
        &self.servers[usize::from(self.primary)]
    }

    /// What Redis has, wherever the set is.
    pub fn entries_there(&self) -> Entries {
        self.servers[usize::from(self.server_of_set())].entries()
    }

    /// Entries are acknowledged, by an answer since which Redis has lost nothing, or something.
    pub(crate) fn acknowledge(&mut self, entries: Entries, current: bool) {
        if self.have_ended {
            return;
        }
        self.acknowledged |= entries;
        self.notice_losses(if current { 0 } else { entries });
    }

    /// What an event of the guarantee's table took is excused; what vanishes otherwise is not.
    pub(crate) fn notice_losses(&mut self, excused: Entries) {
        let missing = self.acknowledged & !self.entries_there();
        self.lost = missing & (self.lost | excused);
    }

    fn answer(&self, end: End, server: u8) -> Answer {
        let there = match self.is_parted {
            true => self.servers[usize::from(server)].entries(),
            false => self.entries_there(),
        };
        let owed = self.acknowledged & there;
        Answer { end, age: Age::default(), owed, current: server == self.server_of_set() }
    }

    /// Redis has lost something by an event that the guarantee names.
    pub(crate) fn lose(&mut self) {
        self.notice_losses(Entries::MAX);
        let lost = self.lost;
        for process in &mut self.processes {
            process.excuse(lost);
        }
    }
}

impl System {
    /// The publish script, run at a server.
    pub(crate) fn publish(&self, state: &mut State, sent: &Sent) -> Result<Answer, NoAnswer> {
        if !self.serves_script(state, sent.server) {
            return Err(NoAnswer::Failed);
        }
        let entries: Vec<(u8, u8)> = each(sent.entries).map(|entry| (entry, SIGNED_OUT)).collect();
        let call = Publish {
            caller_clock: state.processes[sent.process].clock,
            new_epoch: state.epochs + 1,
            nonce: state.nonces + 1,
            log_length: self.log_length,
            entries: &entries,
            stop_after: if let Ending::HalfWay(effects) = sent.ending { effects } else { u8::MAX },
        };
        let server = &mut state.servers[usize::from(sent.server)];
        let (effects, answer) = server.publish(self.rules, &call);
        if self.rules.nonces {
            state.nonces += effects.lines;
        }
        // The line is written before the set has the name.
        if server.log.last().is_some_and(|line| line.epoch == call.new_epoch) {
            state.epochs = call.new_epoch;
        }
        state.notice_losses(0);
        match (answer, sent.ending) {
            (Ok(end), Ending::Answered) => Ok(state.answer(end, sent.server)),
            (Ok(_), Ending::HalfWay(_)) => Err(NoAnswer::NotLikeThis),
            _ if effects.done == 0 => Err(NoAnswer::NotLikeThis),
            _ => Err(NoAnswer::Failed),
        }
    }
}

pub(crate) fn each(entries: Entries) -> impl Iterator<Item = u8> {
    (0..ENTRIES as u8).filter(move |entry| entries & 1 << entry != 0)
}
