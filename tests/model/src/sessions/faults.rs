//! Calls of the store that fail: nothing was done, or nothing was heard of it.

use super::actions::Fault;
use super::protocol::{AfterWrite, Write, after_write};
use super::store::{LateWrite, Tokens};
use super::system::{Flight, State, System};

impl System {
    pub(super) fn store_fails(
        &self,
        state: &mut State,
        machine: usize,
        fault: Fault,
    ) -> Option<()> {
        let next = match state.machines[machine].flight {
            Flight::Lend { owner, .. } => {
                if fault == Fault::Unheard && !state.store.lock(self.rules, owner) {
                    return None;
                }
                Flight::None
            }
            Flight::Write { pending, lease } => {
                self.write_unheard(state, pending.version, pending.tokens, fault)?;
                let kept = self.rules.lease_until_written.then_some(lease);
                if self.rules.written_later {
                    state.machines[machine].unwritten = Some((pending, kept));
                } else {
                    state.provider.unheard |= 1 << pending.tokens.refresh;
                }
                let goes_on = self.rules.written_later && kept.is_some();
                if goes_on { Flight::None } else { Flight::GiveBack { lease } }
            }
            Flight::End { loaded, lease } => {
                match fault {
                    Fault::NotDone => {}
                    Fault::Unheard => drop(self.end(state, loaded.version)),
                    Fault::Late => late(state, loaded.version, None)?,
                }
                Flight::GiveBack { lease }
            }
            Flight::Load { lease, .. } | Flight::Refused { lease, .. } => {
                Flight::GiveBack { lease }
            }
            Flight::GiveBack { .. } => Flight::None,
            _ => return None,
        };
        state.machines[machine].flight = next;
        Some(())
    }

    pub(super) fn write_again_fails(
        &self,
        state: &mut State,
        machine: usize,
        fault: Fault,
    ) -> Option<()> {
        let (pending, _) = state.machines[machine].unwritten?;
        self.write_unheard(state, pending.version, pending.tokens, fault)
    }

    /// What no answer means is decided by the library.
    fn write_unheard(
        &self,
        state: &mut State,
        version: u8,
        tokens: Tokens,
        fault: Fault,
    ) -> Option<()> {
        assert_eq!(after_write(Write::Unknown), AfterWrite::Repeat);
        match fault {
            Fault::NotDone => {}
            Fault::Unheard => drop(state.store.replace(self.rules, version, tokens)),
            Fault::Late => late(state, version, Some(tokens))?,
        }
        Some(())
    }

    pub(super) fn late_write(&self, state: &mut State) -> Option<()> {
        let LateWrite { version, tokens } = state.store.late.take()?;
        match tokens {
            Some(tokens) => drop(state.store.replace(self.rules, version, tokens)),
            None => drop(self.end(state, version)),
        }
        Some(())
    }
}

/// It is on its way, and comes after others.
fn late(state: &mut State, version: u8, tokens: Option<Tokens>) -> Option<()> {
    if state.store.late.is_some() {
        return None;
    }
    state.store.late = Some(LateWrite { version, tokens });
    Some(())
}
