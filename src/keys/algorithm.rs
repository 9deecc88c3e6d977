//! Signature algorithms, by their names in JOSE.

use std::fmt;
use std::str::FromStr;

use crate::error::{ConfigError, JwkProblem, JwksProblem, ValueProblem};

/// A signature algorithm ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
///
/// The configuration chooses it: the `alg` of a token's header is compared with it, and decides
/// nothing. In settings it is written as in JOSE: `"ES256".parse()`.
///
/// ```
/// use cognito_auth::{JwtVerifier, UserPool, keys::Algorithm};
///
/// let issuer = UserPool::new("eu-west-1_AbCdEf123")?
///     .with_issuers(["https://issuer.example.com"])?
///     .with_jwks_uri("https://issuer.example.com/keys")?;
/// let verifier = JwtVerifier::builder(&issuer)
///     .client_id("1example23456789abcdefghij")
///     .algorithm(Algorithm::Es256)
///     .build()?;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which is what Cognito signs with: the default everywhere.
    #[default]
    Rs256,
    /// ECDSA on P-256 with SHA-256, for issuers that are not Cognito. To check a signature takes
    /// about three times as long as with RS256 and a modulus of 2048 bits.
    ///
    /// From one valid signature (r, s) anyone can compute a second one, (r, n − s), without the
    /// private key. That is a property of the algorithm: identify a token by its `jti`, never by its
    /// text.
    Es256,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    /// Its name in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// The error of a JWKS that has no key for this algorithm.
    pub(super) fn without_key(self) -> JwksProblem {
        match self {
            Self::Rs256 => JwksProblem::NoRsaKey,
            Self::Es256 => JwksProblem::NoP256Key,
        }
    }
}

/// `kty` of a key that one of the algorithms is for
/// ([RFC 7518 §6.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyType {
    Rsa,
    EllipticCurve,
}

impl KeyType {
    pub(super) fn of(kty: Option<&str>) -> Result<Self, JwkProblem> {
        match kty {
            Some("RSA") => Ok(Self::Rsa),
            Some("EC") => Ok(Self::EllipticCurve),
            _ => Err(JwkProblem::KeyType),
        }
    }

    /// The algorithm of such a key. `alg` is that of the JWK.
    pub(super) fn algorithm(self, alg: Option<&str>) -> Result<Algorithm, JwkProblem> {
        match (self, alg) {
            (Self::Rsa, None | Some("RS256")) => Ok(Algorithm::Rs256),
            (Self::Rsa, Some(_)) => Err(JwkProblem::NotRs256),
            (Self::EllipticCurve, None | Some("ES256")) => Ok(Algorithm::Es256),
            (Self::EllipticCurve, Some(_)) => Err(JwkProblem::NotEs256),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = ConfigError;

    /// Reads what [`as_str`](Self::as_str) returns.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or(
            ConfigError::Value { setting: "algorithm", reason: ValueProblem::NotAnAlgorithm },
        )
    }
}

#[cfg(test)]
mod tests;
