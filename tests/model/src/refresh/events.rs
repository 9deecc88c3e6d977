//! What may happen, and how often.

use super::machine::Step;
use super::{Record, Refresh, State};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A machine does its next step.
    Go(usize),
    /// The tokens of the record are to be replaced again.
    HourPasses,
    /// The provider's answer does not come.
    LoseAnswer(usize),
    /// The store takes a write, and its answer does not come.
    LoseWrite(usize),
    Crash(usize),
    /// The machine that has the lease is stopped for longer than it, or is gone.
    LeaseEnds,
    GraceEnds,
    SignOut,
    /// The store forgets the last write that it has acknowledged.
    StoreLoses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    pub hours: u8,
    pub lost_answers: u8,
    pub lost_writes: u8,
    pub crashes: u8,
    pub stops: u8,
    pub sign_outs: u8,
    pub lost_data: u8,
}

impl Refresh {
    pub(super) fn offer(&self, state: &State, actions: &mut Vec<Action>) {
        let budget = &state.budget;
        for (machine, step) in state.machines.iter().enumerate() {
            if *step != Step::Crashed {
                actions.push(Action::Go(machine));
            }
            let is_asked = matches!(step, Step::Asked { .. });
            if is_asked && budget.lost_answers > 0 {
                actions.push(Action::LoseAnswer(machine));
            }
            if matches!(step, Step::Writing { .. }) && budget.lost_writes > 0 {
                actions.push(Action::LoseWrite(machine));
            }
            if !matches!(step, Step::Idle | Step::Crashed) && budget.crashes > 0 {
                actions.push(Action::Crash(machine));
            }
        }
        if let Some(holder) = state.lease
            && (budget.stops > 0 || state.machines[holder] == Step::Crashed)
        {
            actions.push(Action::LeaseEnds);
        }
        if state.provider.in_grace.is_some() {
            actions.push(Action::GraceEnds);
        }
        for (left, action) in [
            (budget.hours, Action::HourPasses),
            (budget.sign_outs, Action::SignOut),
            (budget.lost_data, Action::StoreLoses),
        ] {
            if left > 0 {
                actions.push(action);
            }
        }
    }

    pub(super) fn apply(&self, state: &mut State, action: Action) {
        match action {
            Action::Go(machine) => self.go(state, machine),
            Action::HourPasses => {
                if let Some(record) = state.record.as_mut().filter(|record| record.is_fresh) {
                    record.is_fresh = false;
                    state.budget.hours -= 1;
                }
            }
            Action::LoseAnswer(machine) => {
                if let Step::Asked { answer, .. } = &mut state.machines[machine] {
                    state.budget.lost_answers -= 1;
                    state.may_be_lost |= answer.is_granted() && !self.has_grace;
                    *answer = super::machine::Answer::Lost;
                }
            }
            Action::LoseWrite(machine) => {
                state.budget.lost_writes -= 1;
                let before = state.machines[machine].clone();
                let lease = state.lease;
                self.go(state, machine);
                // The machine does not know.
                state.machines[machine] = before;
                state.lease = lease;
            }
            Action::Crash(machine) => {
                state.budget.crashes -= 1;
                self.lose_late_answer(state, machine);
                state.machines[machine] = Step::Crashed;
            }
            Action::LeaseEnds => {
                let Some(holder) = state.lease.take() else { return };
                if state.machines[holder] == Step::Crashed {
                    return;
                }
                state.budget.stops -= 1;
                // Between its last look and its sending: the way that is known.
                state.may_be_lost |= matches!(state.machines[holder], Step::Looked { .. });
                self.lose_late_answer(state, holder);
            }
            Action::GraceEnds => {
                state.provider.in_grace = None;
                // A machine that is stopped for longer than the grace time has no answer in time.
                for machine in 0..2 {
                    let is_late = matches!(
                        state.machines[machine],
                        Step::Asked { .. } | Step::Writing { .. } | Step::Looked { .. }
                    );
                    state.may_be_lost |= is_late;
                }
                let lost = |record: Record| record.token != state.provider.newest;
                state.may_be_lost |= state.record.is_some_and(lost);
            }
            Action::SignOut => {
                state.budget.sign_outs -= 1;
                state.is_ended = true;
                state.record = None;
                state.provider.is_revoked = true;
            }
            Action::StoreLoses => {
                state.budget.lost_data -= 1;
                state.may_be_lost = true;
                state.record = None;
            }
        }
    }

    /// What the provider has granted does not come to the store in time: an answer that is lost.
    fn lose_late_answer(&self, state: &mut State, machine: usize) {
        let has_new_token = match &state.machines[machine] {
            Step::Asked { answer, .. } => answer.is_granted(),
            Step::Writing { .. } => true,
            _ => false,
        };
        state.may_be_lost |= has_new_token && !self.has_grace;
    }
}
