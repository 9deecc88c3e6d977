//! What differs between the two kinds of token: how the claims are read, and which rules apply.

use super::{Check, Verifier};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks, Rules};
use crate::error::VerifyError;
use crate::json::Members;
use crate::revocation::TokenIdentity;

pub(super) trait Kind: Sized {
    /// What the caller says about this one token.
    type Checks<'a>: Copy + Send + Sync;

    fn read(claims: &Members<'_>, payload: &str) -> Result<Self, VerifyError>;

    fn check(&self, rules: &Rules, checks: Self::Checks<'_>, now: u64) -> Result<(), VerifyError>;

    fn identity(&self) -> TokenIdentity<'_>;

    /// The caller's own check for tokens of this kind.
    fn own_check(verifier: &Verifier) -> Option<&Check<Self>>;
}

impl Kind for AccessClaims {
    type Checks<'a> = ();

    fn read(claims: &Members<'_>, payload: &str) -> Result<Self, VerifyError> {
        Self::read(claims, payload)
    }

    fn check(&self, rules: &Rules, (): (), now: u64) -> Result<(), VerifyError> {
        rules.check_access(self, now)
    }

    fn identity(&self) -> TokenIdentity<'_> {
        TokenIdentity {
            jti: self.jti(),
            origin_jti: self.origin_jti(),
            sub: self.sub(),
            issued_at: self.issued_at(),
        }
    }

    fn own_check(verifier: &Verifier) -> Option<&Check<Self>> {
        verifier.check_access.as_ref()
    }
}

impl Kind for IdClaims {
    type Checks<'a> = IdTokenChecks<'a>;

    fn read(claims: &Members<'_>, payload: &str) -> Result<Self, VerifyError> {
        Self::read(claims, payload)
    }

    fn check(&self, rules: &Rules, checks: IdTokenChecks<'_>, now: u64) -> Result<(), VerifyError> {
        rules.check_id(self, checks, now)
    }

    fn identity(&self) -> TokenIdentity<'_> {
        TokenIdentity {
            jti: self.jti(),
            origin_jti: self.origin_jti(),
            sub: self.sub(),
            issued_at: self.issued_at(),
        }
    }

    fn own_check(verifier: &Verifier) -> Option<&Check<Self>> {
        verifier.check_id.as_ref()
    }
}
