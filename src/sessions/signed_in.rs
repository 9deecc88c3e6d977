//! [`SignedIn`]: the user of a request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::SessionError;
use super::id::{PublicSessionId, SessionKey};
use super::record::Record;
use super::session_cookie::SessionCookie;
use super::{BrowserSessions, acr};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::VerifyError;
use crate::secret::AccessToken;

/// The user of a request, with the session. Its access token was verified for this request: signature,
/// times, revocation. Cheap to clone.
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
    /// `sub`, the user's id: it never changes, and is never reused.
    pub fn sub(&self) -> &str {
        self.0.claims.sub()
    }

    /// The name that the user signs in with.
    pub fn username(&self) -> Option<&str> {
        self.0.claims.username()
    }

    /// The user's e-mail address at the sign-in, if the ID token had one. The user may not have verified it:
    /// do not identify a user by it, unless
    /// [`IdClaims::email_verified`](crate::IdClaims::email_verified) says so, at
    /// [`on_sign_in`](super::BrowserSessionsBuilder::on_sign_in) or in [`id_claims`](Self::id_claims).
    pub fn email(&self) -> Option<&str> {
        self.0.record.email.as_deref()
    }

    /// The authentication context class of the sign-in (`acr`), by its ID token or else by its access
    /// token. A refresh does not change it.
    pub fn acr(&self) -> Option<&str> {
        self.0.record.acr.as_deref()
    }

    /// The verified claims of the access token.
    pub fn claims(&self) -> &AccessClaims {
        &self.0.claims
    }

    /// The verified claims of the ID token, if there is one.
    ///
    /// # Errors
    /// [`VerifyError`]: for example if the ID token has expired, where ID tokens live for a shorter
    /// time than access tokens.
    pub async fn id_claims(&self) -> Result<Option<IdClaims>, VerifyError> {
        let Some(token) = &self.0.record.id_token else { return Ok(None) };
        let checks = IdTokenChecks::new().subject(self.sub());
        self.0.sessions.0.verifier.verify_id(token.expose(), checks).await.map(Some)
    }

    /// The access token, for calling other services on behalf of the user. It is valid now, and may
    /// expire soon: take it from the session anew for each request.
    pub fn access_token(&self) -> &AccessToken {
        &self.0.record.access_token
    }

    /// The public id of the session, for the list of the user's sessions.
    pub fn public_id(&self) -> PublicSessionId {
        self.0.record.public_id
    }

    /// The application data that [`on_sign_in`](super::BrowserSessionsBuilder::on_sign_in) returned.
    pub fn app_data(&self) -> &[u8] {
        &self.0.record.app_data
    }

    /// When the session began.
    pub fn created_at(&self) -> SystemTime {
        moment(self.0.record.created_at)
    }

    /// When the session ends without another request.
    pub fn idle_ends_at(&self) -> SystemTime {
        moment(self.0.idle_ends_at)
    }

    /// The session's absolute end.
    pub fn ends_at(&self) -> SystemTime {
        moment(self.0.record.ends_at)
    }

    /// Whether the user is in a group.
    pub fn has_group(&self, group: &str) -> bool {
        self.0.claims.groups().any(|known| known == group)
    }

    /// Fails unless the user is in the group.
    ///
    /// # Errors
    /// [`SessionError::Forbidden`]: a 403, and no new sign-in, which would change nothing.
    pub fn require_group(&self, group: &str) -> Result<(), SessionError> {
        let code = "group_missing";
        if self.has_group(group) { Ok(()) } else { Err(SessionError::Forbidden { code }) }
    }

    /// Fails unless the access token has the scope.
    ///
    /// # Errors
    /// As [`require_group`](Self::require_group).
    pub fn require_scope(&self, scope: &str) -> Result<(), SessionError> {
        let code = "scope_missing";
        if self.0.claims.has_scope(scope) { Ok(()) } else { Err(SessionError::Forbidden { code }) }
    }

    /// Fails unless the user signed in at most this long ago (`auth_time`): for example before a
    /// payment. A refresh does not count, and neither does a visit of `/login` that Cognito answered
    /// from its own session.
    ///
    /// # Errors
    /// [`SessionError::SignInTooOld`]: answer with
    /// [`answer_error`](super::BrowserSessions::answer_error), whose page links to a new sign-in that
    /// leads back here.
    pub fn require_auth_within(&self, age: Duration) -> Result<(), SessionError> {
        let now = self.0.sessions.0.now();
        let is_recent = |moment: u64| now.saturating_sub(moment) <= age.as_secs();
        let auth_time = self.0.claims.auth_time_seconds();
        if auth_time.is_some_and(is_recent) { Ok(()) } else { Err(SessionError::SignInTooOld) }
    }

    /// Fails unless the sign-in has one of these authentication context classes (several are separated by
    /// spaces). A higher one of Cognito's levels `urn:cognito:loa:1` to `4` is accepted, too. See
    /// [`acr`](Self::acr) for where the class is from.
    ///
    /// # Errors
    /// - [`SessionError::InsufficientAuthentication`]: answer with
    ///   [`answer_error`](super::BrowserSessions::answer_error), which leads a page to a sign-in that requests
    ///   these classes, and back here.
    /// - [`SessionError::Misconfigured`] with `invalid_acr`: no sign-in can request these classes. A class is
    ///   of letters, digits and `-._~:/#%+`, and the text of at most 256 bytes.
    pub fn require_acr(&self, acr_values: &str) -> Result<(), SessionError> {
        if !acr::is_acr_values(acr_values) {
            return Err(SessionError::Misconfigured { code: "invalid_acr" });
        }
        if acr::is_satisfied(acr_values, self.acr()) {
            return Ok(());
        }
        Err(SessionError::InsufficientAuthentication { acr_values: acr_values.to_owned() })
    }

    pub(super) fn key(&self) -> SessionKey {
        self.0.cookie.key()
    }
}

/// A time that the system's clock cannot represent reads as 1970.
fn moment(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("record", &self.0.record).finish_non_exhaustive()
    }
}
