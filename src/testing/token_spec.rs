//! Tokens to order: good ones, and ones with exactly one thing wrong.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use super::claims::{Members, set, write};
use super::issue::signing_input;
use super::session::Door;
use super::signer::Signer;
use super::state::State;

/// A token as [`LocalUserPool::token`](super::LocalUserPool::token) writes it: as Cognito would, but
/// for what is changed here.
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
    kind: Kind,
    changes: Vec<Change>,
    header: Vec<(String, Value)>,
    raw_header: Option<Vec<u8>>,
    raw_payload: Option<Vec<u8>>,
    signature: Signature,
}

#[derive(Debug, Clone)]
enum Kind {
    Access(String),
    Id(String),
    Machine,
}

#[derive(Debug, Clone)]
enum Change {
    Claim(String, Value),
    WithoutClaim(String),
    ExpiresIn(i64),
    Expired,
    ClientId(String),
    Scopes(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Signature {
    Own,
    Strangers,
    Broken,
    Missing,
}

impl TokenSpec {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            changes: Vec::new(),
            header: Vec::new(),
            raw_header: None,
            raw_payload: None,
            signature: Signature::Own,
        }
    }

    /// A user's access token, as the token endpoint gives it, with all scopes of the pool's client.
    /// A user whom the pool does not know may have one too, such as one who has been deleted.
    pub fn access(username: impl Into<String>) -> Self {
        Self::new(Kind::Access(username.into()))
    }

    /// A user's ID token, as the token endpoint gives it. `at_hash` is left out: it belongs to one
    /// access token, and this one has none beside it.
    pub fn id(username: impl Into<String>) -> Self {
        Self::new(Kind::Id(username.into()))
    }

    /// An access token of the client-credentials grant: no user, no session.
    pub fn machine() -> Self {
        Self::new(Kind::Machine)
    }

    /// Sets `exp` this many seconds from now; a negative number is in the past.
    pub fn expires_in(self, seconds: i64) -> Self {
        self.change(Change::ExpiresIn(seconds))
    }

    /// Issued so long ago that it expired one hour ago.
    pub fn expired(self) -> Self {
        self.change(Change::Expired)
    }

    /// Sets a claim to anything that serializes; in place of the usual one, where there is one.
    pub fn claim(self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.change(Change::Claim(name.into(), to_json(value)))
    }

    /// Leaves a claim out.
    pub fn without_claim(self, name: impl Into<String>) -> Self {
        self.change(Change::WithoutClaim(name.into()))
    }

