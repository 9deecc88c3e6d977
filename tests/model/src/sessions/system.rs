//! All of it together: machines, the store, the provider, and what may still go wrong.

use super::provider::{Answer, Causes, Provider, Rotation};
use super::rules::Rules;
use super::store::{Owner, Store, Token, Tokens};

/// As many as there are room for.
pub const MACHINES: usize = 3;

/// How often something may still happen; what never happens in a run has zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Refreshes that requests begin, because it is time.
    pub refreshes: u8,
    /// Refreshes that are asked for at any time (`refresh_now`).
    pub forced: u8,
    /// The access token of the record comes to its end.
    pub ages: u8,
    /// The request or the answer is lost between a machine and the provider.
    pub lost_answers: u8,
    /// The provider answers that it did nothing.
    pub errors: u8,
    /// Nothing of the provider's answer can be read but the refresh token.
    pub useless: u8,
    /// A grace time ends.
    pub graces: u8,
    pub crashes: u8,
    /// A machine is stopped for longer than its lease.
    pub stops: u8,
    /// A lease is not renewed, though its owner goes on.
    pub renewal_cuts: u8,
    /// A call of the store fails: it did nothing, or did it, or does it later.
    pub store_faults: u8,
    /// The store loses its last write, or the lease.
    pub lost_writes: u8,
    /// Something else in the record is written.
    pub other_writes: u8,
    pub sign_outs: u8,
    /// A sign-out of all the user's sessions.
    pub everywhere: u8,
    /// The provider ends the sign-in: an administrator, another device.
    pub provider_ends: u8,
}

/// What is checked: the rules, and how much of what happens.
#[derive(Clone, Copy, Debug)]
pub struct System {
    pub rules: Rules,
    pub budget: Budget,
    /// At most [`MACHINES`].
    pub machines: usize,
    pub rotation: Rotation,
    /// Whether the whole sign-in ends when a spent token is used (RFC 9700 §4.14.2), or the use is just
    /// refused.
    pub reuse_ends: bool,
    /// Whether the whole sign-in ends with the revocation of one refresh token.
    pub revocation_ends: bool,
    /// A session may be lost by these alone.
    pub excused: Causes,
}

/// The right to refresh, as its owner knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    pub owner: Owner,
    /// By the owner's clock there is not enough left of it to send anything. The store may have lost it
    /// without that.
    pub has_ended: bool,
}

/// The record that was loaded under the lease: what is sent is its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loaded {
    pub version: u8,
    pub tokens: Tokens,
}

/// New tokens on their way into the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pending {
    /// They replace the record of this version.
    pub version: u8,
    pub tokens: Tokens,
    /// Those that were sent from.
    pub from: Tokens,
    /// The record had changed: it is to be looked at.
    pub changed: bool,
}

/// One refresh: where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flight {
    #[default]
    None,
    /// It asks for the lease.
    Lend {
        known: Loaded,
        owner: Owner,
    },
    /// It has the lease, and loads again.
    Load {
        known: Loaded,
        lease: Lease,
    },
    /// It looks at how much of the lease is left.
    Check {
        loaded: Loaded,
        lease: Lease,
        sent: u8,
    },
    /// It has looked, and sends.
    Send {
        loaded: Loaded,
        lease: Lease,
        sent: u8,
    },
    /// It has sent; what the provider has answered is on its way.
    Called {
        loaded: Loaded,
        lease: Lease,
        sent: u8,
        answer: Option<Answer>,
    },
    Write {
        pending: Pending,
        lease: Lease,
    },
    /// The token was refused: it loads again.
    Refused {
        loaded: Loaded,
        lease: Lease,
    },
    /// And writes the end.
    End {
        loaded: Loaded,
        lease: Lease,
    },
    GiveBack {
        lease: Lease,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Machine {
    pub flight: Flight,
    /// Tokens that the store has not taken yet, and the lease that they were asked for under.
    pub unwritten: Option<(Pending, Option<Lease>)>,
}

/// A sign-out that is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Leaving {
    #[default]
    No,
    /// The entry is in the revocation store; then comes the record.
    Remove {
        machine: u8,
    },
    /// The provider is told that all tokens of the user end, and then the record is removed.
    EndAll {
        machine: u8,
    },
    /// The provider is told of the token that was in the record.
    Revoke(Token),
    Done,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub store: Store,
    pub provider: Provider,
    pub machines: [Machine; MACHINES],
    pub owners: Owner,
    pub leaving: Leaving,
    /// The provider has ended the sign-in by itself.
    pub ended_at_provider: bool,
    /// The store has lost something that it had acknowledged.
    pub store_lost: bool,
    /// The session was lost, by these causes; none is not possible, if all is right.
    pub lost: Option<Causes>,
    pub left: Budget,
}

