//! The store: one session's record and its lease.

use super::protocol::Write;
use super::rules::Rules;

/// Who refreshes: another one for each time. Zero: the sign-in.
pub type Owner = u8;

/// The number of a refresh token, in the order in which the provider issued them.
pub type Token = u8;

/// What is in a record that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tokens {
    pub refresh: Token,
    /// The access token is good for a while.
    pub fresh: bool,
    /// Who has taken them from the provider.
    pub by: Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    pub version: u8,
    pub tokens: Tokens,
}

/// A write that is still on its way: its caller does not wait for it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LateWrite {
    pub version: u8,
    /// `None`: the record is removed.
    pub tokens: Option<Tokens>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Store {
    pub record: Option<Record>,
    /// The record before the last write: what the store goes back to if it loses that one.
    pub before: Option<Record>,
    pub lease: Option<Owner>,
    pub late: Option<LateWrite>,
    /// Versions that were given: none of them comes again, whatever the store loses.
    given: u8,
}

impl Store {
    pub(super) fn new() -> Self {
        let tokens = Tokens { refresh: 0, fresh: false, by: 0 };
        let record = Some(Record { version: 1, tokens });
        Self { record, before: None, lease: None, late: None, given: 1 }
    }

    pub fn opened(&self) -> Option<(u8, Tokens)> {
        self.record.map(|Record { version, tokens }| (version, tokens))
    }

    /// Another write than the one that is to be replaced.
    pub(super) fn write(&mut self, rules: Rules, tokens: Tokens) {
        self.before = self.record;
        self.given += 1;
        let counted = self.record.map_or(1, |record| record.version + 1);
        let version = if rules.versions_are_new { self.given } else { counted };
        self.record = Some(Record { version, tokens });
    }

    pub(super) fn replace(&mut self, rules: Rules, version: u8, tokens: Tokens) -> Write {
        match self.record {
            None if rules.replace_never_creates => return Write::Gone,
            Some(record) if rules.compare_and_set && record.version != version => {
                return Write::Changed;
            }
            _ => self.write(rules, tokens),
        }
        Write::Done
    }

    pub(super) fn remove_version(&mut self, version: u8) -> Write {
        match self.record {
            None => Write::Gone,
            Some(record) if record.version != version => Write::Changed,
            Some(_) => {
                self.before = self.record.take();
                Write::Done
            }
        }
    }

    pub(super) fn remove(&mut self) -> Option<Record> {
        self.before = None;
        self.record.take()
    }

    pub(super) fn lock(&mut self, rules: Rules, owner: Owner) -> bool {
        let lent = self.lease.is_none() || !rules.lease;
        if lent {
            self.lease = Some(owner);
        }
        lent
    }

    pub(super) fn unlock(&mut self, rules: Rules, owner: Owner) {
        if self.lease == Some(owner) || !rules.owner_gives_back {
            self.lease = None;
        }
    }
}
