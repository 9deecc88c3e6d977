//! What may happen next.

use crate::process::{Call, Follower};
use crate::redis::NOW;
use crate::slot::{Key, Slot};
use crate::system::{Ending, PROCESSES, State, System, each};

/// The effects after which a script may stop: an epoch has two, an entry has two.
const STOPS: [Ending; 3] = [Ending::HalfWay(1), Ending::HalfWay(2), Ending::HalfWay(3)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A user signs out at a process; the script runs, and stops after some effects.
    SignOut {
        process: usize,
        server: u8,
        entry: u8,
        ending: Ending,
    },
    /// A sign-out whose process does not reach a primary.
    SignOutInVain {
        process: usize,
        entry: u8,
    },
    /// Its script runs after all, and nothing hears the answer.
    RunLate {
        entry: u8,
    },
    Acknowledged {
        process: usize,
    },
    /// The answer is lost, or comes too late: the sign-out has failed.
    NotAcknowledged {
        process: usize,
    },
    /// The follower connects to a primary (elsewhere it fails at once) and calls the script.
    Connect {
        process: usize,
        server: u8,
        ending: Ending,
    },
    Scan {
        process: usize,
    },
    WriteBack {
        process: usize,
        ending: Ending,
    },
    Read {
        process: usize,
    },
    Check {
        process: usize,
        ending: Ending,
    },
    CutConnection {
        process: usize,
    },
    Replicate,
    /// To a server whose clock is behind, so that it gives the ids again that were lost; or to one
    /// that skips some.
    FailOver {
        same_ids: bool,
    },
    /// The replica takes over, and the old primary does not know.
    Part,
    /// It is told.
    Meet,
    Lose {
        set: bool,
        log: bool,
    },
    Remove {
        entry: u8,
    },
    /// With it, both keys may have come to the end of their time to live.
    RedisClockAhead {
        keys_expire: bool,
    },
    RedisClockRight,
    EntriesEnd {
        behind: usize,
    },
    WallClockAhead {
        process: usize,
    },
    WallClockSetBack {
        process: usize,
    },
    Tick,
    Sleep {
        process: usize,
    },
    Wake {
        process: usize,
    },
    RuntimeEnds {
        process: usize,
    },
    /// A call from within a runtime.
    RuntimeStarts {
        process: usize,
    },
    MoveBegins,
    MoveKey {
        key: Key,
    },
    MoveEnds,
    /// The server that the slot moves from fails over, and all keys are at its replica as before.
    MoveBreaksOff,
}

impl System {
    pub(crate) fn offer(&self, state: &State, actions: &mut Vec<Action>) {
        for process in 0..PROCESSES {
            if state.processes[process].awake {
                self.offer_steps(state, process, actions);
                self.offer_sign_outs(state, process, actions);
            }
            let (at, left) = (&state.processes[process], &state.left);
            let is_ahead = at.clock != NOW && !state.have_ended;
            for (possible, action) in [
                (left.wall_jumps > 0, Action::WallClockAhead { process }),
                (left.wall_jumps > 0 || is_ahead, Action::WallClockSetBack { process }),
                (left.sleeps > 0 && at.awake, Action::Sleep { process }),
                (!at.awake, Action::Wake { process }),
                (left.runtime_ends > 0 && at.has_runtime, Action::RuntimeEnds { process }),
                (!at.has_runtime, Action::RuntimeStarts { process }),
            ] {
                actions.extend(Some(action).filter(|_| possible));
            }
        }
        self.offer_events(state, actions);
    }

