//! What comes of an action.

use super::actions::Action;
use super::protocol::Outcome;
use super::provider::{ANSWER_LATE, ANSWER_LOST, Answer, Known, Manner, SENT_LATE, STORE_LOST};
use super::store::Token;
use super::system::{Budget, Flight, Leaving, Machine, State, System};

fn spend(left: &mut u8) -> Option<()> {
    *left = left.checked_sub(1)?;
    Some(())
}

impl System {
    pub(super) fn after(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        spend_for(&mut state.left, action)?;
        self.apply(&mut state, action)?;
        if state.left.lost_writes == 0 {
            state.store.before = None;
        }
        if !matches!(state.leaving, Leaving::Remove { .. } | Leaving::EndAll { .. }) {
            state.machines[..self.machines].sort_unstable();
        }
        Some(state)
    }

    pub(super) fn apply(&self, state: &mut State, action: Action) -> Option<()> {
        match action {
            Action::Begin { machine, .. } => self.begin(state, machine)?,
            Action::Step { machine } => self.step(state, machine)?,
            Action::StoreFails { machine, fault } => self.store_fails(state, machine, fault)?,
            Action::WriteAgain { machine } => self.write_again(state, machine)?,
            Action::WriteAgainFails { machine, fault } => {
                self.write_again_fails(state, machine, fault)?;
            }
            Action::LateWrite => self.late_write(state)?,
            Action::Answer { machine, manner } => {
                let Flight::Called { loaded, answer, .. } = &mut state.machines[machine].flight
                else {
                    return None;
                };
                if answer.is_some() {
                    return None;
                }
                let kind = (self.rotation, self.reuse_ends);
                *answer = Some(state.provider.refresh(kind, loaded.tokens.refresh, manner)?);
            }
            Action::LoseAnswer { machine } => self.lose_answer(state, machine)?,
            Action::LateRequest { token } => {
                state.provider.late &= !(1 << token);
                let kind = (self.rotation, self.reuse_ends);
                if let Answer::Granted { token: new, .. } =
                    state.provider.refresh(kind, token, Manner::Well)?
                    && new != token
                {
                    state.provider.unheard |= 1 << new;
                }
            }
            Action::GraceEnds { token } => {
                state.provider.tokens[usize::from(token)] = Known::Spent;
            }
            Action::Crash { machine } => self.crash(state, machine),
            Action::Stop { machine } | Action::CutRenewal { machine } => {
                self.lease_runs_out(state, machine)?;
            }
            Action::LeaseEnds => state.store.lease = None,
            Action::LoseWrite { lease } => {
                let before = state.store.before.take()?;
                state.store.record = Some(before);
                if lease {
                    state.store.lease.take()?;
                }
                self.blame_store(state);
            }
            Action::LoseLease => {
                state.store.lease.take()?;
                self.blame_store(state);
            }
            Action::WriteOther => {
                let (_, tokens) = state.store.opened()?;
                state.store.write(self.rules, tokens);
            }
            Action::Age => self.age(state)?,
            Action::SignOut { machine } => state.leaving = Leaving::Remove { machine },
            Action::SignOutEverywhere { machine } => state.leaving = Leaving::EndAll { machine },
            Action::Leave => self.leave(state)?,
            Action::ProviderEnds => {
                state.provider.ended.get_or_insert(0);
                state.ended_at_provider = true;
            }
        }
        Some(())
    }

    fn lose_answer(&self, state: &mut State, machine: usize) -> Option<()> {
        let Flight::Called { loaded, lease, sent, answer } = state.machines[machine].flight else {
            return None;
        };
        let token = loaded.tokens.refresh;
        match answer {
            None => state.provider.late |= 1 << token,
            Some(Answer::Granted { token: new, .. }) if new != token => {
                state.provider.unheard |= 1 << new;
            }
            Some(_) => {}
        }
        state.provider.blame(token, ANSWER_LOST);
        let unknown = (Outcome::Unknown, Answer::NotDone);
        state.machines[machine].flight = self.called(loaded, lease, sent, unknown);
        Some(())
    }

