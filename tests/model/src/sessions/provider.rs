//! The provider: refresh tokens, with and without rotation.

use super::store::Token;

/// As many as are issued at most.
pub const TOKENS: usize = 12;

/// Tokens, as bits.
pub type TokenSet = u16;

/// What the provider does with a refresh token that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    Off,
    /// It is good no more.
    NoGrace,
    /// It is good for a while, which ends when it has to: after more than everything else takes, or at
    /// any moment (`budget.graces`).
    Grace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Known {
    #[default]
    NotIssued,
    Good,
    /// Used, and good for the time of grace.
    InGrace,
    Spent,
}

/// Why there is a use of a spent token, or a loss: what went wrong with this token, as bits.
pub type Causes = u8;

/// A refresh token was sent by a machine whose lease had ended since its last look.
pub const SENT_LATE: Causes = 1;
/// The store lost a write that it had acknowledged, or the lease.
pub const STORE_LOST: Causes = 2;
/// The answer to a refresh was lost on its way, or with the machine that had it.
pub const ANSWER_LOST: Causes = 4;
/// The answer was not written when the lease ended that it was asked for under.
pub const ANSWER_LATE: Causes = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Provider {
    pub tokens: [Known; TOKENS],
    /// Of these the provider was told that they are of no use any more.
    pub revoked: TokenSet,
    /// The whole sign-in has ended, by the causes that are named; none where that was wanted.
    pub ended: Option<Causes>,
    /// What went wrong with each.
    pub causes: [Causes; TOKENS],
    /// Requests on their way whose sender waits for no answer.
    pub late: TokenSet,
    /// A spent token was used, and nothing has gone wrong with it.
    pub used_twice: bool,
    /// Tokens that no machine has: the answer was lost, or dropped for another one's.
    pub unheard: TokenSet,
}

/// An answer to a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// `useless`: nothing but the refresh token can be read.
    Granted {
        token: Token,
        useless: bool,
    },
    Refused,
    NotDone,
}

/// How the provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Well,
    Useless,
    /// It says that it did nothing.
    NotDone,
}

impl Provider {
    pub(super) fn new() -> Self {
        let mut tokens = [Known::NotIssued; TOKENS];
        tokens[0] = Known::Good;
        Self {
            tokens,
            revoked: 0,
            ended: None,
            causes: [0; TOKENS],
            late: 0,
            used_twice: false,
            unheard: 0,
        }
    }

    /// Whether a refresh with it would be granted.
    pub fn is_good(&self, token: Token) -> bool {
        let good = matches!(self.tokens[usize::from(token)], Known::Good | Known::InGrace);
        good && self.ended.is_none() && self.revoked & 1 << token == 0
    }

    /// Why a refresh with it was refused.
    pub(super) fn why_refused(&self, token: Token) -> Causes {
        self.causes[usize::from(token)] | self.ended.unwrap_or_default()
    }

    pub(super) fn blame(&mut self, token: Token, cause: Causes) {
        self.causes[usize::from(token)] |= cause;
    }

    /// `None`: there are no more numbers for tokens.
    pub(super) fn refresh(
        &mut self,
        (rotation, reuse_ends): (Rotation, bool),
        token: Token,
        manner: Manner,
    ) -> Option<Answer> {
        if manner == Manner::NotDone {
            return Some(Answer::NotDone);
        }
        let place = usize::from(token);
        if self.tokens[place] == Known::Spent && self.ended.is_none() {
            self.used_twice |= self.causes[place] == 0;
            if reuse_ends {
                self.ended = Some(self.causes[place]);
            }
        }
        if !self.is_good(token) {
            return Some(Answer::Refused);
        }
        let useless = manner == Manner::Useless;
        if rotation == Rotation::Off {
            return Some(Answer::Granted { token, useless });
        }
        let new = self.tokens.iter().position(|known| *known == Known::NotIssued)?;
        let grace = rotation == Rotation::Grace;
        self.tokens[place] = if grace { Known::InGrace } else { Known::Spent };
        self.tokens[new] = Known::Good;
        Some(Answer::Granted { token: new as Token, useless })
    }

    pub(super) fn revoke(&mut self, revocation_ends: bool, token: Token) {
        self.revoked |= 1 << token;
        if revocation_ends && self.ended.is_none() {
            self.ended = Some(0);
        }
    }
}
