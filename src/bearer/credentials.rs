//! [`Credentials`]: a verified token with what it says.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::claims::{AccessClaims, IdClaims};
use crate::error::{Part, VerifyError};
use crate::jwt::{Parts, decode};
use crate::secret::{AccessToken, IdToken};

/// The claims of a kind of token: [`AccessClaims`] or [`IdClaims`], and no others.
pub trait VerifiedClaims: sealed::Sealed + fmt::Debug + Clone {
    /// The token that carries them.
    type Token: sealed::Expose + fmt::Debug + Clone;
}

impl VerifiedClaims for AccessClaims {
    type Token = AccessToken;
}

impl VerifiedClaims for IdClaims {
    type Token = IdToken;
}

mod sealed {
    use super::{AccessClaims, AccessToken, IdClaims, IdToken};

    pub trait Sealed {}
    impl Sealed for AccessClaims {}
    impl Sealed for IdClaims {}

    pub trait Expose {
        fn text(&self) -> &str;
    }

    impl Expose for AccessToken {
        fn text(&self) -> &str {
            self.expose()
        }
    }

    impl Expose for IdToken {
        fn text(&self) -> &str {
            self.expose()
        }
    }
}

/// A token that was verified, and its claims. [`JwtBearer`](super::jwt_bearer::JwtBearer) makes them.
///
/// The token is kept for passing it on, and its parts for those who have to show or forward them:
/// an audit log that keeps the signature, a service that verifies a second time.
#[derive(Debug, Clone)]
pub struct Credentials<C: VerifiedClaims> {
    claims: C,
    token: C::Token,
}

impl<C: VerifiedClaims> Credentials<C> {
    pub(crate) fn new(claims: C, token: C::Token) -> Self {
        Self { claims, token }
    }

    /// What the token says.
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// What the token says, without the token.
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The token itself.
    pub fn token(&self) -> &C::Token {
        &self.token
    }

    /// The token's header, in a type of the caller's.
    ///
    /// # Errors
    /// [`VerifyError::NotJsonObject`] when it does not fit the type.
    pub fn header<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        let header = self.parts().map_or("", |parts| parts.header);
        serde_json::from_slice(&decode(header, Part::Header)?)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Header })
    }

    /// What the signature is over: header and payload as they stand in the token, and the dot
    /// ([RFC 7515 §5.1](https://www.rfc-editor.org/rfc/rfc7515#section-5.1)). A secret like the
    /// token: only the signature is missing.
    pub fn signing_input(&self) -> &str {
        self.parts().map_or("", |parts| parts.signing_input)
    }

    /// The signature, decoded.
    pub fn signature(&self) -> Vec<u8> {
        let signature = self.parts().map_or("", |parts| parts.signature);
        decode(signature, Part::Signature).unwrap_or_default()
    }

    /// A verified token has three parts. A verifier of the caller's own may believe in others:
    /// their parts are empty.
    fn parts(&self) -> Option<Parts<'_>> {
        Parts::split(sealed::Expose::text(&self.token)).ok()
    }
}
