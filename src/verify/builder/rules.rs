//! What a verifier demands of the claims: one method for each rule that is optional.

use std::time::Duration;

use super::JwtVerifierBuilder;
use crate::claims::Clients;

impl JwtVerifierBuilder {
    /// Accepts tokens that were issued to this app client: `client_id` of access tokens, `aud` of
    /// ID tokens. Call it again for several.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        match &mut self.clients {
            Some(Clients::Only(clients)) => clients.push(client_id.into()),
            _ => self.clients = Some(Clients::Only(vec![client_id.into()])),
        }
        self
    }

    /// Accepts tokens of every app client of the pool, also of those that the pool gets later: each of
    /// them can get tokens that this service accepts.
    pub fn accept_every_client(mut self) -> Self {
        self.clients = Some(Clients::Any);
        self
    }

    /// Accepts access tokens of machines (client credentials) too. Without it they are refused: a
    /// handler that takes `sub` for a user must not be handed a machine.
    pub fn accept_client_credentials(mut self) -> Self {
        self.rules.machines = true;
        self
    }

    /// Demands that access tokens are bound to this resource
    /// ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)): `aud` is this text, exactly. Call it
    /// again for several, of which the token must name one.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.rules.resources.push(resource.into());
        self
    }

    /// Demands a scope of access tokens. Call it again for several: all of them are demanded.
    pub fn require_scope(mut self, scope: impl Into<String>) -> Self {
        self.rules.scopes_all.push(scope.into());
        self
    }

    /// Demands one of these scopes of access tokens. At least one has to be named; a second call
    /// replaces the first.
    pub fn require_any_scope<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.rules.scopes_any = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Demands that the user is in a group. Call it again for several: all of them are demanded.
    pub fn require_group(mut self, group: impl Into<String>) -> Self {
        self.rules.groups_all.push(group.into());
        self
    }

    /// Demands that the user is in one of these groups. At least one has to be named; a second
    /// call replaces the first.
    pub fn require_any_group<S: Into<String>>(
        mut self,
        groups: impl IntoIterator<Item = S>,
    ) -> Self {
        self.rules.groups_any = Some(groups.into_iter().map(Into::into).collect());
        self
    }

    /// Demands of ID tokens that the user has verified the e-mail address: `email_verified` is `true`,
    /// the boolean or, as Cognito writes it in other places, the string. Access tokens have no such
    /// claim, and are not asked for it. Default: not demanded, since a user who signs in by phone or
    /// through another provider may have no verified address.
    ///
    /// Without it the refusal is [`EmailNotVerified`](crate::VerifyError::EmailNotVerified), a 403 and
    /// not a 401: the token is good and its user is known, and another token of the same sign-in says
    /// the same. A 401 would send the client to refresh or to sign in again, for nothing.
    pub fn require_verified_email(mut self) -> Self {
        self.rules.verified_email = true;
        self
    }

    /// Demands that the user proved who they are no longer than this ago (`auth_time`). Rounded
    /// down to seconds.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.rules.max_age = Some(age.as_secs());
        self
    }
}
