//! [`Credentials`]: a verified token with its claims.

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

/// A verified token and its claims, from [`JwtBearer`](super::jwt_bearer::JwtBearer).
///
/// Use [`token`](Self::token) to call another service with it. The parts of the token are for an audit log
/// that stores the signature, or for a service that verifies a second time.
#[derive(Debug, Clone)]
pub struct Credentials<C: VerifiedClaims> {
    claims: C,
    token: C::Token,
}

impl<C: VerifiedClaims> Credentials<C> {
    pub(crate) fn new(claims: C, token: C::Token) -> Self {
        Self { claims, token }
    }

    /// The verified claims.
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// The verified claims; the token is dropped.
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The token itself.
    pub fn token(&self) -> &C::Token {
        &self.token
    }

    /// The token's header, deserialized into a type of your own.
    ///
    /// # Errors
    /// [`VerifyError::NotJsonObject`] when the header does not fit the type.
    pub fn header<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        let header = self.parts().map_or("", |parts| parts.header);
        serde_json::from_slice(&decode(header, Part::Header)?)
            .map_err(|_| VerifyError::NotJsonObject { part: Part::Header })
    }

    /// The signed text: the encoded header and payload, with the dot between them
    /// ([RFC 7515 §5.1](https://www.rfc-editor.org/rfc/rfc7515#section-5.1)). Treat it as a secret: it is
    /// the token without its signature.
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
