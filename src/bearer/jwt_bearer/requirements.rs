//! What a route requires beside the rules of the verifier, and what its challenges say of it.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{BearerRoute, ChallengeParameters, JwtBearer};
use crate::claims::Requirement;

/// A requirement is checked after the verifier has accepted the token, in the order of the calls. A token
/// of a kind that cannot meet it is refused: an ID token has no scopes, and an access token has no e-mail
/// address.
impl JwtBearer {
    /// Requires that access tokens have this scope; `WWW-Authenticate` names it, with a 403 and with the 401
    /// for a request without a token. After several calls, all of the scopes are required.
    #[must_use]
    pub fn require_scope(&self, scope: impl Into<String>) -> Self {
        let scope = scope.into();
        self.with_parameters(|parameters| parameters.add_scope(&scope))
            .requiring(Requirement::Scope(scope))
    }

    /// Requires that access tokens have one of these scopes. No token has one of an empty list. The
    /// parameter `scope` of a challenge can only say that all are needed, so these are not in it.
    #[must_use]
    pub fn require_any_scope<S: Into<String>>(&self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.requiring(Requirement::AnyScope(scopes.into_iter().map(Into::into).collect()))
    }

    /// Requires that the user is in this group. After several calls, all of the groups are required.
    #[must_use]
    pub fn require_group(&self, group: impl Into<String>) -> Self {
        self.requiring(Requirement::Group(group.into()))
    }

    /// Requires that the user is in one of these groups. No user is in one of an empty list.
    #[must_use]
    pub fn require_any_group<S: Into<String>>(&self, groups: impl IntoIterator<Item = S>) -> Self {
        self.requiring(Requirement::AnyGroup(groups.into_iter().map(Into::into).collect()))
    }

    /// Refuses machines on this route, where the verifier
    /// [accepts them](crate::JwtVerifierBuilder::accept_client_credentials).
    #[must_use]
    pub fn require_user(&self) -> Self {
        self.requiring(Requirement::User)
    }

    /// Refuses users on this route. The verifier has to
    /// [accept machines](crate::JwtVerifierBuilder::accept_client_credentials).
    #[must_use]
    pub fn require_machine(&self) -> Self {
        self.requiring(Requirement::Machine)
    }

    /// Requires that the user signed in at most this long ago, in whole seconds. A refresh does not count.
    /// The challenge has `max_age`
    /// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)). By the system's clock;
    /// [`max_age`](crate::JwtVerifierBuilder::max_age) of the verifier has its clock and leeway.
    #[must_use]
    pub fn require_auth_within(&self, age: Duration) -> Self {
        self.requiring(Requirement::AuthWithin(age))
    }

    /// Requires an authentication context class (`acr`), or one of several with spaces between them. The
    /// challenge has `acr_values` (RFC 9470). Of Cognito's classes, `urn:cognito:loa:1` to `4`, a higher
    /// level satisfies a requirement of a lower one.
    #[must_use]
    pub fn require_acr(&self, acr_values: impl Into<String>) -> Self {
        self.requiring(Requirement::Acr(acr_values.into()))
    }

    /// Requires that the user's e-mail address is verified. For routes that take ID tokens: Cognito's access
    /// tokens do not say it, and are refused.
    #[must_use]
    pub fn require_verified_email(&self) -> Self {
        self.requiring(Requirement::VerifiedEmail)
    }

    /// Adds `realm` to every challenge ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)). A
    /// text with characters outside printable ASCII is left out.
    #[must_use]
    pub fn realm(&self, realm: &str) -> Self {
        self.with_parameters(|parameters| parameters.set_realm(realm))
    }

    /// Adds `resource_metadata` to every challenge: the address of this service's protected resource
    /// metadata ([RFC 9728 §5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)), by which clients such as
    /// those of MCP find the user pool.
    #[must_use]
    pub fn resource_metadata(&self, address: &Url) -> Self {
        self.with_parameters(|parameters| parameters.set_resource_metadata(address.as_str()))
    }

    fn requiring(&self, requirement: Requirement) -> Self {
        let mut route = BearerRoute::clone(&self.0);
        route.requirements.push(requirement);
        Self(Arc::new(route))
    }

    fn with_parameters(&self, set: impl FnOnce(&mut ChallengeParameters)) -> Self {
        let mut route = BearerRoute::clone(&self.0);
        let mut parameters = route.parameters.as_deref().cloned().unwrap_or_default();
        set(&mut parameters);
        route.parameters = Some(Arc::new(parameters));
        Self(Arc::new(route))
    }
}