    /// Sets `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.claim("iss", issuer.into())
    }

    /// Sets the client: `client_id` of an access token, `aud` of an ID token.
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        self.change(Change::ClientId(client_id.into()))
    }

    /// Sets the scopes of an access token.
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.change(Change::Scopes(scopes.into_iter().map(Into::into).collect()))
    }

    /// Sets the groups. With none, the claim is absent: Cognito sends no empty list.
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

    /// Sets `alg`, whatever signs. `none`, for instance.
    pub fn algorithm_text(self, algorithm: impl Into<String>) -> Self {
        self.header_member("alg", algorithm.into())
    }

    /// Sets `kid`, whatever signs.
    pub fn kid(self, kid: impl Into<String>) -> Self {
        self.header_member("kid", kid.into())
    }

    /// Takes these bytes for the header, whatever they are. They are signed properly.
    pub fn raw_header(mut self, header: impl Into<Vec<u8>>) -> Self {
        self.raw_header = Some(header.into());
        self
    }

    /// Takes these bytes for the payload, whatever they are. They are signed properly.
    pub fn raw_payload(mut self, payload: impl Into<Vec<u8>>) -> Self {
        self.raw_payload = Some(payload.into());
        self
    }

    /// Signs with a key that is not the pool's, under the `kid` of one that is. See
    /// [`LocalUserPool::stranger_jwk`](super::LocalUserPool::stranger_jwk).
    pub fn signed_by_stranger(mut self) -> Self {
        self.signature = Signature::Strangers;
        self
    }

    /// Flips one bit of the signature.
    pub fn with_broken_signature(mut self) -> Self {
        self.signature = Signature::Broken;
        self
    }

    /// Leaves the third part empty.
    pub fn without_signature(mut self) -> Self {
        self.signature = Signature::Missing;
        self
    }

    fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    pub(super) fn needs_stranger(&self) -> bool {
        self.signature == Signature::Strangers
    }

    fn apply(&self, claims: &mut Members, now: Duration, lifetime: Duration) {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        for change in &self.changes {
            match change {
                Change::Claim(name, value) => set(claims, name, value.clone()),
                Change::WithoutClaim(name) => claims.retain(|(known, _)| known != name),
                Change::ExpiresIn(seconds) => {
                    set(claims, "exp", now.saturating_add(*seconds).into())
                }
                Change::Expired => {
                    let expired_at = now.saturating_sub(3600);
                    let issued_at = expired_at.saturating_sub(lifetime);
                    set(claims, "exp", expired_at.into());
                    set(claims, "iat", issued_at.into());
                    set(claims, "auth_time", issued_at.into());
                }
                Change::ClientId(id) => {
                    let is_id = matches!(self.kind, Kind::Id(_));
                    set(claims, if is_id { "aud" } else { "client_id" }, id.as_str().into());
                    if matches!(self.kind, Kind::Machine) {
                        set(claims, "sub", id.as_str().into());
                    }
                }
                Change::Scopes(scopes) => set(claims, "scope", scopes.join(" ").into()),
            }
        }
    }
}

/// What does not serialize becomes `null`.
fn to_json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

impl State {
    /// Writes a token. Its session is recorded, so that signing the user out revokes it.
    pub(super) fn write_token(
        &mut self,
        now: Duration,
        spec: &TokenSpec,
        stranger: Option<&Signer>,
    ) -> String {
        let (client_id, user_scopes, custom_scopes) = match self.clients.first() {
            Some(client) => (client.id.clone(), client.user_scopes(), client.custom_scopes()),
            None => Default::default(),
        };
        let (mut claims, key, lifetime) = match &spec.kind {
            Kind::Machine => {
                let claims = self.machine_claims(now, &client_id, &custom_scopes);
                (claims, self.keys.access.clone(), self.settings.access_token_lifetime)
            }
            Kind::Access(username) | Kind::Id(username) => {
                let session =
                    self.session_for(now, username, &client_id, user_scopes, Door::Domain);
                self.open(session.clone());
                if matches!(spec.kind, Kind::Id(_)) {
                    let claims = self.id_claims(now, &session, None, None);
                    (claims, self.keys.id.clone(), self.settings.id_token_lifetime)
                } else {
                    let claims = self.access_claims(now, &session);
                    (claims, self.keys.access.clone(), self.settings.access_token_lifetime)
                }
            }
        };
        spec.apply(&mut claims, now, lifetime);
        let mut header = vec![("kid".to_owned(), key.kid.clone().into())];
        set(&mut header, "alg", "RS256".into());
        for (name, value) in &spec.header {
            set(&mut header, name, value.clone());
        }
        let header = spec.raw_header.clone().unwrap_or_else(|| write(&header, false).into_bytes());
        let payload = spec.raw_payload.clone().unwrap_or_else(|| write(&claims, true).into_bytes());
        let input = signing_input(header, payload);
        let signature = match (spec.signature, stranger) {
            (Signature::Missing, _) => Vec::new(),
            (Signature::Strangers, Some(stranger)) => stranger.sign(input.as_bytes()),
            (Signature::Broken | Signature::Strangers, _) => {
                let mut signature = key.sign(input.as_bytes());
                if let Some(byte) = signature.first_mut() {
                    *byte ^= 1;
                }
                signature
            }
            (Signature::Own, _) => key.sign(input.as_bytes()),
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
