//! Signature algorithms, by the names that JOSE gives them.

/// A signature algorithm ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
///
/// Chosen by configuration: what a token's header says is compared with it and decides nothing.
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
    /// Whoever has one such signature can write a second that holds, by putting n − s in the place
    /// of s. That is part of the algorithm: know a token by its `jti`, never by its text.
    Es256,
}

impl Algorithm {
    /// Its name in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}
