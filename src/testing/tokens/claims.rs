//! What Cognito writes into its tokens, claim by claim (Developer Guide, "Understanding user pool
//! JSON web tokens").

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::testing::pool::sessions::{PoolSession, SignInChannel};
use crate::testing::pool::users::PoolUser;

/// The members of an object, in the order in which they are written.
pub(crate) type Members = Vec<(String, Value)>;

/// What the claims of a token say of its issuance.
pub(crate) struct Issuance {
    pub(crate) issuer: String,
    pub(crate) now: Duration,
    pub(crate) lifetime: Duration,
    pub(crate) jti: String,
}

impl Issuance {
    fn times(&self, auth_time: Duration) -> Members {
        members([
            ("auth_time", auth_time.as_secs().into()),
            ("exp", self.now.saturating_add(self.lifetime).as_secs().into()),
            ("iat", self.now.as_secs().into()),
        ])
    }

    /// The access token of a user. `version` only from the domain; `aud` only by resource binding.
    pub(crate) fn access(&self, session: &PoolSession, groups: &[String]) -> Members {
        let mut claims = members([("sub", session.sub.as_str().into())]);
        if !groups.is_empty() {
            claims.extend(members([("cognito:groups", groups.into())]));
        }
        claims.extend(members([("iss", self.issuer.as_str().into())]));
        if session.channel == SignInChannel::ManagedLogin {
            claims.extend(members([("version", 2.into())]));
        }
        if let Some(resource) = &session.resource {
            claims.extend(members([("aud", resource.as_str().into())]));
        }
        claims.extend(members([
            ("client_id", session.client_id.as_str().into()),
            ("origin_jti", session.origin_jti.as_str().into()),
            ("event_id", session.event_id.as_str().into()),
            ("token_use", "access".into()),
            ("scope", session.scopes.join(" ").into()),
        ]));
        claims.extend(self.times(session.auth_time));
        claims.extend(members([
            ("jti", self.jti.as_str().into()),
            ("username", session.username.as_str().into()),
        ]));
        claims
    }

    /// The ID token of a user. `at_hash` only from the domain; attributes by scope there, every one
    /// from InitiateAuth.
    pub(crate) fn id(
        &self,
        session: &PoolSession,
        user: Option<&PoolUser>,
        access_token: Option<&str>,
        nonce: Option<&str>,
    ) -> Members {
        let mut claims = Members::new();
        if let (SignInChannel::ManagedLogin, Some(access_token)) = (session.channel, access_token) {
            claims.extend(members([("at_hash", at_hash(access_token).into())]));
        }
        claims.extend(members([("sub", session.sub.as_str().into())]));
        let groups = user.map(|user| user.details.groups.as_slice()).unwrap_or_default();
        if !groups.is_empty() {
            claims.extend(members([("cognito:groups", groups.into())]));
        }
        claims.extend(members([
            ("iss", self.issuer.as_str().into()),
            ("cognito:username", session.username.as_str().into()),
        ]));
        if let Some(nonce) = nonce {
            claims.extend(members([("nonce", nonce.into())]));
        }
        claims.extend(members([
            ("origin_jti", session.origin_jti.as_str().into()),
            ("aud", session.client_id.as_str().into()),
            ("event_id", session.event_id.as_str().into()),
            ("token_use", "id".into()),
        ]));
        claims.extend(self.times(session.auth_time));
        claims.extend(members([("jti", self.jti.as_str().into())]));
        claims.extend(match (user, session.channel) {
            (Some(user), SignInChannel::ManagedLogin) => {
                as_claims(user.details.attributes_for(&session.scopes))
            }
            (Some(user), SignInChannel::JsonApi) => as_claims(user.details.attributes()),
            (None, _) => Members::new(),
        });
        claims
    }

    /// The access token of a machine: it is its own subject, and belongs to no session.
    pub(crate) fn machine(&self, client_id: &str, scopes: &[String]) -> Members {
        let mut claims = members([
            ("sub", client_id.into()),
            ("token_use", "access".into()),
            ("scope", scopes.join(" ").into()),
        ]);
        claims.extend(self.times(self.now));
        claims.extend(members([
            ("iss", self.issuer.as_str().into()),
            ("version", 2.into()),
            ("jti", self.jti.as_str().into()),
            ("client_id", client_id.into()),
        ]));
        claims
    }
}

/// Attributes as claims of an ID token: the two `…_verified` ones are booleans there.
fn as_claims<'a>(attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Members {
    let claim = |(name, value): (&str, &str)| {
        let value = match name {
            "email_verified" | "phone_number_verified" => Value::from(value == "true"),
            _ => Value::from(value),
        };
        (name.to_owned(), value)
    };
    attributes.map(claim).collect()
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Members {
    members.map(|(name, value)| (name.to_owned(), value)).into()
}

/// An object as text. `escape_slashes` as in Cognito's payloads: `https:\/\/…`.
pub(crate) fn write(members: &Members, escape_slashes: bool) -> String {
    let text = |value: &Value| value.to_string();
    let member = |(name, value): &(String, Value)| {
        format!("{}:{}", text(&Value::from(name.as_str())), text(value))
    };
    let object = format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","));
    // A slash can only stand inside a string.
    if escape_slashes { object.replace('/', "\\/") } else { object }
}

/// Sets a member where it stands, or adds it at the end.
pub(crate) fn set(members: &mut Members, name: &str, value: Value) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value,
        None => members.push((name.to_owned(), value)),
    }
}

/// The left half of the access token's SHA-256
/// ([OpenID Connect Core §3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)).
fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16])
}

#[cfg(test)]
mod tests;
