//! The claims of a verified token, and THE rules for them. Pure: the time is an argument.

mod access;
mod id;
mod rules;

use std::borrow::Cow;

use crate::error::VerifyError;
use crate::json::{Members, WrongType};

pub use access::AccessClaims;
pub use id::{IdClaims, IdTokenChecks};
pub(crate) use rules::{Clients, Rules};

/// `token_use`: Cognito's mark of what a token is for. Both kinds have the same issuer and are
/// signed by keys of the same set, so nothing else tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenUse {
    Access,
    Id,
}

/// The claims that both kinds of token have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    pub(crate) issuer: String,
    pub(crate) sub: String,
    pub(crate) expires_at: u64,
    pub(crate) issued_at: u64,
    pub(crate) not_before: Option<u64>,
    pub(crate) auth_time: Option<u64>,
    pub(crate) audience: Option<Vec<String>>,
    pub(crate) jti: Option<String>,
    pub(crate) origin_jti: Option<String>,
    pub(crate) groups: Vec<String>,
}

impl Registered {
    /// Reads them. The token's use comes first: what the other claims mean depends on it.
    fn read(claims: &Members<'_>, expected: TokenUse) -> Result<Self, VerifyError> {
        let token_use = required(text(claims, "token_use")?, "token_use")?;
        match (token_use.as_ref(), expected) {
            ("access", TokenUse::Access) | ("id", TokenUse::Id) => {}
            _ => return Err(VerifyError::TokenUseMismatch),
        }
        let sub = required(text(claims, "sub")?, "sub")?;
        if sub.is_empty() {
            return Err(VerifyError::ClaimMalformed { claim: "sub" });
        }
        Ok(Self {
            issuer: required(text(claims, "iss")?, "iss")?.into_owned(),
            sub: sub.into_owned(),
            expires_at: required(seconds(claims, "exp")?, "exp")?,
            issued_at: required(seconds(claims, "iat")?, "iat")?,
            not_before: seconds(claims, "nbf")?,
            auth_time: seconds(claims, "auth_time")?,
            audience: one_or_more(claims, "aud")?,
            jti: text(claims, "jti")?.map(Cow::into_owned),
            origin_jti: text(claims, "origin_jti")?.map(Cow::into_owned),
            groups: malformed(claims.texts("cognito:groups"), "cognito:groups")?
                .unwrap_or_default(),
        })
    }
}

fn malformed<T>(read: Result<T, WrongType>, claim: &'static str) -> Result<T, VerifyError> {
    read.map_err(|WrongType| VerifyError::ClaimMalformed { claim })
}

fn required<T>(value: Option<T>, claim: &'static str) -> Result<T, VerifyError> {
    value.ok_or(VerifyError::ClaimMissing { claim })
}

fn text<'a>(
    claims: &Members<'a>,
    claim: &'static str,
) -> Result<Option<Cow<'a, str>>, VerifyError> {
    malformed(claims.text(claim), claim)
}

fn owned(claims: &Members<'_>, claim: &'static str) -> Result<Option<String>, VerifyError> {
    Ok(text(claims, claim)?.map(Cow::into_owned))
}

fn seconds(claims: &Members<'_>, claim: &'static str) -> Result<Option<u64>, VerifyError> {
    malformed(claims.seconds(claim), claim)
}

/// `aud` is a string or an array of strings ([RFC 7519 §4.1.3]).
///
/// [RFC 7519 §4.1.3]: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
fn one_or_more(
    claims: &Members<'_>,
    claim: &'static str,
) -> Result<Option<Vec<String>>, VerifyError> {
    match claims.text(claim) {
        Ok(text) => Ok(text.map(|one| vec![one.into_owned()])),
        Err(WrongType) => malformed(claims.texts(claim), claim),
    }
}

/// Methods that both kinds of claims have, over their `registered` and `payload` fields.
macro_rules! registered_claims {
    ($claims:ident) => {
        impl $claims {
            /// `iss`: the issuer, one of those that the pool accepts.
            pub fn issuer(&self) -> &str {
                &self.registered.issuer
            }

            /// `sub`: the user's id, which never changes. Do not parse it as a UUID: Cognito's are
            /// none of a known version.
            pub fn sub(&self) -> &str {
                &self.registered.sub
            }

            /// `exp`: when the token ends, in seconds since 1970.
            pub fn expires_at(&self) -> u64 {
                self.registered.expires_at
            }

            /// `iat`: when the token was issued, in seconds since 1970.
            pub fn issued_at(&self) -> u64 {
                self.registered.issued_at
            }

            /// `auth_time`: when the user proved who they are, in seconds since 1970. A refresh
            /// does not change it.
            pub fn auth_time(&self) -> Option<u64> {
                self.registered.auth_time
            }

            /// `jti`: this token's id. Missing when token revocation is off at the app client.
            pub fn jti(&self) -> Option<&str> {
                self.registered.jti.as_deref()
            }

            /// `origin_jti`: the sign-in that this token came from; the same after every refresh.
            pub fn origin_jti(&self) -> Option<&str> {
                self.registered.origin_jti.as_deref()
            }

            /// `cognito:groups`: the user's groups, at the time the token was issued.
            pub fn groups(&self) -> impl Iterator<Item = &str> {
                self.registered.groups.iter().map(String::as_str)
            }

            /// Whether the user is in a group.
            pub fn in_group(&self, group: &str) -> bool {
                self.registered.groups.iter().any(|known| known == group)
            }

            /// All claims, in a type of the caller's: for those that a trigger of the pool adds.
            ///
            /// # Errors
            /// [`VerifyError::ClaimMalformed`] when they do not fit the type.
            pub fn custom<T: serde::de::DeserializeOwned>(&self) -> Result<T, VerifyError> {
                serde_json::from_str(&self.payload)
                    .map_err(|_| VerifyError::ClaimMalformed { claim: "(custom)" })
            }
        }
    };
}
use registered_claims;
