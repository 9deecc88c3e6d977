//! The claims of an access token.

use super::payload::{PayloadReader, SharedPayload};
use super::registered::{RegisteredSpans, registered_claims, required};
use super::span::Span;
use crate::error::VerifyError;
use crate::json::Members;
use crate::jwt::TokenUse;

/// The claims of a verified access token. Only a verifier creates them. Cheap to clone.
///
/// With the features `axum` and `actix-web` it is an extractor ([`web`](crate::web)). The optional
/// form is `Option<AccessClaims>` in axum, and **not** in Actix Web: there `Option` turns every error
/// into `None`, so a request whose token is revoked, or could not be checked, would be treated as a
/// request without a token. Use `OptionalBearer<AccessClaims>` there, and mount the middleware,
/// `wrap(bearer)`, which refuses such a request before any handler runs.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessClaims(SharedPayload<AccessSpans>);

#[derive(Clone)]
struct AccessSpans {
    registered: RegisteredSpans,
    client_id: Span,
    scope: Option<Span>,
    username: Option<Span>,
    machine: bool,
}

registered_claims!(AccessClaims);

impl AccessClaims {
    /// Reads the claims of a token whose signature held.
    pub(crate) fn read(claims: &Members<'_>) -> Result<Self, VerifyError> {
        let mut reader = PayloadReader::new(claims);
        let registered = RegisteredSpans::read(&mut reader, TokenUse::Access)?;
        let client_id = required(reader.string("client_id")?, "client_id")?;
        let spans = AccessSpans {
            client_id,
            scope: reader.string("scope")?,
            username: reader.string("username")?,
            machine: reader.text_of(registered.sub()) == reader.text_of(client_id),
            registered,
        };
        Ok(Self(reader.finish(spans)))
    }

    /// `client_id`: the app client that the token was issued to.
    pub fn client_id(&self) -> &str {
        self.registered().text(self.0.spans().client_id)
    }

    /// `username`: the name that the user signs in with. Absent from a machine's token.
    pub fn username(&self) -> Option<&str> {
        self.registered().optional(self.0.spans().username)
    }

    /// `scope` as in the token: separated by spaces.
    pub(crate) fn scope(&self) -> &str {
        self.registered().optional(self.0.spans().scope).unwrap_or_default()
    }

    /// `scope`: what the token may be used for.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope().split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether the token has a scope, such as `openid` or `orders/read`.
    pub fn has_scope(&self, scope: &str) -> bool {
        // By bytes: a search for a character with vectors costs more than a scope is long.
        let mut known = self.scope().as_bytes().split(|byte| *byte == b' ');
        !scope.is_empty() && known.any(|known| known == scope.as_bytes())
    }

    /// `aud`, where the token is bound to a resource
    /// ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)). Most access tokens of Cognito have none.
    pub fn audience(&self) -> Option<&str> {
        self.registered().first_audience()
    }

    /// Whether the token was issued to an app client for itself (client credentials), without a user.
    /// Cognito then sets `sub` to the client id, which is never the `sub` of a user.
    pub fn is_machine(&self) -> bool {
        self.0.spans().machine
    }
}

impl std::fmt::Debug for AccessClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessClaims")
            .field("registered", &self.registered())
            .field("client_id", &self.client_id())
            .field("scope", &self.scope())
            .field("username", &self.username())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each future between the verifier and a handler moves them.
    #[test]
    fn claims_are_small() {
        assert!(size_of::<AccessClaims>() <= 16, "{}", size_of::<AccessClaims>());
    }
}
