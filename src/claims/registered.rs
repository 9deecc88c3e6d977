//! The claims that both kinds of token have.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::payload::{Payload, PayloadReader};
use super::span::{Span, StringList};
use crate::error::VerifyError;
use crate::jwt::TokenUse;

/// The claims that both kinds of token have: strings as spans, numbers by value.
#[derive(Clone)]
pub(super) struct RegisteredSpans {
    issuer: Span,
    sub: Span,
    expires_at: u64,
    issued_at: u64,
    not_before: Option<u64>,
    auth_time: Option<u64>,
    audience: Option<StringList>,
    jti: Option<Span>,
    origin_jti: Option<Span>,
    groups: Option<StringList>,
}

/// The same claims, with the payload that the spans are in.
#[derive(Clone, Copy)]
pub(super) struct Registered<'a> {
    pub(super) spans: &'a RegisteredSpans,
    pub(super) payload: Payload<'a>,
}

/// `aud`, for rules that allow one value at most.
pub(super) enum Audience<'a> {
    Missing,
    One(&'a str),
    /// An empty array, or several values.
    NotOne,
}

impl RegisteredSpans {
    /// Reads the claims, `token_use` first: the meaning of the others depends on it.
    pub(super) fn read(
        reader: &mut PayloadReader<'_>,
        expected: TokenUse,
    ) -> Result<Self, VerifyError> {
        let token_use = required(reader.string("token_use")?, "token_use")?;
        match (reader.text_of(token_use), expected) {
            ("access", TokenUse::Access) | ("id", TokenUse::Id) => {}
            _ => return Err(VerifyError::TokenUseMismatch),
        }
        let sub = required(reader.string("sub")?, "sub")?;
        if reader.text_of(sub).is_empty() {
            return Err(VerifyError::ClaimMalformed { claim: "sub" });
        }
        Ok(Self {
            sub,
            issuer: required(reader.string("iss")?, "iss")?,
            expires_at: required(reader.seconds("exp")?, "exp")?,
            issued_at: required(reader.seconds("iat")?, "iat")?,
            not_before: reader.seconds("nbf")?,
            auth_time: reader.seconds("auth_time")?,
            audience: reader.string_or_strings("aud")?,
            jti: reader.string("jti")?,
            origin_jti: reader.string("origin_jti")?,
            groups: reader.strings("cognito:groups")?,
        })
    }

    pub(super) fn sub(&self) -> Span {
        self.sub
    }

    pub(super) fn has_audience(&self) -> bool {
        self.audience.is_some()
    }
}

impl<'a> Registered<'a> {
    pub(super) fn expires_at(self) -> u64 {
        self.spans.expires_at
    }

    pub(super) fn issued_at(self) -> u64 {
        self.spans.issued_at
    }

    pub(super) fn not_before(self) -> Option<u64> {
        self.spans.not_before
    }

    pub(super) fn auth_time(self) -> Option<u64> {
        self.spans.auth_time
    }

    pub(super) fn jti(self) -> Option<&'a str> {
        self.optional(self.spans.jti)
    }

    pub(super) fn origin_jti(self) -> Option<&'a str> {
        self.optional(self.spans.origin_jti)
    }

    /// The memory that the claims take beside their fixed part, in bytes.
    pub(super) fn bytes(self) -> usize {
        let owned: usize = [&self.spans.audience, &self.spans.groups]
            .into_iter()
            .flatten()
            .map(StringList::bytes)
            .sum();
        self.payload.bytes() + owned
    }

    pub(super) fn issuer(self) -> &'a str {
        self.text(self.spans.issuer)
    }

    pub(super) fn sub(self) -> &'a str {
        self.text(self.spans.sub)
    }

    pub(super) fn text(self, claim: Span) -> &'a str {
        self.payload.text_of(claim)
    }

    pub(super) fn optional(self, claim: Option<Span>) -> Option<&'a str> {
        claim.map(|span| self.text(span))
    }

    pub(super) fn groups(self) -> impl Iterator<Item = &'a str> {
        self.spans.groups.iter().flat_map(move |groups| self.payload.strings(groups))
    }

    pub(super) fn in_group(self, group: &str) -> bool {
        self.spans.groups.as_ref().is_some_and(|groups| self.payload.contains(groups, group))
    }

    pub(super) fn first_audience(self) -> Option<&'a str> {
        self.payload.strings(self.spans.audience.as_ref()?).next()
    }

    pub(super) fn audience(self) -> Audience<'a> {
        let Some(audience) = &self.spans.audience else { return Audience::Missing };
        let mut audience = self.payload.strings(audience);
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

