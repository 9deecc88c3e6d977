//! [`Requirement`]: what a route requires of a verified token, beside the rules of its verifier; and the
//! same as methods of the claims.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::acr::{self, AcrClaim, StringOrOther};
use super::rules::check_age;
use super::{AccessClaims, IdClaims};
use crate::error::VerifyError;

/// One requirement. A token of a kind that cannot meet it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Requirement {
    Scope(String),
    AnyScope(Vec<String>),
    Group(String),
    AnyGroup(Vec<String>),
    User,
    Machine,
    AuthWithin(Duration),
    /// Authentication context classes with spaces between, of which one is required.
    Acr(String),
    VerifiedEmail,
}

impl Requirement {
    pub(crate) fn check_access(&self, claims: &AccessClaims) -> Result<(), VerifyError> {
        match self {
            Self::Scope(scope) => claims.require_scope(scope),
            Self::AnyScope(scopes) => claims.require_any_scope(scopes),
            Self::Group(group) => claims.require_group(group),
            Self::AnyGroup(groups) => claims.require_any_group(groups),
            Self::User => claims.require_user(),
            Self::Machine => claims.require_machine(),
            Self::AuthWithin(age) => claims.require_auth_within(*age),
            Self::Acr(acr_values) => claims.require_acr(acr_values),
            // Access tokens of Cognito have no such claim.
            Self::VerifiedEmail => Err(VerifyError::EmailNotVerified),
        }
    }

    /// An ID token is always a user's, and has no scopes.
    pub(crate) fn check_id(&self, claims: &IdClaims) -> Result<(), VerifyError> {
        match self {
            Self::Scope(_) | Self::AnyScope(_) => Err(VerifyError::ScopeMissing),
            Self::Group(group) => claims.require_group(group),
            Self::AnyGroup(groups) => claims.require_any_group(groups),
            Self::User => Ok(()),
            Self::Machine => Err(VerifyError::MachineRequired),
            Self::AuthWithin(age) => claims.require_auth_within(*age),
            Self::Acr(acr_values) => claims.require_acr(acr_values),
            Self::VerifiedEmail => claims.require_verified_email(),
        }
    }
}

/// What a handler requires of an access token. Each method returns the error that the verifier has for the
/// same rule; converted into a [`Challenge`](crate::bearer::Challenge), with `?` in handlers of axum and
/// Actix Web, it becomes the same response and is logged in the same way.
/// [`JwtBearer`](crate::bearer::JwtBearer) has these methods for all requests of a route.
///
/// ```
/// use cognito_auth::bearer::Challenge;
/// use cognito_auth::{AccessClaims, VerifyError};
///
/// fn delete_order(claims: &AccessClaims) -> Result<(), Challenge> {
///     claims.require_scope("orders/write")?;
///     claims.require_any_group(["admins", "clerks"])?;
///     Ok(())
/// }
/// ```
impl AccessClaims {
    /// Requires a scope, such as `orders/read`.
    ///
    /// # Errors
    /// [`VerifyError::ScopeMissing`]: 403.
    pub fn require_scope(&self, scope: &str) -> Result<(), VerifyError> {
        if self.has_scope(scope) { Ok(()) } else { Err(VerifyError::ScopeMissing) }
    }

    /// Requires one of these scopes. No token has one of an empty list.
    ///
    /// # Errors
    /// As [`require_scope`](Self::require_scope).
    pub fn require_any_scope<S: AsRef<str>>(
        &self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Result<(), VerifyError> {
        let has_one = scopes.into_iter().any(|scope| self.has_scope(scope.as_ref()));
        if has_one { Ok(()) } else { Err(VerifyError::ScopeMissing) }
    }

    /// Requires a user's token. Only for verifiers that accept machines
    /// ([`accept_client_credentials`](crate::JwtVerifierBuilder::accept_client_credentials)): the others
    /// require it of every token.
    ///
    /// # Errors
    /// [`VerifyError::UserRequired`]: 401.
    pub fn require_user(&self) -> Result<(), VerifyError> {
        if self.is_machine() { Err(VerifyError::UserRequired) } else { Ok(()) }
    }

    /// Requires a machine's token (client credentials).
    ///
    /// # Errors
    /// [`VerifyError::MachineRequired`]: 403.
    pub fn require_machine(&self) -> Result<(), VerifyError> {
        if self.is_machine() { Ok(()) } else { Err(VerifyError::MachineRequired) }
    }
}

impl IdClaims {
    /// Requires that the user's e-mail address is verified (`email_verified`).
    ///
    /// # Errors
    /// [`VerifyError::EmailNotVerified`]: 403.
    pub fn require_verified_email(&self) -> Result<(), VerifyError> {
        if self.email_verified() == Some(true) {
            Ok(())
        } else {
            Err(VerifyError::EmailNotVerified)
        }
    }
}

macro_rules! requirements_of_both_kinds {
    ($($claims:ident),*) => {$(
        impl $claims {
            /// Requires that the user is in a group. Groups are those of the time at which the token was
            /// issued.
            ///
            /// # Errors
            /// [`VerifyError::GroupMissing`]: 403.
            pub fn require_group(&self, group: &str) -> Result<(), VerifyError> {
                if self.in_group(group) { Ok(()) } else { Err(VerifyError::GroupMissing) }
            }

            /// Requires that the user is in one of these groups. No user is in one of an empty list.
            ///
            /// # Errors
            /// As [`require_group`](Self::require_group).
            pub fn require_any_group<S: AsRef<str>>(
                &self,
                groups: impl IntoIterator<Item = S>,
            ) -> Result<(), VerifyError> {
                let is_in_one = groups.into_iter().any(|group| self.in_group(group.as_ref()));
                if is_in_one { Ok(()) } else { Err(VerifyError::GroupMissing) }
            }

            /// Requires that the user signed in at most this long ago (`auth_time`), in whole seconds: for
            /// example before a payment. A refresh does not count. By the system's clock, without the
            /// leeway of the verifier.
            ///
            /// # Errors
            /// [`VerifyError::TooOld`]: 401 `insufficient_user_authentication` with `max_age`
            /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
            /// [`VerifyError::ClaimMissing`] for a token without `auth_time`, as those of machines are;
            /// [`VerifyError::ClaimMalformed`] where it is more than a minute in the future.
            pub fn require_auth_within(&self, age: Duration) -> Result<(), VerifyError> {
                check_age(self.registered(), age.as_secs(), 0, unix_now())
            }

            /// `acr`: how the user was authenticated. Cognito writes `urn:cognito:loa:1` to `4` in the
            /// feature tiers that have it. `None` where it is missing or no string.
            pub fn acr(&self) -> Option<String> {
                match self.custom::<AcrClaim>().ok()?.acr? {
                    StringOrOther::String(acr) => Some(acr),
                    StringOrOther::Other(_) => None,
                }
            }

            /// Requires an authentication context class, or one of several with spaces between them. Of
            /// Cognito's classes a higher level satisfies a requirement of a lower one.
            ///
            /// # Errors
            /// [`VerifyError::AcrInsufficient`]: 401 `insufficient_user_authentication` with `acr_values`
            /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
            pub fn require_acr(&self, acr_values: &str) -> Result<(), VerifyError> {
                if acr::is_satisfied(acr_values, self.acr().as_deref()) {
                    return Ok(());
                }
                Err(VerifyError::AcrInsufficient { acr_values: acr_values.into() })
            }
        }
    )*};
}

requirements_of_both_kinds!(AccessClaims, IdClaims);

/// A clock before 1970 reads as 1970: every sign-in is then in the future, and refused.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
