//! [`SignedIn`]: the user of a request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::BrowserSessions;
use super::error::SessionError;
use super::id::{PublicSessionId, SessionCookie, SessionKey};
use super::record::Record;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::VerifyError;
use crate::secret::AccessToken;

/// Who a request is from, and the session that says so. The access token in it was verified for this
/// request: signature, times, revocation. Cheap to clone.
#[derive(Clone)]
pub struct SignedIn(pub(super) Arc<SignedInParts>);

pub(super) struct SignedInParts {
    pub(super) sessions: BrowserSessions,
    pub(super) cookie: Arc<SessionCookie>,
    pub(super) record: Arc<Record>,
    pub(super) claims: AccessClaims,
    pub(super) idle_ends_at: u64,
}

impl SignedIn {
    /// The user's id: never changes, never reused.
    pub fn sub(&self) -> &str {
        self.0.claims.sub()
    }

    /// The name that the user signs in with.
    pub fn username(&self) -> Option<&str> {
        self.0.claims.username()
    }

    /// The user's e-mail address, as of the sign-in, where the ID token had one. The user may not have
    /// verified it: do not decide by it who they are
    /// ([`IdClaims::email_verified`](crate::IdClaims::email_verified), at
    /// [`on_sign_in`](super::BrowserSessionsBuilder::on_sign_in) or in [`id_claims`](Self::id_claims)).
    pub fn email(&self) -> Option<&str> {
        self.0.record.email.as_deref()
    }

    /// The verified claims of the access token.
    pub fn claims(&self) -> &AccessClaims {
        &self.0.claims
    }

    /// The verified claims of the ID token, where there is one.
    ///
    /// # Errors
    /// [`VerifyError`]: it has expired, for instance, where ID tokens live for a shorter time than access
    /// tokens.
    pub async fn id_claims(&self) -> Result<Option<IdClaims>, VerifyError> {
        let Some(token) = &self.0.record.id_token else { return Ok(None) };
        let checks = IdTokenChecks::new().subject(self.sub());
        self.0.sessions.0.verifier.verify_id(token.expose(), checks).await.map(Some)
    }

    /// The access token, for calling other services in the user's name. It is good at this moment, and
    /// for at least as long as is left of it: ask for the session again for each request.
    pub fn access_token(&self) -> &AccessToken {
        &self.0.record.access_token
    }

    /// The session's name in the list of the user's sessions.
    pub fn public_id(&self) -> PublicSessionId {
        self.0.record.public_id
    }

    /// What [`on_sign_in`](super::BrowserSessionsBuilder::on_sign_in) has put into the session.
    pub fn app_data(&self) -> &[u8] {
        &self.0.record.app_data
    }

    /// When the session began.
    pub fn created_at(&self) -> SystemTime {
        moment(self.0.record.created_at)
    }

    /// When the session ends if no request comes.
    pub fn idle_ends_at(&self) -> SystemTime {
        moment(self.0.idle_ends_at)
    }

    /// When the session ends in any case.
    pub fn ends_at(&self) -> SystemTime {
        moment(self.0.record.ends_at)
    }

    /// Whether the user is in a group.
    pub fn has_group(&self, group: &str) -> bool {
        self.0.claims.groups().any(|known| known == group)
    }

    /// Lets in only users of a group.
    ///
    /// # Errors
    /// [`SessionError::Forbidden`]: a 403, and not a new sign-in, which would change nothing.
    pub fn require_group(&self, group: &str) -> Result<(), SessionError> {
        let code = "group_missing";
        if self.has_group(group) { Ok(()) } else { Err(SessionError::Forbidden { code }) }
    }

    /// Lets in only tokens with a scope.
    ///
    /// # Errors
    /// As [`require_group`](Self::require_group).
    pub fn require_scope(&self, scope: &str) -> Result<(), SessionError> {
        let code = "scope_missing";
        if self.0.claims.has_scope(scope) { Ok(()) } else { Err(SessionError::Forbidden { code }) }
    }

    /// Lets in only users who proved who they are at most this long ago (`auth_time`): before a payment,
    /// say. A refresh does not count, and neither does it that the browser came from `/login`.
    ///
    /// # Errors
    /// [`SessionError::SignInTooOld`]: answer with
    /// [`answer_error`](super::BrowserSessions::answer_error), which leads to a new proof and back here.
    pub fn require_auth_within(&self, age: Duration) -> Result<(), SessionError> {
        let now = self.0.sessions.0.now();
        let is_recent = |moment: u64| now.saturating_sub(moment) <= age.as_secs();
        let auth_time = self.0.claims.auth_time_seconds();
        if auth_time.is_some_and(is_recent) { Ok(()) } else { Err(SessionError::SignInTooOld) }
    }

    pub(super) fn key(&self) -> SessionKey {
        self.0.cookie.key()
    }
}

/// A moment that no clock of this system can hold reads as 1970.
fn moment(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("record", &self.0.record).finish_non_exhaustive()
    }
}
