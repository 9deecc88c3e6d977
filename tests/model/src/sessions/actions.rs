//! What may happen next.

use super::provider::{Answer, Known, Manner, Rotation};
use super::system::{Flight, Leaving, State, System};

/// How a call of the store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It did nothing.
    NotDone,
    /// It was done, and the answer was lost.
    Unheard,
    /// It is done later, if at all.
    Late,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A request finds that it is time, or asks for new tokens.
    Begin {
        machine: usize,
        forced: bool,
    },
    /// A refresh goes one step on.
    Step {
        machine: usize,
    },
    /// Its call of the store fails.
    StoreFails {
        machine: usize,
        fault: Fault,
    },
    /// Tokens that were not written are tried again.
    WriteAgain {
        machine: usize,
    },
    /// In vain.
    WriteAgainFails {
        machine: usize,
        fault: Fault,
    },
    LateWrite,
    /// The provider takes the request, and answers.
    Answer {
        machine: usize,
        manner: Manner,
    },
    /// The request, or the answer, is lost: none comes.
    LoseAnswer {
        machine: usize,
    },
    /// A request whose sender waits no more is taken all the same.
    LateRequest {
        token: u8,
    },
    GraceEnds {
        token: u8,
    },
    Crash {
        machine: usize,
    },
    /// The owner of the lease is stopped for longer than it.
    Stop {
        machine: usize,
    },
    CutRenewal {
        machine: usize,
    },
    /// Its owner is gone.
    LeaseEnds,
    /// The store loses the last write that it has acknowledged, and the lease too or not.
    LoseWrite {
        lease: bool,
    },
    LoseLease,
    WriteOther,
    Age,
    SignOut {
        machine: u8,
    },
    SignOutEverywhere {
        machine: u8,
    },
    /// It goes one step on.
    Leave,
    ProviderEnds,
}

impl System {
    pub(super) fn offer(&self, state: &State, actions: &mut Vec<Action>) {
        for machine in 0..self.machines {
            self.offer_steps(state, machine, actions);
        }
        let (left, store) = (&state.left, &state.store);
        let lapses = store.lease.is_some_and(|owner| !state.is_renewed(owner));
        let opens = store.opened().is_some();
        let may_end = state.is_wanted() && opens;
        for (possible, action) in [
            (lapses, Action::LeaseEnds),
            (store.late.is_some(), Action::LateWrite),
            (left.ages > 0 && opens, Action::Age),
            (left.other_writes > 0 && opens, Action::WriteOther),
            (left.lost_writes > 0 && store.before.is_some(), Action::LoseWrite { lease: true }),
            (left.lost_writes > 0 && store.before.is_some(), Action::LoseWrite { lease: false }),
            (left.lost_writes > 0 && store.lease.is_some(), Action::LoseLease),
            (!matches!(state.leaving, Leaving::No | Leaving::Done), Action::Leave),
            (left.provider_ends > 0 && may_end, Action::ProviderEnds),
        ] {
            actions.extend(Some(action).filter(|_| possible));
        }
        for machine in (0..self.machines as u8).filter(|_| may_end) {
            actions.extend(Some(Action::SignOut { machine }).filter(|_| left.sign_outs > 0));
            actions.extend(
                Some(Action::SignOutEverywhere { machine }).filter(|_| left.everywhere > 0),
            );
        }
        for (token, known) in (0..).zip(state.provider.tokens) {
            let late = state.provider.late & 1 << token != 0;
            actions.extend(Some(Action::LateRequest { token }).filter(|_| late));
            let ends =
                known == Known::InGrace && left.graces > 0 && self.rotation == Rotation::Grace;
            actions.extend(Some(Action::GraceEnds { token }).filter(|_| ends));
        }
    }

    fn offer_steps(&self, state: &State, machine: usize, actions: &mut Vec<Action>) {
        let (at, left) = (&state.machines[machine], &state.left);
        let opened = state.opened(machine);
        let idle = at.flight == Flight::None;
        let is_time = opened.is_some_and(|loaded| !loaded.tokens.fresh);
        let lent = at.leases().any(|lease| Some(lease.owner) == state.store.lease);
        let sends = matches!(at.flight, Flight::Send { .. });
        for (possible, action) in [
            (idle && is_time && left.refreshes > 0, Action::Begin { machine, forced: false }),
            (idle && opened.is_some() && left.forced > 0, Action::Begin { machine, forced: true }),
            (at.unwritten.is_some(), Action::WriteAgain { machine }),
            (left.crashes > 0 && *at != Default::default(), Action::Crash { machine }),
            (left.stops > 0 && lent, Action::Stop { machine }),
            // Between its last look and its sending there is no time for that.
            (left.renewal_cuts > 0 && lent && !sends, Action::CutRenewal { machine }),
        ] {
            actions.extend(Some(action).filter(|_| possible));
        }
        if let Flight::Called { answer: None, .. } = at.flight {
            for (possible, manner) in [
                (true, Manner::Well),
                (left.errors > 0, Manner::NotDone),
                (left.useless > 0, Manner::Useless),
            ] {
                actions.extend(Some(Action::Answer { machine, manner }).filter(|_| possible));
            }
        } else if !idle {
            actions.push(Action::Step { machine });
        }
        let loses =
            matches!(at.flight, Flight::Called { answer: None | Some(Answer::Granted { .. }), .. });
        if left.lost_answers > 0 && loses {
            actions.push(Action::LoseAnswer { machine });
        }
        if left.store_faults > 0 {
            self.offer_faults(state, machine, actions);
        }
    }

    fn offer_faults(&self, state: &State, machine: usize, actions: &mut Vec<Action>) {
        let at = &state.machines[machine];
        let faults: &[Fault] = match at.flight {
            Flight::Lend { .. } => &[Fault::NotDone, Fault::Unheard],
            Flight::Write { pending, .. } if !pending.changed => {
                &[Fault::NotDone, Fault::Unheard, Fault::Late]
            }
            Flight::End { .. } => &[Fault::NotDone, Fault::Unheard, Fault::Late],
            Flight::Load { .. }
            | Flight::Write { .. }
            | Flight::Refused { .. }
            | Flight::GiveBack { .. } => &[Fault::NotDone],
            _ => &[],
        };
        let is_free = |fault: Fault| fault != Fault::Late || state.store.late.is_none();
        for fault in faults.iter().copied().filter(|fault| is_free(*fault)) {
            actions.push(Action::StoreFails { machine, fault });
        }
        if let Some((pending, _)) = at.unwritten {
            let faults: &[Fault] = if pending.changed {
                &[Fault::NotDone]
            } else {
                &[Fault::NotDone, Fault::Unheard, Fault::Late]
            };
            for fault in faults.iter().copied().filter(|fault| is_free(*fault)) {
                actions.push(Action::WriteAgainFails { machine, fault });
            }
        }
    }
}
