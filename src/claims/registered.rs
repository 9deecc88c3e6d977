//! The claims that both kinds of token have.

use std::fmt;
use std::sync::Arc;

use super::text::{Text, Texts};
use crate::error::VerifyError;
use crate::json::{Members, WrongType};

/// `token_use`: Cognito's mark of what a token is for. Both kinds have the same issuer and are
/// signed by keys of the same set, so nothing else tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenUse {
    Access,
    Id,
}

/// One copy of the payload, and where in it the claims are: read once, cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    payload: Arc<str>,
    issuer: Text,
    sub: Text,
    pub(super) expires_at: u64,
    pub(super) issued_at: u64,
    pub(super) not_before: Option<u64>,
    pub(super) auth_time: Option<u64>,
    audience: Option<Texts>,
    pub(super) jti: Option<Text>,
    pub(super) origin_jti: Option<Text>,
    groups: Option<Texts>,
}

/// `aud`, for rules that allow one at most.
pub(super) enum Audience<'a> {
    Missing,
    One(&'a str),
    /// None, or several.
    NotOne,
}

impl Registered {
    /// Reads them. The token's use comes first: what the other claims mean depends on it.
    pub(super) fn read(claims: &Members<'_>, expected: TokenUse) -> Result<Self, VerifyError> {
        let payload = claims.as_json();
        let token_use = required(Text::read(claims, "token_use")?, "token_use")?;
        match (token_use.of(payload), expected) {
            ("access", TokenUse::Access) | ("id", TokenUse::Id) => {}
            _ => return Err(VerifyError::TokenUseMismatch),
        }
        let sub = required(Text::read(claims, "sub")?, "sub")?;
        if sub.of(payload).is_empty() {
            return Err(VerifyError::ClaimMalformed { claim: "sub" });
        }
        Ok(Self {
            issuer: required(Text::read(claims, "iss")?, "iss")?,
            sub,
            expires_at: required(seconds(claims, "exp")?, "exp")?,
            issued_at: required(seconds(claims, "iat")?, "iat")?,
            not_before: seconds(claims, "nbf")?,
            auth_time: seconds(claims, "auth_time")?,
            audience: Texts::read_one_or_more(claims, "aud")?,
            jti: Text::read(claims, "jti")?,
            origin_jti: Text::read(claims, "origin_jti")?,
            groups: Texts::read(claims, "cognito:groups")?,
            payload: payload.into(),
        })
    }

    /// The payload: the JSON object that the claims are members of.
    pub(super) fn payload(&self) -> &str {
        &self.payload
    }

    pub(super) fn issuer(&self) -> &str {
        self.issuer.of(&self.payload)
    }

    pub(super) fn sub(&self) -> &str {
        self.sub.of(&self.payload)
    }

    pub(super) fn optional<'a>(&'a self, claim: &'a Option<Text>) -> Option<&'a str> {
        claim.as_ref().map(|text| text.of(&self.payload))
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|groups| groups.of(&self.payload))
    }

    pub(super) fn in_group(&self, group: &str) -> bool {
        self.groups.as_ref().is_some_and(|groups| groups.contain(&self.payload, group))
    }

    pub(super) fn has_audience(&self) -> bool {
        self.audience.is_some()
    }

    pub(super) fn first_audience(&self) -> Option<&str> {
        self.audience.as_ref()?.of(&self.payload).next()
    }

    pub(super) fn audience(&self) -> Audience<'_> {
        let Some(audience) = &self.audience else { return Audience::Missing };
        let mut audience = audience.of(&self.payload);
        match (audience.next(), audience.next()) {
            (Some(one), None) => Audience::One(one),
            _ => Audience::NotOne,
        }
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered")
            .field("issuer", &self.issuer())
            .field("sub", &self.sub())
            .field("expires_at", &self.expires_at)
            .field("issued_at", &self.issued_at)
            .field("not_before", &self.not_before)
            .field("auth_time", &self.auth_time)
            .field("audience", &self.first_audience())
            .field("jti", &self.optional(&self.jti))
            .field("origin_jti", &self.optional(&self.origin_jti))
            .field("groups", &self.groups().collect::<Vec<_>>())
            .finish()
    }
}

pub(super) fn required<T>(value: Option<T>, claim: &'static str) -> Result<T, VerifyError> {
    value.ok_or(VerifyError::ClaimMissing { claim })
}

fn seconds(claims: &Members<'_>, claim: &'static str) -> Result<Option<u64>, VerifyError> {
    claims.seconds(claim).map_err(|WrongType| VerifyError::ClaimMalformed { claim })
}
