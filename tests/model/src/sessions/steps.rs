//! What a machine does, step by step: the decisions are the library's own.

use super::protocol::{
    AfterCall, AfterConflict, AfterRefusal, AfterReload, AfterWrite, LEAST_LEASE, Outcome, Whose,
    Write, after_call, after_conflict, after_refusal, after_reload, after_write, may_send, whose,
};
use super::provider::{Answer, Causes, STORE_LOST};
use super::store::Tokens;
use super::system::{Flight, Lease, Loaded, Pending, State, System};

/// What an attempt to write came to.
enum Attempt {
    /// It is in the store, or is not to be.
    Over,
    Again(Pending),
}

impl System {
    pub(super) fn begin(&self, state: &mut State, machine: usize) -> Option<()> {
        let known = state.opened(machine)?;
        state.owners += 1;
        state.machines[machine].flight = Flight::Lend { known, owner: state.owners };
        Some(())
    }

    pub(super) fn step(&self, state: &mut State, machine: usize) -> Option<()> {
        let next = match state.machines[machine].flight {
            Flight::None | Flight::Called { answer: None, .. } => return None,
            Flight::Lend { known, owner } => {
                if state.store.lock(self.rules, owner) {
                    let lease = Lease { owner, has_ended: false };
                    if self.rules.reload {
                        Flight::Load { known, lease }
                    } else {
                        Flight::Check { loaded: known, lease, sent: 0 }
                    }
                } else {
                    match state.opened(machine) {
                        None => Flight::None,
                        Some(theirs) if theirs.version != known.version && theirs.tokens.fresh => {
                            Flight::None
                        }
                        // It goes on waiting.
                        Some(_) => return None,
                    }
                }
            }
            Flight::Load { known, lease } => {
                let loaded = state.opened(machine);
                let found = loaded.map(|loaded| (loaded.version.into(), loaded.tokens.fresh));
                match (after_reload(known.version.into(), found), loaded) {
                    (AfterReload::Send, Some(loaded)) => Flight::Check { loaded, lease, sent: 0 },
                    _ => Flight::GiveBack { lease },
                }
            }
            Flight::Check { loaded, lease, sent } => {
                let ended = lease.has_ended && self.rules.lease_is_checked;
                if may_send(if ended { 0 } else { LEAST_LEASE }) {
                    Flight::Send { loaded, lease, sent: sent + 1 }
                } else {
                    Flight::GiveBack { lease }
                }
            }
            Flight::Send { loaded, lease, sent } => {
                // It still takes itself for the owner of a lease that the store has lost.
                if state.store_lost && !lease.has_ended && state.store.lease != Some(lease.owner) {
                    state.provider.blame(loaded.tokens.refresh, STORE_LOST);
                }
                Flight::Called { loaded, lease, sent, answer: None }
            }
            Flight::Called { loaded, lease, sent, answer: Some(answer) } => {
                let outcome = match answer {
                    Answer::Granted { .. } => Outcome::Granted,
                    Answer::Refused => Outcome::UserRefused,
                    Answer::NotDone => Outcome::NotDone,
                };
                self.called(loaded, lease, sent, (outcome, answer))
            }
            Flight::Write { pending, lease } => match self.attempt(state, pending) {
                Attempt::Over => Flight::GiveBack { lease },
                Attempt::Again(pending) => Flight::Write { pending, lease },
            },
            Flight::Refused { loaded, lease } => {
                let there = state.opened(machine).map(|there| there.version.into());
                match after_refusal(loaded.version.into(), there) {
                    AfterRefusal::End => Flight::End { loaded, lease },
                    AfterRefusal::SignedOut | AfterRefusal::UseTheirs => Flight::GiveBack { lease },
                }
            }
            Flight::End { loaded, lease } => match self.end(state, loaded.version) {
                Write::Changed => Flight::Refused { loaded, lease },
                Write::Done | Write::Gone | Write::Unknown => Flight::GiveBack { lease },
            },
            Flight::GiveBack { lease } => {
                state.store.unlock(self.rules, lease.owner);
                Flight::None
            }
        };
        state.machines[machine].flight = next;
        Some(())
    }