    fn offer_events(&self, state: &State, actions: &mut Vec<Action>) {
        let (left, parted) = (&state.left, state.is_parted);
        let is_moving = matches!(state.slot, Slot::Moving { .. });
        let fails_over = left.fail_overs + left.partitions > 0;
        for (possible, action) in [
            (!parted && (fails_over || self.stale_server_answers), Action::Replicate),
            (left.partitions > 0, Action::Part),
            (parted, Action::Meet),
            (left.fail_overs > 0, Action::FailOver { same_ids: true }),
            (left.fail_overs > 0 && self.ids_skip, Action::FailOver { same_ids: false }),
            (left.losses > 0, Action::Lose { set: true, log: true }),
            (left.losses > 0, Action::Lose { set: true, log: false }),
            (left.losses > 0, Action::Lose { set: false, log: true }),
            (left.redis_jumps > 0, Action::RedisClockAhead { keys_expire: false }),
            (left.redis_jumps > 0, Action::RedisClockAhead { keys_expire: true }),
            (!state.have_ended && state.primary().clock != NOW, Action::RedisClockRight),
            (left.endings > 0, Action::EntriesEnd { behind: 0 }),
            (left.endings > 0, Action::EntriesEnd { behind: 1 }),
            (left.ticks > 0, Action::Tick),
            (left.moves > 0 && !is_moving, Action::MoveBegins),
            (is_moving, Action::MoveKey { key: Key::Set }),
            (is_moving, Action::MoveKey { key: Key::Log }),
            (is_moving, Action::MoveEnds),
            (is_moving && left.broken_moves > 0, Action::MoveBreaksOff),
        ] {
            actions.extend(Some(action).filter(|_| possible));
        }
        let late = each(state.late).map(|entry| Action::RunLate { entry });
        actions.extend(late);
        if left.removals > 0 {
            actions.extend((0..self.entries).map(|entry| Action::Remove { entry }));
        }
    }

    fn offer_sign_outs(&self, state: &State, process: usize, actions: &mut Vec<Action>) {
        if let Some(Call { .. }) = state.processes[process].call {
            actions.push(Action::Acknowledged { process });
            if state.left.cuts > 0 {
                actions.push(Action::NotAcknowledged { process });
            }
            return;
        }
        // Entries are alike, so they are begun in their order. What failed may be tried again.
        let first_new = state.begun.trailing_ones() as u8;
        for entry in 0..self.entries.min(first_new + 1) {
            if state.acknowledged & 1 << entry != 0 || (entry != first_new && !self.retries) {
                continue;
            }
            for server in self.reached_by_calls(state) {
                let ending = Ending::Answered;
                actions.push(Action::SignOut { process, server, entry, ending });
            }
            let server = state.primary;
            // Also where the keys are on their way: no server has executed it then.
            if entry == first_new && (state.left.cuts > 0 || !self.serves_script(state, server)) {
                actions.push(Action::SignOutInVain { process, entry });
            }
            self.each_stop(state, |ending| {
                actions.push(Action::SignOut { process, server, entry, ending });
            });
        }
    }

    fn offer_steps(&self, state: &State, process: usize, actions: &mut Vec<Action>) {
        if !state.processes[process].has_runtime {
            return;
        }
        match state.processes[process].follower {
            Follower::Away => {
                for server in self.reached_by_followers(state) {
                    let ending = Ending::Answered;
                    actions.push(Action::Connect { process, server, ending });
                }
                let server = state.primary;
                self.each_stop(state, |ending| {
                    actions.push(Action::Connect { process, server, ending });
                });
                return;
            }
            Follower::Filling { .. } => actions.push(Action::Scan { process }),
            Follower::WritingBack { .. } => {
                actions.push(Action::WriteBack { process, ending: Ending::Answered });
                self.each_stop(state, |ending| {
                    actions.push(Action::WriteBack { process, ending });
                });
            }
            Follower::Following { target, .. } => {
                actions.push(Action::Read { process });
                if target.is_none() {
                    actions.push(Action::Check { process, ending: Ending::Answered });
                    self.each_stop(state, |ending| {
                        actions.push(Action::Check { process, ending });
                    });
                }
            }
        }
        if state.left.cuts > 0 {
            actions.push(Action::CutConnection { process });
        }
    }

    fn each_stop(&self, state: &State, mut push: impl FnMut(Ending)) {
        if state.left.cuts > 0 {
            push(Ending::AnswerLost);
        }
        let stops = if state.left.half_scripts > 0 { &STOPS[..] } else { &[] };
        stops.iter().copied().for_each(push);
    }
}
