//! The rules for claims. CONTRIBUTING.md has the recipe for a new one.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::registered::{Audience, Registered};
use super::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::VerifyError;
use crate::pool::MAX_TOKEN_LIFETIME;

/// How far ahead of this machine's clock `iat` may lie, in seconds, beside the leeway. A token is
/// often verified in the second it was issued, on a host whose clock is behind: a minute is what
/// unsynchronised clocks differ by.
pub(crate) const ISSUED_AT_TOLERANCE: u64 = 60;

/// The app clients whose tokens are accepted.
#[derive(Debug, Clone)]
pub(crate) enum AcceptedClients {
    Only(Vec<String>),
    /// Every client of the pool. Only a call of `accept_every_client` sets this.
    Any,
}

impl AcceptedClients {
    pub(crate) fn allow(&self, client_id: &str) -> bool {
        match self {
            Self::Only(clients) => clients.iter().any(|known| known == client_id),
            Self::Any => !client_id.is_empty(),
        }
    }
}

/// No client: the builder requires a call that names one.
impl Default for AcceptedClients {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

/// The settings of a verifier's rules. By default every optional rule is off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(crate) clients: AcceptedClients,
    pub(crate) resources: Vec<String>,
    pub(crate) machines: bool,
    pub(crate) scopes_all: Vec<String>,
    /// `None`: no such rule. `build` refuses an empty list, which no token could satisfy.
    pub(crate) scopes_any: Option<Vec<String>>,
    pub(crate) groups_all: Vec<String>,
    pub(crate) groups_any: Option<Vec<String>>,
    pub(crate) verified_email: bool,
    /// Seconds since `auth_time`.
    pub(crate) max_age: Option<u64>,
    /// Seconds.
    pub(crate) leeway: u64,
}

impl Rules {
    pub(crate) fn check_access(&self, claims: &AccessClaims, now: u64) -> Result<(), VerifyError> {
        self.check_client(claims)?;
        self.check_times(claims.registered(), now)?;
        self.check_resource(claims)?;
        if claims.is_machine() && !self.machines {
            return Err(VerifyError::UserRequired);
        }
        if !self.scopes_all.iter().all(|scope| claims.has_scope(scope)) {
            return Err(VerifyError::ScopeMissing);
        }
        if !none_or_any(&self.scopes_any, |scope| claims.has_scope(scope)) {
            return Err(VerifyError::ScopeMissing);
        }
        self.check_groups(claims.registered())?;
        self.check_age(claims.registered(), now)
    }

    /// Whether the token was issued to an accepted app client.
    pub(crate) fn check_client(&self, claims: &AccessClaims) -> Result<(), VerifyError> {
        let is_allowed = self.clients.allow(claims.client_id());
        if is_allowed { Ok(()) } else { Err(VerifyError::ClientNotAllowed) }
    }

    /// For a cached token, which passed [`check_access`](Self::check_access) before: the rules that
    /// depend on more than its claims, in the same order. A rule that depends on the time has to be in
    /// both.
    pub(crate) fn check_access_again(
        &self,
        claims: &AccessClaims,
        now: u64,
    ) -> Result<(), VerifyError> {
        self.check_times(claims.registered(), now)?;
        self.check_age(claims.registered(), now)
    }

    pub(crate) fn check_id(
        &self,
        claims: &IdClaims,
        checks: IdTokenChecks<'_>,
        now: u64,
    ) -> Result<(), VerifyError> {
        self.check_id_audience(claims)?;
        self.check_times(claims.registered(), now)?;
        Self::check_sign_in(claims, checks)?;
        if self.verified_email && claims.email_verified() != Some(true) {
            return Err(VerifyError::EmailNotVerified);
        }
        self.check_groups(claims.registered())?;
        self.check_age(claims.registered(), now)
    }

    /// See [`check_access_again`](Self::check_access_again).
    pub(crate) fn check_id_again(
        &self,
        claims: &IdClaims,
        checks: IdTokenChecks<'_>,
        now: u64,
    ) -> Result<(), VerifyError> {
        self.check_times(claims.registered(), now)?;
        Self::check_sign_in(claims, checks)?;
        self.check_age(claims.registered(), now)
    }

    /// Whether the token belongs to the sign-in, the access token and the user that `checks` names.
    fn check_sign_in(claims: &IdClaims, checks: IdTokenChecks<'_>) -> Result<(), VerifyError> {
        let is_other = |sent: &str| sent.is_empty() || !is_nonce(sent, claims.nonce());
        if checks.nonce.is_some_and(is_other) {
            return Err(VerifyError::NonceMismatch);
        }
        if let (Some(token), Some(hash)) = (checks.access_token, claims.access_token_hash())
            && hash != access_token_hash(token.expose())
        {
            return Err(VerifyError::AccessTokenHashMismatch);
        }
        if checks.subject.is_some_and(|subject| subject != claims.sub()) {
            return Err(VerifyError::SubjectMismatch);
        }
        Ok(())
    }

    /// `aud` of an ID token has to be exactly one client, an accepted one: OpenID Connect Core
    /// §3.1.3.7, items 3 to 5. A further audience would be one that is not trusted.
    fn check_id_audience(&self, claims: &IdClaims) -> Result<(), VerifyError> {
        let Audience::One(client_id) = claims.registered().audience() else {
            return Err(VerifyError::ClientNotAllowed);
        };
        if !self.clients.allow(client_id) {
            return Err(VerifyError::ClientNotAllowed);
        }
        if !is_authorized_party(client_id, claims.authorized_party()) {
            return Err(VerifyError::ClientNotAllowed);
        }
        Ok(())
    }