    fn crash(&self, state: &mut State, machine: usize) {
        let Machine { flight, unwritten } = std::mem::take(&mut state.machines[machine]);
        let provider = &mut state.provider;
        let mut lose = |token: Token, from: Token| {
            if token != from {
                provider.unheard |= 1 << token;
            }
            provider.blame(from, ANSWER_LOST);
        };
        if let Some((pending, _)) = unwritten {
            lose(pending.tokens.refresh, pending.from.refresh);
        }
        match flight {
            Flight::Write { pending, .. } => lose(pending.tokens.refresh, pending.from.refresh),
            Flight::Called { loaded, answer, .. } => {
                let token = loaded.tokens.refresh;
                match answer {
                    Some(Answer::Granted { token: new, .. }) => lose(new, token),
                    Some(_) => {}
                    None => {
                        provider.late |= 1 << token;
                        provider.blame(token, ANSWER_LOST);
                    }
                }
            }
            _ => {}
        }
    }

    /// The lease ends in the store, and its owner goes on.
    fn lease_runs_out(&self, state: &mut State, machine: usize) -> Option<()> {
        let owner = state.store.lease.take()?;
        let at = &mut state.machines[machine];
        if let Flight::Send { loaded, lease, .. } = at.flight
            && lease.owner == owner
        {
            state.provider.blame(loaded.tokens.refresh, SENT_LATE);
        }
        if let Some(token) = at.unanswered(owner) {
            state.provider.blame(token, ANSWER_LATE);
        }
        at.lease_ends(owner);
        Some(())
    }

    fn blame_store(&self, state: &mut State) {
        state.store_lost = true;
        let in_flight = state.machines.iter().filter_map(|machine| match machine.flight {
            Flight::Check { loaded, .. }
            | Flight::Send { loaded, .. }
            | Flight::Called { loaded, .. } => Some(loaded.tokens.refresh),
            Flight::Write { pending, .. } => Some(pending.from.refresh),
            _ => None,
        });
        let there = state.store.opened().map(|(_, tokens)| tokens.refresh);
        for token in in_flight.chain(there) {
            state.provider.blame(token, STORE_LOST);
        }
    }

    fn age(&self, state: &mut State) -> Option<()> {
        let tokens = &mut state.store.record.as_mut()?.tokens;
        let was_fresh = std::mem::replace(&mut tokens.fresh, false);
        let mut changed = was_fresh;
        for machine in &mut state.machines {
            if let Flight::Write { pending, .. } = &mut machine.flight {
                changed |= std::mem::replace(&mut pending.tokens.fresh, false);
            }
            if let Some((pending, _)) = &mut machine.unwritten {
                changed |= std::mem::replace(&mut pending.tokens.fresh, false);
            }
        }
        changed.then_some(())
    }

    fn leave(&self, state: &mut State) -> Option<()> {
        state.leaving = match state.leaving {
            Leaving::No | Leaving::Done => return None,
            Leaving::EndAll { machine } => {
                state.provider.ended.get_or_insert(0);
                Leaving::Remove { machine }
            }
            Leaving::Remove { machine } => {
                let opened = state.opened(usize::from(machine));
                state.store.remove();
                opened.map_or(Leaving::Done, |loaded| Leaving::Revoke(loaded.tokens.refresh))
            }
            Leaving::Revoke(token) => {
                state.provider.revoke(self.revocation_ends, token);
                Leaving::Done
            }
        };
        Some(())
    }
}

fn spend_for(left: &mut Budget, action: Action) -> Option<()> {
    match action {
        Action::Begin { forced: false, .. } => spend(&mut left.refreshes),
        Action::Begin { forced: true, .. } => spend(&mut left.forced),
        Action::Age => spend(&mut left.ages),
        Action::LoseAnswer { .. } => spend(&mut left.lost_answers),
        Action::Answer { manner: Manner::NotDone, .. } => spend(&mut left.errors),
        Action::Answer { manner: Manner::Useless, .. } => spend(&mut left.useless),
        Action::GraceEnds { .. } => spend(&mut left.graces),
        Action::Crash { .. } => spend(&mut left.crashes),
        Action::Stop { .. } => spend(&mut left.stops),
        Action::CutRenewal { .. } => spend(&mut left.renewal_cuts),
        Action::StoreFails { .. } | Action::WriteAgainFails { .. } => spend(&mut left.store_faults),
        Action::LoseWrite { .. } | Action::LoseLease => spend(&mut left.lost_writes),
        Action::WriteOther => spend(&mut left.other_writes),
        Action::SignOut { .. } => spend(&mut left.sign_outs),
        Action::SignOutEverywhere { .. } => spend(&mut left.everywhere),
        Action::ProviderEnds => spend(&mut left.provider_ends),
        _ => Some(()),
    }
}
