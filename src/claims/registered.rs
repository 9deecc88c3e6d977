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

/// One copy of the payload, and where in it the claims are: read once, cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    payload: Payload,
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
    ///
    /// `more` reads what only one kind has, before the payload is closed.
    pub(super) fn read<T>(
        mut reading: Reading<'_>,
        expected: TokenUse,
        more: impl FnOnce(&mut Reading<'_>) -> Result<T, VerifyError>,
    ) -> Result<(Self, T), VerifyError> {
        let token_use = required(reading.text("token_use")?, "token_use")?;
        match (reading.said(token_use), expected) {
            ("access", TokenUse::Access) | ("id", TokenUse::Id) => {}
            _ => return Err(VerifyError::TokenUseMismatch),
        }
        let sub = required(reading.text("sub")?, "sub")?;
        if reading.said(sub).is_empty() {
            return Err(VerifyError::ClaimMalformed { claim: "sub" });
        }
        let issuer = required(reading.text("iss")?, "iss")?;
        let expires_at = required(reading.seconds("exp")?, "exp")?;
        let issued_at = required(reading.seconds("iat")?, "iat")?;
        let not_before = reading.seconds("nbf")?;
        let auth_time = reading.seconds("auth_time")?;
        let audience = reading.one_or_more_texts("aud")?;
        let jti = reading.text("jti")?;
        let origin_jti = reading.text("origin_jti")?;
        let groups = reading.texts("cognito:groups")?;
        let more = more(&mut reading)?;
        let payload = reading.finish();
        let registered = Self {
            payload,
            issuer,
            sub,
            expires_at,
            issued_at,
            not_before,
            auth_time,
            audience,
            jti,
            origin_jti,
            groups,
        };
        Ok((registered, more))
    }

    /// The payload: the JSON object that the claims are members of.
    pub(super) fn payload(&self) -> &str {
        self.payload.json()
    }

    /// What the claims take in memory beside their fixed part, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let apart: usize =
            [&self.audience, &self.groups].into_iter().flatten().map(Texts::bytes).sum();
        self.payload.bytes() + apart
    }

    pub(super) fn issuer(&self) -> &str {
        self.text(self.issuer)
    }

    pub(super) fn sub(&self) -> &str {
        self.text(self.sub)
    }

    pub(super) fn text(&self, claim: Text) -> &str {
        self.payload.text(claim)
    }

    pub(super) fn optional(&self, claim: Option<Text>) -> Option<&str> {
        claim.map(|text| self.text(text))
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
            .field("jti", &self.optional(self.jti))
            .field("origin_jti", &self.optional(self.origin_jti))
            .field("groups", &self.groups().collect::<Vec<_>>())
            .finish()
    }
}

pub(super) fn required<T>(value: Option<T>, claim: &'static str) -> Result<T, VerifyError> {
    value.ok_or(VerifyError::ClaimMissing { claim })
}
