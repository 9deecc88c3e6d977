//! One machine: its next step, decided by the library's own functions.

use super::{Record, Refresh, State};
use crate::refresh_protocol::{
    AfterCall, AfterConflict, AfterRefusal, AfterReload, AfterWrite, Outcome, Theirs, Write,
    after_call, after_conflict, after_refusal, after_reload, after_write,
};

/// Where a machine is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Idle,
    /// It has read a record whose tokens are to be replaced.
    Known {
        version: u8,
        token: u8,
    },
    /// It has the lease.
    Lent {
        version: u8,
        token: u8,
    },
    /// It has looked at its lease, and sends next.
    Looked {
        version: u8,
        token: u8,
        sent: u32,
    },
    Asked {
        version: u8,
        token: u8,
        sent: u32,
        answer: Answer,
    },
    Refused {
        version: u8,
    },
    Ending {
        version: u8,
    },
    Writing {
        version: u8,
        token: u8,
        round: u32,
    },
    Conflict {
        token: u8,
        round: u32,
    },
    Crashed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// A new refresh token.
    Granted(u8),
    Refused,
    Lost,
}

impl Answer {
    pub(super) fn is_granted(self) -> bool {
        matches!(self, Self::Granted(_))
    }
}

impl Refresh {
    pub(super) fn go(&self, state: &mut State, machine: usize) {
        let step = state.machines[machine].clone();
        state.machines[machine] = self.next(state, machine, step);
        if state.machines[machine] == Step::Idle && state.lease == Some(machine) {
            state.lease = None;
        }
    }

    fn next(&self, state: &mut State, machine: usize, step: Step) -> Step {
        let loaded = state.record;
        match step {
            Step::Idle => match loaded {
                Some(Record { version, token, is_fresh: false }) => Step::Known { version, token },
                _ => Step::Idle,
            },
            Step::Known { version, token } => match (state.lease, loaded) {
                _ if !self.rules.lease => Step::Lent { version, token },
                (None, _) => {
                    state.lease = Some(machine);
                    Step::Lent { version, token }
                }
                (Some(_), None) => Step::Idle,
                (Some(_), Some(theirs)) if theirs.version != version && theirs.is_fresh => {
                    Step::Idle
                }
                (Some(_), Some(_)) => Step::Known { version, token },
            },
            Step::Lent { version, token } => {
                if !self.rules.reload {
                    return self.look(state, machine, version, token, 0);
                }
                let found = loaded.map(|record| (u64::from(record.version), record.is_fresh));
                match (after_reload(u64::from(version), found), loaded) {
                    (AfterReload::Send, Some(Record { version, token, .. })) => {
                        self.look(state, machine, version, token, 0)
                    }
                    _ => Step::Idle,
                }
            }
            Step::Looked { version, token, sent } => {
                let answer = self.ask(state, token);
                Step::Asked { version, token, sent: sent + 1, answer }
            }
            Step::Asked { version, token, sent, answer } => {
                let outcome = match answer {
                    Answer::Granted(_) => Outcome::Granted,
                    Answer::Refused => Outcome::UserRefused,
                    Answer::Lost => Outcome::Unknown,
                };
                match (after_call(outcome, sent), answer) {
                    (AfterCall::Store, Answer::Granted(token)) => {
                        Step::Writing { version, token, round: 0 }
                    }
                    (AfterCall::LookAgain, _) => Step::Refused { version },
                    (AfterCall::Repeat, _) => self.look(state, machine, version, token, sent),
                    _ => Step::Idle,
                }
            }
            Step::Refused { version } => {
                let known = loaded.map(|record| u64::from(record.version));
                match after_refusal(u64::from(version), known) {
                    AfterRefusal::End => Step::Ending { version },
                    AfterRefusal::SignedOut | AfterRefusal::UseTheirs => Step::Idle,
                }
            }
            Step::Ending { version } => match loaded {
                Some(record) if record.version == version || !self.rules.by_version => {
                    state.record = None;
                    Step::Idle
                }
                Some(_) => Step::Refused { version },
                None => Step::Idle,
            },
            Step::Writing { version, token, round } => {
                match after_write(self.write(state, version, token)) {
                    AfterWrite::Done | AfterWrite::SignedOut => Step::Idle,
                    AfterWrite::LookAtTheirs => Step::Conflict { token, round: round + 1 },
                    AfterWrite::Repeat => Step::Writing { version, token, round },
                }
            }
            Step::Conflict { token, round } => {
                let theirs = loaded.map(|record| Theirs {
                    version: u64::from(record.version),
                    is_mine: record.token == token,
                    expires_at: u64::from(record.token),
                });
                match after_conflict(theirs, u64::from(token), round) {
                    AfterConflict::Replace(version) => Step::Writing {
                        version: u8::try_from(version).unwrap_or(u8::MAX),
                        token,
                        round,
                    },
                    _ => Step::Idle,
                }
            }
            Step::Crashed => Step::Crashed,
        }
    }

    /// Nothing is sent where the lease is not there any more, by a clock that was read before.
    fn look(&self, state: &State, machine: usize, version: u8, token: u8, sent: u32) -> Step {
        if state.lease == Some(machine) || !self.rules.lease {
            Step::Looked { version, token, sent }
        } else {
            Step::Idle
        }
    }

    /// A token of the sign-in. The newest is rotated; one that was rotated works until its grace time ends.
    fn ask(&self, state: &mut State, token: u8) -> Answer {
        let provider = &mut state.provider;
        if provider.is_revoked {
            return Answer::Refused;
        }
        if !provider.accepts(token) {
            state.sent_twice = true;
            return Answer::Refused;
        }
        provider.newest += 1;
        if self.has_grace {
            provider.in_grace.get_or_insert(token);
        }
        Answer::Granted(provider.newest)
    }

    fn write(&self, state: &mut State, version: u8, token: u8) -> Write {
        let new = |version: u8| Some(Record { version: version + 1, token, is_fresh: true });
        match state.record {
            Some(record) if record.version == version || !self.rules.by_version => {
                state.record = new(record.version);
                Write::Done
            }
            Some(_) => Write::Changed,
            None if !self.rules.never_creates => {
                state.record = new(version);
                Write::Done
            }
            None => Write::Gone,
        }
    }
}
