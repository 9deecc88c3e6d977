//! What has to hold in every state.

use crate::actions::Action;
use crate::decide;
use crate::process::{Belief, Follower, MAX_LAG, Process, Waiting};
use crate::redis::Entries;
use crate::slot::{Key, Slot};
use crate::system::{PROCESSES, State, System, each};

/// A copy that is believed has what was acknowledged by the moment that it is complete as of.
pub fn believed_is_complete(system: &System, state: &State) -> bool {
    state.processes.iter().all(|process| {
        believed(system, process).is_none_or(|belief| belief.owed & !process.copy == 0)
    })
}

/// A copy is believed no longer than `max_lag`. (A wall clock that is set back hides a sleep.)
pub fn believed_in_time(system: &System, state: &State) -> bool {
    state.processes.iter().all(|process| {
        let Some(Belief { age, .. }) = believed(system, process) else { return true };
        !process.awake || age.truly < MAX_LAG || (age.slept && age.set_back)
    })
}

/// A copy that no follower keeps in step is not believed.
pub fn believed_is_followed(system: &System, state: &State) -> bool {
    let mut processes = state.processes.iter();
    processes.all(|process| process.has_runtime || believed(system, process).is_none())
}

/// A process that asks, whichever server it is connected to, does not learn that an entry is not there which was
/// acknowledged and which the primary has.
pub fn answers_are_true(system: &System, state: &State) -> bool {
    (0..PROCESSES).all(|process| {
        let asking = &state.processes[process];
        [0, 1].into_iter().all(|at| {
            let is_primary = at == usize::from(state.primary);
            // While there are two primaries, the other one's answers are excused.
            let stale = system.stale_server_answers && !state.is_parted;
            // While the slot moves, the other server is asked what the primary has not.
            let sent_on = matches!(state.slot, Slot::Moving { set_is_there: true, .. });
            let reached = if sent_on { !is_primary } else { is_primary || stale };
            if !reached || !decide::question_counts(system.rules, is_primary || sent_on) {
                return true;
            }
            let there = state.acknowledged & !state.lost & !asking.copy;
            let asked: Vec<u8> = each(there).collect();
            let answer = state.servers[at].question(asking.epoch, &asked);
            answer.is_none_or(|moments| moments.iter().all(|moment| *moment > 0))
        })
    })
}

/// What was acknowledged is in Redis; unless an event of the guarantee's table took it, and no
/// process that knows it has found its copy complete since.
pub fn acknowledged_is_kept(system: &System, state: &State) -> bool {
    let missing = state.acknowledged & !state.entries_there();
    let known: Entries = state
        .processes
        .iter()
        .filter_map(|process| {
            let belief = believed(system, process)?;
            // What Redis lacks is written back at once, which takes its time.
            let writes =
                matches!(process.follower, Follower::Filling { .. } | Follower::WritingBack { .. });
            (belief.current && !writes).then_some(belief.had)
        })
        .fold(0, |known, copy| known | copy);
    missing & (known | !state.lost) == 0
}

/// Nothing is in a copy or in Redis that was not signed out.
pub fn nothing_else_is_refused(_: &System, state: &State) -> bool {
    let copies = state.processes.iter().map(|process| process.copy);
    copies
        .chain(state.servers.iter().map(|server| server.entries()))
        .all(|there| there & !state.begun == 0)
}

/// When nothing goes wrong any more, every process is in step, none has more than another, and Redis
/// has all that any of them remembers.
pub fn heals(system: &System, state: &State) -> bool {
    let at_rest = |process: &Process| {
        process.call.is_none()
            && matches!(process.follower, Follower::Away | Follower::Following { .. })
    };
    if !state.processes.iter().all(at_rest) {
        return true;
    }
    let healed = heal(system, state);
    if state.have_ended {
        // Whichever clock is behind: it is followed, and nothing is written to and fro.
        let later = heal(system, &healed);
        let follows = |process: &Process| matches!(process.follower, Follower::Following { .. });
        return later.primary().log == healed.primary().log
            && later.processes.iter().all(follows)
            && later.processes.iter().all(|process| believed(system, process).is_some());
    }
    let remembered = state.processes.iter().fold(0, |all, process| all | process.copy);
    healed.primary().entries() == remembered
        && healed.processes.iter().all(|process| {
            process.copy == remembered
                && process.has_runtime
                && believed(system, process).is_some()
                && process.waiting(|waiting| waiting != Waiting::Not) == 0
        })
}

/// So many heartbeats it takes at most until all is well again.
const HEARTBEATS: usize = 3;

pub(crate) fn heal(system: &System, state: &State) -> State {
    let mut state = state.clone();
    let run = |state: &mut State, action| {
        let _ = system.apply(state, action);
    };
    // What is spent in healing is not missed.
    state.left.cuts = u8::MAX;
    state.left.wall_jumps = u8::MAX;
    run(&mut state, Action::RedisClockRight);
    run(&mut state, Action::Meet);
    run(&mut state, Action::Replicate);
    for key in [Key::Set, Key::Log] {
        run(&mut state, Action::MoveKey { key });
    }
    run(&mut state, Action::MoveEnds);
    for process in 0..PROCESSES {
        run(&mut state, Action::Wake { process });
        run(&mut state, Action::RuntimeStarts { process });
        if state.processes[process].clock != crate::redis::NOW && !state.have_ended {
            run(&mut state, Action::WallClockSetBack { process });
        }
    }
    for _ in 0..HEARTBEATS {
        for process in 0..PROCESSES {
            let mut checked = false;
            for _ in 0..16 {
                if !state.processes[process].has_runtime {
                    break;
                }
                let (server, ending) = (state.primary, crate::system::Ending::Answered);
                let action = match state.processes[process].follower {
                    Follower::Away => Action::Connect { process, server, ending },
                    Follower::Filling { .. } => Action::Scan { process },
                    Follower::WritingBack { .. } => Action::WriteBack { process, ending },
                    Follower::Following { target: Some(_), .. } => Action::Read { process },
                    Follower::Following { .. } if checked => break,
                    Follower::Following { .. } => {
                        run(&mut state, Action::Read { process });
                        checked = true;
                        Action::Check { process, ending }
                    }
                };
                run(&mut state, action);
            }
            run(&mut state, Action::Read { process });
        }
    }
    state
}

fn believed(system: &System, process: &Process) -> Option<Belief> {
    process.belief.filter(|belief| decide::is_believed(system.rules, belief.age))
}