impl State {
    pub fn new(system: &System) -> Self {
        Self {
            store: Store::new(),
            provider: Provider::new(),
            machines: [Machine::default(); MACHINES],
            owners: 0,
            leaving: Leaving::No,
            ended_at_provider: false,
            store_lost: false,
            lost: None,
            left: system.budget,
        }
    }

    /// Its user has signed out, or the provider has ended it: it need not go on.
    pub fn is_wanted(&self) -> bool {
        self.leaving == Leaving::No && !self.ended_at_provider
    }

    /// The record as a request at this machine sees it: with newer tokens that were not written yet.
    pub fn opened(&self, machine: usize) -> Option<Loaded> {
        let (version, mut tokens) = self.store.opened()?;
        if let Some((pending, _)) = self.machines[machine].unwritten
            && pending.version == version
        {
            tokens = pending.tokens;
        }
        Some(Loaded { version, tokens })
    }

    /// Whether a machine renews it.
    pub fn is_renewed(&self, owner: Owner) -> bool {
        self.machines.iter().flat_map(Machine::leases).any(|lease| lease.owner == owner)
    }
}

impl Machine {
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        let of_flight = match &self.flight {
            Flight::None | Flight::Lend { .. } => None,
            Flight::Load { lease, .. }
            | Flight::Check { lease, .. }
            | Flight::Send { lease, .. }
            | Flight::Called { lease, .. }
            | Flight::Write { lease, .. }
            | Flight::Refused { lease, .. }
            | Flight::End { lease, .. }
            | Flight::GiveBack { lease } => Some(lease),
        };
        let of_unwritten = self.unwritten.as_ref().and_then(|(_, lease)| lease.as_ref());
        of_flight.into_iter().chain(of_unwritten)
    }

    /// Notes the end of a lease with its owner.
    pub(super) fn lease_ends(&mut self, owner: Owner) {
        let of_flight = match &mut self.flight {
            Flight::None | Flight::Lend { .. } => None,
            Flight::Load { lease, .. }
            | Flight::Check { lease, .. }
            | Flight::Send { lease, .. }
            | Flight::Called { lease, .. }
            | Flight::Write { lease, .. }
            | Flight::Refused { lease, .. }
            | Flight::End { lease, .. }
            | Flight::GiveBack { lease } => Some(lease),
        };
        let of_unwritten = self.unwritten.as_mut().and_then(|(_, lease)| lease.as_mut());
        for lease in of_flight.into_iter().chain(of_unwritten) {
            lease.has_ended |= lease.owner == owner;
        }
    }

    /// The token whose answer is on its way, or is not written: for each lease that it was asked under.
    pub fn unanswered(&self, owner: Owner) -> Option<Token> {
        let in_flight = match self.flight {
            Flight::Called { loaded, lease, .. } => Some((lease, loaded.tokens.refresh)),
            Flight::Write { pending, lease } => Some((lease, pending.from.refresh)),
            _ => None,
        };
        let unwritten =
            self.unwritten.and_then(|(pending, lease)| Some((lease?, pending.from.refresh)));
        let mut both = in_flight.into_iter().chain(unwritten);
        both.find(|(lease, _)| lease.owner == owner).map(|(_, token)| token)
    }
}
