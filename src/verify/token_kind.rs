//! What differs between the two kinds of token: how the claims are read, and which rules apply.

use std::sync::Arc;

use crate::claims::{AccessClaims, IdClaims, IdTokenChecks, Rules};
use crate::error::VerifyError;
use crate::json::Members;
use crate::jwt::TokenUse;
use crate::pool::PoolName;
use crate::revocation::{TokenIdentity, TokenKind};

/// A check of the caller's own.
pub(super) type Check<C> = Arc<dyn Fn(&C) -> Result<(), &'static str> + Send + Sync>;

/// The caller's own check for each kind.
#[derive(Clone, Default)]
pub(super) struct OwnChecks {
    pub(super) access: Option<Check<AccessClaims>>,
    pub(super) id: Option<Check<IdClaims>>,
}

/// The claims of either kind.
#[derive(Clone)]
pub(super) enum CachedClaims {
    Access(AccessClaims),
    Id(IdClaims),
}

impl CachedClaims {
    /// `exp`.
    pub(super) fn expires_at(&self) -> u64 {
        match self {
            Self::Access(claims) => claims.expires_at_seconds(),
            Self::Id(claims) => claims.expires_at_seconds(),
        }
    }

    /// The same claims in memory of their own, which a reference count of its own is part of.
    pub(super) fn copied(&self) -> Self {
        match self {
            Self::Access(claims) => Self::Access(claims.copied()),
            Self::Id(claims) => Self::Id(claims.copied()),
        }
    }

    /// What they take in memory beside their fixed part, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Access(claims) => claims.bytes(),
            Self::Id(claims) => claims.bytes(),
        }
    }
}

pub(super) trait TokenClaims: Clone {
    const TOKEN_USE: TokenUse;

    /// What the caller says about this one token.
    type Checks<'a>: Copy + Send + Sync;

    fn read(claims: &Members<'_>) -> Result<Self, VerifyError>;

    fn check(&self, rules: &Rules, checks: Self::Checks<'_>, now: u64) -> Result<(), VerifyError>;

    /// For a token that passed [`check`](Self::check) before: what depends on more than its claims.
    fn check_again(
        &self,
        rules: &Rules,
        checks: Self::Checks<'_>,
        now: u64,
    ) -> Result<(), VerifyError>;

    fn identity<'a>(&'a self, pool: &'a PoolName, token: &'a str) -> TokenIdentity<'a>;

    fn own_check(checks: &OwnChecks) -> Option<&Check<Self>>;

    fn into_cached(self) -> CachedClaims;

    /// `None` when they are of the other kind.
    fn from_cached(claims: CachedClaims) -> Option<Self>;
}

impl TokenClaims for AccessClaims {
    const TOKEN_USE: TokenUse = TokenUse::Access;

    type Checks<'a> = ();

    fn read(claims: &Members<'_>) -> Result<Self, VerifyError> {
        Self::read(claims)
    }

    fn check(&self, rules: &Rules, (): (), now: u64) -> Result<(), VerifyError> {
        rules.check_access(self, now)
    }

    fn check_again(&self, rules: &Rules, (): (), now: u64) -> Result<(), VerifyError> {
        rules.check_access_again(self, now)
    }

    fn identity<'a>(&'a self, pool: &'a PoolName, token: &'a str) -> TokenIdentity<'a> {
        let kind = if self.is_machine() { TokenKind::Machine } else { TokenKind::Access };
        let mut identity =
            TokenIdentity::new(pool, token, kind, self.sub(), self.issued_at_seconds());
        identity.jti = self.jti();
        identity.origin_jti = self.origin_jti();
        identity.auth_time = self.auth_time_seconds();
        identity.expires_at = self.expires_at_seconds();
        identity.scope = self.scope();
        identity
    }

    fn own_check(checks: &OwnChecks) -> Option<&Check<Self>> {
        checks.access.as_ref()
    }

    fn into_cached(self) -> CachedClaims {
        CachedClaims::Access(self)
    }

    fn from_cached(claims: CachedClaims) -> Option<Self> {
        match claims {
            CachedClaims::Access(claims) => Some(claims),
            CachedClaims::Id(_) => None,
        }
    }
}

impl TokenClaims for IdClaims {
    const TOKEN_USE: TokenUse = TokenUse::Id;

    type Checks<'a> = IdTokenChecks<'a>;

    fn read(claims: &Members<'_>) -> Result<Self, VerifyError> {
        Self::read(claims)
    }

    fn check(&self, rules: &Rules, checks: IdTokenChecks<'_>, now: u64) -> Result<(), VerifyError> {
        rules.check_id(self, checks, now)
    }

    fn check_again(
        &self,
        rules: &Rules,
        checks: IdTokenChecks<'_>,
        now: u64,
    ) -> Result<(), VerifyError> {
        rules.check_id_again(self, checks, now)
    }

    fn identity<'a>(&'a self, pool: &'a PoolName, token: &'a str) -> TokenIdentity<'a> {
        let mut identity =
            TokenIdentity::new(pool, token, TokenKind::Id, self.sub(), self.issued_at_seconds());
        identity.jti = self.jti();
        identity.origin_jti = self.origin_jti();
        identity.auth_time = self.auth_time_seconds();
        identity.expires_at = self.expires_at_seconds();
        identity
    }

    fn own_check(checks: &OwnChecks) -> Option<&Check<Self>> {
        checks.id.as_ref()
    }

    fn into_cached(self) -> CachedClaims {
        CachedClaims::Id(self)
    }

    fn from_cached(claims: CachedClaims) -> Option<Self> {
        match claims {
            CachedClaims::Id(claims) => Some(claims),
            CachedClaims::Access(_) => None,
        }
    }
}
