//! A call that signs out at Cognito: GlobalSignOut, or the revocation of a refresh token.

use std::time::Duration;

use crate::claims::AccessClaims;
use crate::pool::MAX_TOKEN_LIFETIME;
use crate::secret::{AccessToken, RefreshToken};

/// A call that signs out at Cognito.
pub(super) struct Call {
    /// One for a user, or for a session.
    pub(super) key: String,
    pub(super) what: What,
    pub(super) lifetime: Duration,
}

pub(super) enum What {
    GlobalSignOut { token: AccessToken, claims: AccessClaims },
    Revoke { token: RefreshToken },
}

/// Which calls wait for each other: only those for which a failure of one says something about the next one. The
/// revocation of a token takes the client secret, and GlobalSignOut takes none.
#[derive(Clone, Copy)]
pub(super) enum CallKind {
    GlobalSignOut,
    Revoke,
}

impl Call {
    pub(super) fn of_user(token: AccessToken, claims: AccessClaims) -> Self {
        let key = format!("{} {}", claims.issuer(), claims.sub());
        let lifetime = lifetime(&claims);
        Self { key, what: What::GlobalSignOut { token, claims }, lifetime }
    }

    pub(super) fn of_session(token: RefreshToken, claims: &AccessClaims) -> Self {
        let session = claims.origin_jti().or(claims.jti()).unwrap_or_default();
        let key = format!("{} {} {session}", claims.issuer(), claims.sub());
        Self::of_token(key, token, lifetime(claims))
    }

    pub(super) fn of_token(key: String, token: RefreshToken, lifetime: Duration) -> Self {
        Self { key, what: What::Revoke { token }, lifetime }
    }

    pub(super) fn kind(&self) -> CallKind {
        match &self.what {
            What::GlobalSignOut { .. } => CallKind::GlobalSignOut,
            What::Revoke { .. } => CallKind::Revoke,
        }
    }

    pub(super) fn has_token_of(&self, other: &Self) -> bool {
        self.token() == other.token()
    }

    fn token(&self) -> &str {
        match &self.what {
            What::GlobalSignOut { token, .. } => token.expose(),
            What::Revoke { token } => token.expose(),
        }
    }

    /// About what it takes of memory, in bytes. Claims are their token's text, decoded.
    pub(super) fn bytes(&self) -> usize {
        let token = self.token().len();
        let claims = if matches!(self.what, What::GlobalSignOut { .. }) { token } else { 0 };
        512 + 2 * self.key.len() + token + claims
    }
}

/// How long the token is good for at most, counted from now: no clock has to be right for that.
fn lifetime(claims: &AccessClaims) -> Duration {
    let seconds = claims.expires_at_seconds().saturating_sub(claims.issued_at_seconds());
    Duration::from_secs(seconds.min(MAX_TOKEN_LIFETIME))
}