    /// An answer has come, or none will.
    pub(super) fn called(
        &self,
        loaded: Loaded,
        lease: Lease,
        sent: u8,
        (outcome, answer): (Outcome, Answer),
    ) -> Flight {
        match (after_call(outcome, sent.into()), answer) {
            (AfterCall::Store, Answer::Granted { token, useless }) => {
                let fresh = !useless || loaded.tokens.fresh;
                let tokens = Tokens { refresh: token, fresh, by: lease.owner };
                let (version, from) = (loaded.version, loaded.tokens);
                let pending = Pending { version, tokens, from, changed: false };
                Flight::Write { pending, lease }
            }
            (AfterCall::Store, _) => unreachable!("nothing was granted"),
            (AfterCall::Repeat, _) => Flight::Check { loaded, lease, sent },
            (AfterCall::LookAgain, _) if !self.rules.refusal_looks_again => {
                Flight::End { loaded, lease }
            }
            (AfterCall::LookAgain, _) => Flight::Refused { loaded, lease },
            (AfterCall::Keep, _) => Flight::GiveBack { lease },
        }
    }

    fn attempt(&self, state: &mut State, mut pending: Pending) -> Attempt {
        if !pending.changed {
            let write = state.store.replace(self.rules, pending.version, pending.tokens);
            return match after_write(write) {
                AfterWrite::Done => Attempt::Over,
                AfterWrite::SignedOut => self.came_late(state, pending),
                AfterWrite::Repeat => Attempt::Again(pending),
                AfterWrite::LookAtTheirs => {
                    pending.changed = true;
                    Attempt::Again(pending)
                }
            };
        }
        let there = state.store.opened().map(|(version, there)| {
            (u64::from(version), whose(&there.by, &pending.tokens.by, &pending.from.by))
        });
        let rules = self.rules;
        let decided = match there {
            Some((version, Whose::Theirs)) if !rules.theirs_stay => AfterConflict::Replace(version),
            Some((_, Whose::SentFrom)) if !rules.sent_from_is_replaced => AfterConflict::UseTheirs,
            there => after_conflict(there),
        };
        match decided {
            AfterConflict::Done => Attempt::Over,
            AfterConflict::SignedOut => self.came_late(state, pending),
            AfterConflict::UseTheirs => {
                state.provider.unheard |= 1 << pending.tokens.refresh;
                if !self.rules.dropped_are_not_revoked {
                    state.provider.revoke(self.revocation_ends, pending.tokens.refresh);
                }
                Attempt::Over
            }
            AfterConflict::Replace(version) => {
                pending.version = version as u8;
                pending.changed = false;
                Attempt::Again(pending)
            }
        }
    }

    /// The session was ended before its new tokens came.
    fn came_late(&self, state: &mut State, pending: Pending) -> Attempt {
        if self.rules.late_tokens_are_revoked {
            state.provider.revoke(self.revocation_ends, pending.tokens.refresh);
        }
        Attempt::Over
    }

    /// The end of a session whose refresh token was refused.
    pub(super) fn end(&self, state: &mut State, version: u8) -> Write {
        let before = state.store.opened();
        let write = if self.rules.ends_by_version {
            state.store.remove_version(version)
        } else {
            state.store.remove();
            Write::Done
        };
        if write == Write::Done
            && let Some((_, tokens)) = before
        {
            self.note_loss(state, tokens);
        }
        write
    }

    /// Its user is signed out, and has not wished for it.
    fn note_loss(&self, state: &mut State, tokens: Tokens) {
        if !state.is_wanted() || state.lost.is_some() {
            return;
        }
        let lost_by_store: Causes = if state.store_lost { STORE_LOST } else { 0 };
        let is_good = state.provider.is_good(tokens.refresh);
        // What is good does not end with what the store has lost, either.
        state.lost = Some(if is_good {
            0
        } else {
            state.provider.why_refused(tokens.refresh) | lost_by_store
        });
    }

    pub(super) fn write_again(&self, state: &mut State, machine: usize) -> Option<()> {
        let (pending, lease) = state.machines[machine].unwritten?;
        let after = match self.attempt(state, pending) {
            Attempt::Again(pending) => Some((pending, lease)),
            Attempt::Over => {
                if let Some(lease) = lease {
                    state.store.unlock(self.rules, lease.owner);
                }
                None
            }
        };
        state.machines[machine].unwritten = after;
        Some(())
    }
}
