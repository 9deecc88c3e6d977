//! The claim rules that can be set: one method for each.

use std::time::Duration;

use super::JwtVerifierBuilder;
use crate::claims::AcceptedClients;

impl JwtVerifierBuilder {
    /// Accepts tokens that were issued to this app client: `client_id` of access tokens, `aud` of
    /// ID tokens. Call it again for further clients.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        match &mut self.clients {
            Some(AcceptedClients::Only(clients)) => clients.push(client_id.into()),
            _ => self.clients = Some(AcceptedClients::Only(vec![client_id.into()])),
        }
        self
    }

    /// Accepts the tokens of every app client of the pool, including clients that are created later. So
    /// an operator of any client of the pool can get tokens that this service accepts.
    pub fn accept_every_client(mut self) -> Self {
        self.clients = Some(AcceptedClients::Any);
        self
    }

    /// Also accepts access tokens of machines (client credentials). By default they are refused, since a
    /// handler that takes `sub` for the id of a user must not get the claims of a machine.
    pub fn accept_client_credentials(mut self) -> Self {
        self.rules.machines = true;
        self
    }

    /// Requires that access tokens are bound to this resource
    /// ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)): `aud` is exactly this text. After several
    /// calls `aud` has to be one of the resources. Default: `aud` is absent, or the client id.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.rules.resources.push(resource.into());
        self
    }

    /// Requires that access tokens have this scope. After several calls, all of the scopes are required.
    pub fn require_scope(mut self, scope: impl Into<String>) -> Self {
        self.rules.scopes_all.push(scope.into());
        self
    }

    /// Requires that access tokens have one of these scopes. An empty list is an error; a second call
    /// replaces the first.
    pub fn require_any_scope<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.rules.scopes_any = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Requires that the user is in this group. After several calls, all of the groups are required.
    pub fn require_group(mut self, group: impl Into<String>) -> Self {
        self.rules.groups_all.push(group.into());
        self
    }

    /// Requires that the user is in one of these groups. An empty list is an error; a second call
    /// replaces the first.
    pub fn require_any_group<S: Into<String>>(
        mut self,
        groups: impl IntoIterator<Item = S>,
    ) -> Self {
        self.rules.groups_any = Some(groups.into_iter().map(Into::into).collect());
        self
    }

    /// Requires that the ID token says that the user's e-mail address is verified: `email_verified` is
    /// `true`, as a boolean or as a string (Cognito writes either). Access tokens have no such claim and
    /// are not affected. Default: not required, since a user who signs in by phone or through another
    /// provider may have no verified address.
    ///
    /// Other ID tokens are refused with [`EmailNotVerified`](crate::VerifyError::EmailNotVerified): 403
    /// and not 401, since the token is valid, and a new token from a refresh or a new sign-in would
    /// not differ.
    pub fn require_verified_email(mut self) -> Self {
        self.rules.verified_email = true;
        self
    }

    /// Requires that the user signed in at most this long ago (`auth_time`); a refresh does not count as a
    /// sign-in. Rounded down to seconds. Default: no limit.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.rules.max_age = Some(age.as_secs());
        self
    }
}