/// Methods that both kinds of claims have, from their spans.
macro_rules! registered_claims {
    ($claims:ident) => {
        impl $claims {
            pub(in crate::claims) fn registered(
                &self,
            ) -> $crate::claims::registered::Registered<'_> {
                $crate::claims::registered::Registered {
                    spans: &self.0.spans().registered,
                    payload: self.0.payload(),
                }
            }

            /// `iss`: the issuer, one of those that the pool accepts.
            pub fn issuer(&self) -> &str {
                self.registered().issuer()
            }

            /// `sub`: the user's id, which never changes. Treat it as an opaque text: Cognito's have
            /// the form of a UUID, but not of a version that parsers accept.
            pub fn sub(&self) -> &str {
                self.registered().sub()
            }

            /// `exp`: when the token expires, to the second.
            pub fn expires_at(&self) -> std::time::SystemTime {
                $crate::claims::registered::system_time(self.expires_at_seconds())
            }

            /// `iat`: when the token was issued, to the second.
            pub fn issued_at(&self) -> std::time::SystemTime {
                $crate::claims::registered::system_time(self.issued_at_seconds())
            }

            /// `auth_time`: when the user signed in, to the second. A refresh does not change it.
            pub fn auth_time(&self) -> Option<std::time::SystemTime> {
                self.auth_time_seconds().map($crate::claims::registered::system_time)
            }

            /// `exp`, in seconds since 1970.
            pub(crate) fn expires_at_seconds(&self) -> u64 {
                self.registered().expires_at()
            }

            /// `iat`, in seconds since 1970.
            pub(crate) fn issued_at_seconds(&self) -> u64 {
                self.registered().issued_at()
            }

            /// `auth_time`, in seconds since 1970.
            pub(crate) fn auth_time_seconds(&self) -> Option<u64> {
                self.registered().auth_time()
            }

            /// `jti`: the token's id. Missing when token revocation is off at the app client.
            pub fn jti(&self) -> Option<&str> {
                self.registered().jti()
            }

            /// `origin_jti`: the id of the sign-in that the token came from. A refresh does not change it.
            pub fn origin_jti(&self) -> Option<&str> {
                self.registered().origin_jti()
            }

            /// `cognito:groups`: the user's groups, at the time the token was issued.
            pub fn groups(&self) -> impl Iterator<Item = &str> {
                self.registered().groups()
            }

            /// Whether the user is in a group.
            pub fn in_group(&self, group: &str) -> bool {
                self.registered().in_group(group)
            }

            /// The same claims in memory of their own: clones share theirs.
            pub(crate) fn copied(&self) -> Self {
                Self(self.0.copied())
            }

            /// The memory that the claims take beside their fixed part, in bytes.
            pub(crate) fn bytes(&self) -> usize {
                self.registered().bytes()
            }

            /// The payload as it was signed, except that `\/` is written as `/`.
            pub(crate) fn payload(&self) -> &str {
                self.0.payload().json()
            }

            /// All claims, in a type of your own: for those that a trigger of the pool adds.
            ///
            /// # Errors
            /// [`VerifyError::ClaimMalformed`](crate::VerifyError::ClaimMalformed) when they do
            /// not fit the type.
            pub fn custom<T: serde::de::DeserializeOwned>(
                &self,
            ) -> Result<T, $crate::error::VerifyError> {
                serde_json::from_str(self.payload())
                    .map_err(|_| $crate::error::VerifyError::ClaimMalformed { claim: "(custom)" })
            }
        }

        /// The payload's JSON object: every claim under its own name, as it was signed, not only those
        /// that have a method here. The order of the members and the notation of numbers may differ.
        ///
        /// The token is not in it, so it cannot be presented to a service. There is no
        /// `Deserialize`, as claims come from a verified token alone: read what was stored in a type of
        /// your own, or as `serde_json::Value`.
        impl serde::Serialize for $claims {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.payload().serialize(serializer)
            }
        }
    };
}
pub(super) use registered_claims;

/// A NumericDate ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)). The end of the
/// year 9999 stands for later times, which `SystemTime` cannot represent on every platform.
pub(crate) fn system_time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.min(253_402_300_799))
}
