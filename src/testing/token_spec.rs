//! [`TokenSpec`]: the description of a token, valid or with a flaw.

use serde::Serialize;
use serde_json::Value;

/// The description of a token for [`LocalUserPool::token`](super::LocalUserPool::token): a token like
/// Cognito's, with the changes that are made here.
///
/// ```
/// use cognito_auth::testing::TokenSpec;
///
/// let stale = TokenSpec::access("alice").expired();
/// let other_tenant = TokenSpec::id("alice").claim("custom:tenant", "umbrella");
/// let forged = TokenSpec::access("alice").groups(["admins"]).signed_by_stranger();
/// ```
#[derive(Debug, Clone)]
pub struct TokenSpec {
    pub(crate) kind: SpecKind,
    pub(crate) changes: Vec<ClaimChange>,
    pub(crate) header: Vec<(String, Value)>,
    pub(crate) raw_header: Option<Vec<u8>>,
    pub(crate) raw_payload: Option<Vec<u8>>,
    pub(crate) signature: SpecSignature,
}

#[derive(Debug, Clone)]
pub(crate) enum SpecKind {
    Access(String),
    Id(String),
    Machine,
}

#[derive(Debug, Clone)]
pub(crate) enum ClaimChange {
    Claim(String, Value),
    WithoutClaim(String),
    ExpiresIn(i64),
    Expired,
    ClientId(String),
    Scopes(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SpecSignature {
    Own,
    Stranger,
    Broken,
    Missing,
}

impl TokenSpec {
    fn new(kind: SpecKind) -> Self {
        Self {
            kind,
            changes: Vec::new(),
            header: Vec::new(),
            raw_header: None,
            raw_payload: None,
            signature: SpecSignature::Own,
        }
    }

    /// A user's access token, as the token endpoint issues it, with all scopes of the pool's client. The
    /// pool need not have a user of this name, for example because the user was deleted.
    pub fn access(username: impl Into<String>) -> Self {
        Self::new(SpecKind::Access(username.into()))
    }

    /// A user's ID token, as the token endpoint issues it, but without `at_hash`, since there is no access
    /// token that belongs to it.
    pub fn id(username: impl Into<String>) -> Self {
        Self::new(SpecKind::Id(username.into()))
    }

    /// An access token of the client-credentials grant: no user, no session.
    pub fn machine() -> Self {
        Self::new(SpecKind::Machine)
    }

    /// Sets `exp` this many seconds from now; a negative number is in the past.
    pub fn expires_in(self, seconds: i64) -> Self {
        self.change(ClaimChange::ExpiresIn(seconds))
    }

    /// Makes the token expire one hour ago; `iat` is earlier by its lifetime.
    pub fn expired(self) -> Self {
        self.change(ClaimChange::Expired)
    }

    /// Sets a claim to any value that can be serialized, in place of the usual value.
    pub fn claim(self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.change(ClaimChange::Claim(name.into(), to_json(value)))
    }

    /// Removes a claim.
    pub fn without_claim(self, name: impl Into<String>) -> Self {
        self.change(ClaimChange::WithoutClaim(name.into()))
    }

    /// Sets `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.claim("iss", issuer.into())
    }

    /// Sets the client: `client_id` of an access token, `aud` of an ID token.
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        self.change(ClaimChange::ClientId(client_id.into()))
    }

    /// Sets the scopes of an access token.
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.change(ClaimChange::Scopes(scopes.into_iter().map(Into::into).collect()))
    }

    /// Sets the groups. With an empty list the claim is absent, as in Cognito's tokens.
    pub fn groups<S: Into<String>>(self, groups: impl IntoIterator<Item = S>) -> Self {
        let groups: Vec<String> = groups.into_iter().map(Into::into).collect();
        let name = "cognito:groups";
        if groups.is_empty() { self.without_claim(name) } else { self.claim(name, groups) }
    }

    /// Sets a member of the header.
    pub fn header_member(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.header.push((name.into(), to_json(value)));
        self
    }

    /// Sets `alg` in the header, for example to `none`. It does not change how the token is signed.
    pub fn algorithm_text(self, algorithm: impl Into<String>) -> Self {
        self.header_member("alg", algorithm.into())
    }

    /// Sets `kid` in the header. It does not change which key signs the token.
    pub fn kid(self, kid: impl Into<String>) -> Self {
        self.header_member("kid", kid.into())
    }

    /// Uses these bytes as the header, with a valid signature.
    pub fn raw_header(mut self, header: impl Into<Vec<u8>>) -> Self {
        self.raw_header = Some(header.into());
        self
    }

    /// Uses these bytes as the payload, with a valid signature.
    pub fn raw_payload(mut self, payload: impl Into<Vec<u8>>) -> Self {
        self.raw_payload = Some(payload.into());
        self
    }

    /// Signs with a key that is not the pool's, under the `kid` of the pool's key. The public key is
    /// [`LocalUserPool::stranger_jwk`](super::LocalUserPool::stranger_jwk).
    pub fn signed_by_stranger(mut self) -> Self {
        self.signature = SpecSignature::Stranger;
        self
    }

    /// Flips one bit of the signature.
    pub fn with_broken_signature(mut self) -> Self {
        self.signature = SpecSignature::Broken;
        self
    }

    /// Removes the signature: the third part of the token is empty.
    pub fn without_signature(mut self) -> Self {
        self.signature = SpecSignature::Missing;
        self
    }

    fn change(mut self, change: ClaimChange) -> Self {
        self.changes.push(change);
        self
    }

    pub(crate) fn needs_stranger(&self) -> bool {
        self.signature == SpecSignature::Stranger
    }
}

/// What does not serialize becomes `null`.
fn to_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
