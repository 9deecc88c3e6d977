//! What has to hold in every state.

use super::actions::Action;
use super::provider::{Known, Manner};
use super::system::{Flight, Leaving, State, System};

/// No session is lost; unless by what is excused.
pub fn kept(system: &System, state: &State) -> bool {
    state.lost.is_none_or(|causes| causes & system.excused != 0)
}

/// No session comes back that its user has ended.
pub fn stays_ended(_: &System, state: &State) -> bool {
    let is_over = matches!(state.leaving, Leaving::Revoke(_) | Leaving::Done);
    !is_over || state.store.opened().is_none()
}

/// The provider sees no refresh token twice outside its grace; unless something went wrong with it.
pub fn sent_once(_: &System, state: &State) -> bool {
    !state.provider.used_twice
}

/// When nothing goes wrong any more, every refresh comes to its end, and so does the next one: with new
/// tokens, or with a session that was ended.
pub fn finishes(system: &System, state: &State) -> bool {
    let Some(healed) = heal(system, state) else { return false };
    if healed.leaving == Leaving::Done || healed.ended_at_provider || healed.lost.is_some() {
        return kept(system, &healed) && healed.store.opened().is_none();
    }
    healed.leaving == Leaving::No
        && healed.store.opened().is_some_and(|(version, tokens)| {
            tokens.fresh
                && state.store.record.is_none_or(|before| version > before.version)
                && healed.provider.is_good(tokens.refresh)
        })
}

/// When its user has ended a session, every refresh token of it is revoked that any machine has had.
pub fn late_tokens_are_revoked(system: &System, state: &State) -> bool {
    if state.leaving != Leaving::Done || state.provider.ended.is_some() {
        return true;
    }
    let Some(healed) = heal(system, state) else { return false };
    (0..).zip(healed.provider.tokens).all(|(token, known)| {
        let not_needed = healed.provider.revoked | healed.provider.unheard;
        known != Known::Good || not_needed & 1 << token != 0 || healed.provider.ended.is_some()
    })
}

/// Everything that was begun is ended, without a further fault, and then there is one more refresh.
/// `None`: it does not come to an end.
fn heal(system: &System, state: &State) -> Option<State> {
    let mut state = state.clone();
    settle(system, &mut state)?;
    if system.apply(&mut state, Action::Begin { machine: 0, forced: true }).is_some() {
        settle(system, &mut state)?;
    }
    Some(state)
}

/// More steps than there are.
const STEPS: usize = 64;

fn settle(system: &System, state: &mut State) -> Option<()> {
    for _ in 0..STEPS {
        let mut moved = system.apply(state, Action::Leave).is_some();
        for machine in 0..system.machines {
            let called =
                matches!(state.machines[machine].flight, Flight::Called { answer: None, .. });
            let step = if called {
                Action::Answer { machine, manner: Manner::Well }
            } else {
                Action::Step { machine }
            };
            moved |= system.apply(state, step).is_some();
            moved |= system.apply(state, Action::WriteAgain { machine }).is_some();
        }
        if state.store.lease.is_some_and(|owner| !state.is_renewed(owner)) {
            state.store.lease = None;
            moved = true;
        }
        let at_rest = |machine: &super::system::Machine| *machine == Default::default();
        if state.machines.iter().all(at_rest) && !moved {
            return state.store.lease.is_none().then_some(());
        }
        if !moved {
            return None;
        }
    }
    None
}