    /// `aud` of Cognito's access tokens is absent, the client id (written by a trigger), or the one
    /// resource that they are bound to (RFC 8707). A token for another resource is refused; where the
    /// verifier names resources, so is a token for none.
    fn check_resource(&self, claims: &AccessClaims) -> Result<(), VerifyError> {
        let fits = match claims.registered().audience() {
            Audience::Missing => self.resources.is_empty(),
            Audience::One(one) if self.resources.is_empty() => one == claims.client_id(),
            Audience::One(one) => self.resources.iter().any(|resource| resource == one),
            Audience::NotOne => false,
        };
        if fits { Ok(()) } else { Err(VerifyError::AudienceNotAllowed) }
    }

    pub(crate) fn is_expired(&self, expires_at: u64, now: u64) -> bool {
        is_expired(expires_at, now, self.leeway)
    }

    /// RFC 7519 §4.1.4 to §4.1.6: `exp`, `nbf`, `iat`.
    fn check_times(&self, claims: Registered<'_>, now: u64) -> Result<(), VerifyError> {
        if self.is_expired(claims.expires_at(), now) {
            return Err(VerifyError::Expired { ago: seconds_between(claims.expires_at(), now) });
        }
        // A store drops a revocation once every token of Cognito that it can hit has expired.
        if claims.expires_at().saturating_sub(claims.issued_at()) > MAX_TOKEN_LIFETIME {
            return Err(VerifyError::LifetimeTooLong {
                limit: Duration::from_secs(MAX_TOKEN_LIFETIME),
            });
        }
        if let Some(not_before) = claims.not_before()
            && is_ahead(not_before, now, self.leeway)
        {
            return Err(VerifyError::NotYetValid { ahead: seconds_between(now, not_before) });
        }
        if is_ahead(claims.issued_at(), now, self.leeway.saturating_add(ISSUED_AT_TOLERANCE)) {
            return Err(VerifyError::IssuedInFuture {
                ahead: seconds_between(now, claims.issued_at()),
            });
        }
        Ok(())
    }

    fn check_groups(&self, claims: Registered<'_>) -> Result<(), VerifyError> {
        let in_group = |group: &String| claims.in_group(group);
        if !self.groups_all.iter().all(in_group) || !none_or_any(&self.groups_any, in_group) {
            return Err(VerifyError::GroupMissing);
        }
        Ok(())
    }

    fn check_age(&self, claims: Registered<'_>, now: u64) -> Result<(), VerifyError> {
        self.max_age.map_or(Ok(()), |limit| check_age(claims, limit, self.leeway, now))
    }
}

/// Whether the user signed in at most `limit` seconds ago.
pub(super) fn check_age(
    claims: Registered<'_>,
    limit: u64,
    leeway: u64,
    now: u64,
) -> Result<(), VerifyError> {
    let auth_time = claims.auth_time().ok_or(VerifyError::ClaimMissing { claim: "auth_time" })?;
    if is_ahead(auth_time, now, leeway.saturating_add(ISSUED_AT_TOLERANCE)) {
        return Err(VerifyError::ClaimMalformed { claim: "auth_time" });
    }
    if is_too_old(auth_time, limit, now, leeway) {
        return Err(VerifyError::TooOld {
            age: seconds_between(auth_time, now),
            limit: Duration::from_secs(limit),
        });
    }
    Ok(())
}

fn none_or_any(wanted: &Option<Vec<String>>, has: impl Fn(&String) -> bool) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted.iter().any(has))
}

// The comparisons that these rules share with the checks of an ID token that was just issued:
// `crate::idp` makes those with a leeway and with errors of its own.

/// Whether the token is for this party: `azp`, where there is one (OpenID Connect Core §3.1.3.7, items
/// 4 and 5).
pub(crate) fn is_authorized_party(client_id: &str, authorized_party: Option<&str>) -> bool {
    authorized_party.is_none_or(|party| party == client_id)
}

/// Whether this is the nonce that was sent, in a time that does not depend on it (item 11).
pub(crate) fn is_nonce(sent: &str, nonce: Option<&str>) -> bool {
    nonce.is_some_and(|nonce| nonce.as_bytes().ct_eq(sent.as_bytes()).into())
}

fn seconds_between(earlier: u64, later: u64) -> Duration {
    Duration::from_secs(later.saturating_sub(earlier))
}

/// RFC 7519 §4.1.4: not "on or after" `exp`.
pub(crate) fn is_expired(expires_at: u64, now: u64, leeway: u64) -> bool {
    now >= expires_at.saturating_add(leeway)
}

/// Whether a moment (`nbf`, `iat`, `auth_time`) is further in the future than the leeway allows.
pub(crate) fn is_ahead(moment: u64, now: u64, leeway: u64) -> bool {
    moment > now.saturating_add(leeway)
}

/// Whether a sign-in is longer ago than the limit (item 13). One in the future is not.
pub(crate) fn is_too_old(auth_time: u64, limit: u64, now: u64, leeway: u64) -> bool {
    now.saturating_sub(auth_time) > limit.saturating_add(leeway)
}

/// The left half of the SHA-256 of the access token's text (OpenID Connect Core §3.1.3.6).
fn access_token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token.as_bytes())[..16])
}
