//! The claims that both kinds of token have.

use std::fmt;

use super::payload::{Payload, Reading};
use super::text::{Text, Texts};
use crate::error::VerifyError;

/// `token_use`: Cognito's mark of what a token is for. Both kinds have the same issuer and are
/// signed by keys of the same set, so nothing else tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenUse {
    Access,
    Id,
}

/// Where the claims are that both kinds of token have; numbers, what they are.
pub(super) struct RegisteredPlaces {
    issuer: Text,
    sub: Text,
    expires_at: u64,
    issued_at: u64,
    not_before: Option<u64>,
    auth_time: Option<u64>,
    audience: Option<Texts>,
    jti: Option<Text>,
    origin_jti: Option<Text>,
    groups: Option<Texts>,
}

/// The claims that both kinds of token have.
#[derive(Clone, Copy)]
pub(super) struct Registered<'a> {
    pub(super) places: &'a RegisteredPlaces,
    pub(super) payload: Payload<'a>,
}

/// `aud`, for rules that allow one at most.
pub(super) enum Audience<'a> {
    Missing,
    One(&'a str),
    /// None, or several.
    NotOne,
}

impl RegisteredPlaces {
    /// Reads them. The token's use comes first: what the other claims mean depends on it.
    pub(super) fn read(reading: &mut Reading<'_>, expected: TokenUse) -> Result<Self, VerifyError> {
        let token_use = required(reading.text("token_use")?, "token_use")?;
        match (reading.said(token_use), expected) {
            ("access", TokenUse::Access) | ("id", TokenUse::Id) => {}
            _ => return Err(VerifyError::TokenUseMismatch),
        }
        let sub = required(reading.text("sub")?, "sub")?;
        if reading.said(sub).is_empty() {
            return Err(VerifyError::ClaimMalformed { claim: "sub" });
        }
        Ok(Self {
            sub,
            issuer: required(reading.text("iss")?, "iss")?,
            expires_at: required(reading.seconds("exp")?, "exp")?,
            issued_at: required(reading.seconds("iat")?, "iat")?,
            not_before: reading.seconds("nbf")?,
            auth_time: reading.seconds("auth_time")?,
            audience: reading.one_or_more_texts("aud")?,
            jti: reading.text("jti")?,
            origin_jti: reading.text("origin_jti")?,
            groups: reading.texts("cognito:groups")?,
        })
    }

    pub(super) fn sub(&self) -> Text {
        self.sub
    }

    pub(super) fn has_audience(&self) -> bool {
        self.audience.is_some()
    }
}

impl<'a> Registered<'a> {
    pub(super) fn expires_at(self) -> u64 {
        self.places.expires_at
    }

    pub(super) fn issued_at(self) -> u64 {
        self.places.issued_at
    }

    pub(super) fn not_before(self) -> Option<u64> {
        self.places.not_before
    }

    pub(super) fn auth_time(self) -> Option<u64> {
        self.places.auth_time
    }

    pub(super) fn jti(self) -> Option<&'a str> {
        self.optional(self.places.jti)
    }

    pub(super) fn origin_jti(self) -> Option<&'a str> {
        self.optional(self.places.origin_jti)
    }

    /// What the claims take in memory beside their fixed part, in bytes.
    pub(super) fn bytes(self) -> usize {
        let apart: usize = [&self.places.audience, &self.places.groups]
            .into_iter()
            .flatten()
            .map(Texts::bytes)
            .sum();
        self.payload.bytes() + apart
    }

    pub(super) fn issuer(self) -> &'a str {
        self.text(self.places.issuer)
    }

    pub(super) fn sub(self) -> &'a str {
        self.text(self.places.sub)
    }

    pub(super) fn text(self, claim: Text) -> &'a str {
        self.payload.text(claim)
    }

    pub(super) fn optional(self, claim: Option<Text>) -> Option<&'a str> {
        claim.map(|text| self.text(text))
    }

    pub(super) fn groups(self) -> impl Iterator<Item = &'a str> {
        self.places.groups.iter().flat_map(move |groups| groups.of(self.payload))
    }

    pub(super) fn in_group(self, group: &str) -> bool {
        self.places.groups.as_ref().is_some_and(|groups| groups.contain(self.payload, group))
    }

    pub(super) fn first_audience(self) -> Option<&'a str> {
        self.places.audience.as_ref()?.of(self.payload).next()
    }

    pub(super) fn audience(self) -> Audience<'a> {
        let Some(audience) = &self.places.audience else { return Audience::Missing };
        let mut audience = audience.of(self.payload);
        match (audience.next(), audience.next()) {
            (Some(one), None) => Audience::One(one),
            _ => Audience::NotOne,
        }
    }
}

impl fmt::Debug for Registered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered")
            .field("issuer", &self.issuer())
            .field("sub", &self.sub())
            .field("expires_at", &self.expires_at())
            .field("issued_at", &self.issued_at())
            .field("not_before", &self.not_before())
            .field("auth_time", &self.auth_time())
            .field("audience", &self.first_audience())
            .field("jti", &self.jti())
            .field("origin_jti", &self.origin_jti())
            .field("groups", &self.groups().collect::<Vec<_>>())
            .finish()
    }
}

pub(super) fn required<T>(value: Option<T>, claim: &'static str) -> Result<T, VerifyError> {
    value.ok_or(VerifyError::ClaimMissing { claim })
}
