//! What comes of an action.

use crate::actions::Action;
use crate::process::{Call, MAX_LAG, Waiting, Why};
use crate::redis::{AHEAD, NOW};
use crate::system::{Ending, NoAnswer, Sent, State, System};

fn spend(left: &mut u8) -> Option<()> {
    *left = left.checked_sub(1)?;
    Some(())
}

impl System {
    pub(crate) fn after(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        self.apply(&mut state, action)?;
        state.rename();
        if self.processes_are_alike {
            state.processes.sort();
        }
        Some(state)
    }

    pub(crate) fn apply(&self, state: &mut State, action: Action) -> Option<()> {
        use Action::*;
        match action {
            SignOut { ending, .. }
            | Connect { ending, .. }
            | WriteBack { ending, .. }
            | Check { ending, .. } => match ending {
                Ending::Answered => {}
                Ending::AnswerLost => spend(&mut state.left.cuts)?,
                Ending::HalfWay(_) => spend(&mut state.left.half_scripts)?,
            },
            SignOutInVain { .. } if !self.serves_script(state, state.primary) => {}
            SignOutInVain { .. } | NotAcknowledged { .. } | CutConnection { .. } => {
                spend(&mut state.left.cuts)?;
            }
            _ => {}
        }
        match action {
            SignOut { process, server, entry, ending } => {
                self.begin_sign_out(state, process, entry);
                let sent = Sent { process, server, entries: 1 << entry, ending };
                match self.publish(state, &sent) {
                    Ok(answer) => state.processes[process].call = Some(Call { entry, answer }),
                    Err(NoAnswer::NotLikeThis) => return None,
                    Err(_) => {}
                }
            }
            SignOutInVain { process, entry } => {
                self.begin_sign_out(state, process, entry);
                if self.serves_script(state, state.primary) {
                    state.late |= 1 << entry;
                }
            }
            RunLate { entry } => {
                state.late &= !(1 << entry);
                let (server, ending) = (state.primary, Ending::AnswerLost);
                let sent = Sent { process: 0, server, entries: 1 << entry, ending };
                let _ = self.publish(state, &sent);
            }
            Acknowledged { process } => {
                let Call { entry, answer } = state.processes[process].call.take()?;
                state.processes[process].acknowledged(1 << entry, answer.end.last);
                state.acknowledge(1 << entry, answer.current);
            }
            NotAcknowledged { process } => {
                state.processes[process].call.take()?;
            }
            Connect { process, server, ending } => {
                self.ask(state, process, server, Why::NewConnection, ending)?;
            }
            Scan { process } => self.scan(state, process)?,
            WriteBack { process, ending } => {
                let server = state.processes[process].server()?;
                self.ask(state, process, server, Why::Filled, ending)?;
            }
            Read { process } => self.read(state, process)?,
            Check { process, ending } => {
                let server = state.processes[process].server()?;
                self.ask(state, process, server, Why::Check, ending)?;
            }
            CutConnection { process } => state.processes[process].fall_behind(),
            _ => return self.happen(state, action),
        }
        Some(())
    }

    fn begin_sign_out(&self, state: &mut State, process: usize, entry: u8) {
        state.begun |= 1 << entry;
        state.processes[process].copy |= 1 << entry;
        state.processes[process].unconfirmed[usize::from(entry)] = Waiting::ForAcknowledgement;
    }

    /// What no part of the protocol does.
    fn happen(&self, state: &mut State, action: Action) -> Option<()> {
        use Action::*;
        let primary = usize::from(state.primary);
        match action {
            Replicate if state.is_parted || self.budget.moves > 0 => return None,
            Replicate => state.servers[1 - primary] = state.servers[primary].clone(),
            FailOver { same_ids } => {
                spend(&mut state.left.fail_overs)?;
                state.primary = 1 - state.primary;
                let lines = state.servers.iter().flat_map(|server| &server.log);
                let most = lines.map(|line| line.place.id).max().unwrap_or(0);
                let least_id = if same_ids { 0 } else { most + 1 };
                state.servers[usize::from(state.primary)].least_id = least_id;
                state.lose();
                if !self.stale_server_answers {
                    for process in &mut state.processes {
                        process.fall_behind();
                    }
                }
            }
            Part => {
                spend(&mut state.left.partitions)?;
                state.is_parted = true;
                state.primary = 1 - state.primary;
                state.lose();
            }
            Meet => state.is_parted = false,
            Lose { set, log } => {
                spend(&mut state.left.losses)?;
                let server = &mut state.servers[primary];
                server.lose(set, log);
                state.lose();
            }
            Remove { entry } => {
                spend(&mut state.left.removals)?;
                let there = &mut state.servers[primary].set[usize::from(entry)];
                if std::mem::take(there) == 0 {
                    return None;
                }
                state.lose();
            }
            RedisClockAhead { keys_expire } => {
                spend(&mut state.left.redis_jumps)?;
                let server = &mut state.servers[primary];
                server.clock = AHEAD;
                if keys_expire {
                    server.lose(true, true);
                    state.lose();
                }
            }
            RedisClockRight if state.have_ended => return None,
            RedisClockRight => state.servers.iter_mut().for_each(|server| server.clock = NOW),
            EntriesEnd { behind } => {
                spend(&mut state.left.endings)?;
                state.have_ended = true;
                (state.acknowledged, state.lost, state.late) = (0, 0, 0);
                state.begun = (1 << self.entries) - 1;
                state.servers.iter_mut().for_each(|server| server.clock = AHEAD);
                for (number, process) in state.processes.iter_mut().enumerate() {
                    process.excuse(u8::MAX);
                    process.call = None;
                    if number != behind {
                        process.clock = AHEAD;
                    }
                }
            }
            WallClockAhead { process } => {
                spend(&mut state.left.wall_jumps)?;
                state.processes[process].clock = AHEAD;
                state.processes[process].each_age(|age| age.wall_jumps(MAX_LAG as i8));
            }
            WallClockSetBack { process } => {
                let set_back = &mut state.processes[process];
                if set_back.clock == NOW {
                    spend(&mut state.left.wall_jumps)?;
                }
                set_back.clock = NOW;
                set_back.each_age(|age| age.wall_jumps(-(MAX_LAG as i8)));
            }
            Tick => {
                spend(&mut state.left.ticks)?;
                for process in &mut state.processes {
                    let awake = process.awake;
                    process.each_age(|age| age.tick(awake));
                }
            }
            Sleep { process } => {
                spend(&mut state.left.sleeps)?;
                state.processes[process].awake = false;
            }
            Wake { process } => {
                let process = &mut state.processes[process];
                if std::mem::replace(&mut process.awake, true) {
                    return None;
                }
            }
            RuntimeEnds { process } => {
                let process = &mut state.processes[process];
                if !std::mem::replace(&mut process.has_runtime, false) {
                    return None;
                }
                spend(&mut state.left.runtime_ends)?;
                let belief = process.belief;
                process.fall_behind();
                if !self.rules.end_is_noticed {
                    process.belief = belief;
                }
            }
            RuntimeStarts { process } => {
                let process = &mut state.processes[process];
                if !self.rules.follower_restarts
                    || std::mem::replace(&mut process.has_runtime, true)
                {
                    return None;
                }
            }
            MoveBegins => {
                spend(&mut state.left.moves)?;
                state.begin_move()?;
            }
            MoveKey { key } => state.move_key(key)?,
            MoveEnds => state.end_move()?,
            MoveBreaksOff => {
                spend(&mut state.left.broken_moves)?;
                state.break_off()?;
            }
            _ => return None,
        }
        Some(())
    }
}
