//! A JWK or a JWKS: why it is of no use.

reasons! {

/// Why a JWK is no key that can verify a token.
pub enum JwkProblem {
    /// Not a JSON object, or one with a member twice.
    NotJsonObject = "it is not a JSON object with unique members",
    /// A member of another type.
    NotAString = "a member is not a string",
    /// `kty` of a key that no algorithm here is for.
    KeyType = "its kty is neither RSA nor EC",
    /// Not for signatures.
    Use = "its use is not sig",
    /// `key_ops` is no list of texts.
    KeyOperationsMalformed = "its key_ops are malformed",
    /// Not to verify with.
    KeyOperations = "its key_ops do not allow verify",
    /// An RSA key for another algorithm.
    NotRs256 = "its alg is not RS256",
    /// An elliptic-curve key for another algorithm.
    NotEs256 = "its alg is not ES256",
    /// A private key was published
    /// ([RFC 7517 §8.1](https://www.rfc-editor.org/rfc/rfc7517#section-8.1)).
    Private = "it is a private key",
    /// No usable `kid`.
    KeyId = "its kid is missing, or not 1 to 256 printable ASCII characters",
    /// No modulus or no exponent.
    RsaMissing = "its n or e is missing",
    /// A modulus or exponent that cannot be decoded.
    RsaNotBase64Url = "its n or e is not base64url",
    /// A modulus of zero.
    ModulusZero = "its n is zero",
    /// A modulus that is too short to be safe, or too long.
    ModulusLength = "its n is not 2048 to 8192 bits long",
    /// An even modulus.
    ModulusEven = "its n is even",
    /// An exponent under which every signature holds.
    ExponentOne = "its e is 1",
    /// An exponent that no RSA key has.
    Exponent = "its e is even, or larger than 32 bits",
    /// Another curve.
    NotP256 = "its crv is not P-256",
    /// A coordinate is missing.
    PointMissing = "its x or y is missing",
    /// A coordinate that cannot be decoded.
    PointNotBase64Url = "its x or y is not base64url",
    /// A coordinate of another length than the curve's.
    PointLength = "its x or y is not 32 bytes long",
    /// The coordinates are not on the curve.
    NotOnCurve = "its x and y are no point on P-256",
    /// The crypto backend took the key for none.
    Rejected = "its key was rejected",
}

/// Why a JWKS that the caller gave cannot be used.
pub enum JwksProblem {
    /// Not a JSON object with an array `keys`.
    NotJwks = "it is not a JSON object with an array `keys`",
    /// More than is read of a JWKS.
    TooLarge = "it is larger than 256 KiB or 100 keys",
    /// RS256 was asked for, and there is no key for it.
    NoRsaKey = "none of its keys is an RSA signature key of 2048 to 8192 bits with a key id",
    /// ES256 was asked for, and there is no key for it.
    NoP256Key = "none of its keys is an elliptic-curve signature key on P-256 with a key id",
}

}
