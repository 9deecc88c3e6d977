//! Authenticator data ([WebAuthn §6.1](https://www.w3.org/TR/webauthn-2/#sctn-authenticator-data)), and the key
//! in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::cbor::CborItem;

const USER_PRESENT: u8 = 1;
const ATTESTED_CREDENTIAL: u8 = 1 << 6;
/// The most that WebAuthn allows.
const MOST_CREDENTIAL_ID_OCTETS: usize = 1023;

/// What an authenticator says of itself and of the user.
pub(crate) struct AuthenticatorData<'a> {
    pub(crate) relying_party_hash: &'a [u8],
    flags: u8,
    /// 0 where the authenticator counts no signatures.
    pub(crate) signature_count: u32,
    pub(crate) credential: Option<AttestedCredential<'a>>,
}

/// A credential that was made.
pub(crate) struct AttestedCredential<'a> {
    pub(crate) id: &'a [u8],
    /// The public key, as a JWK.
    pub(crate) public_jwk: String,
}

/// What is wrong with authenticator data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthenticatorDataProblem {
    Malformed,
    /// The key is of another algorithm than ES256.
    OtherAlgorithm,
}

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn read(octets: &'a [u8]) -> Result<Self, AuthenticatorDataProblem> {
        let malformed = AuthenticatorDataProblem::Malformed;
        let (relying_party_hash, rest) = octets.split_at_checked(32).ok_or(malformed)?;
        let (flags, rest) = rest.split_first().ok_or(malformed)?;
        let (count, rest) = rest.split_first_chunk::<4>().ok_or(malformed)?;
        let credential = match flags & ATTESTED_CREDENTIAL {
            0 => None,
            _ => Some(read_credential(rest)?),
        };
        let signature_count = u32::from_be_bytes(*count);
        Ok(Self { relying_party_hash, flags: *flags, signature_count, credential })
    }

    /// Whether the user has touched the authenticator.
    pub(crate) fn user_is_present(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }
}

/// Attested credential data (§6.5.1): AAGUID, id, key. Extensions may follow.
fn read_credential(octets: &[u8]) -> Result<AttestedCredential<'_>, AuthenticatorDataProblem> {
    let malformed = AuthenticatorDataProblem::Malformed;
    let (_aaguid, rest) = octets.split_at_checked(16).ok_or(malformed)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(malformed)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > MOST_CREDENTIAL_ID_OCTETS {
        return Err(malformed);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(malformed)?;
    let (key, _extensions) = CborItem::read(rest).ok_or(malformed)?;
    Ok(AttestedCredential { id, public_jwk: public_jwk(&key)? })
}

/// A COSE key of ES256 on P-256 ([RFC 9053 §2.1](https://www.rfc-editor.org/rfc/rfc9053#section-2.1),
/// [§7.1.1](https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1)).
fn public_jwk(key: &CborItem<'_>) -> Result<String, AuthenticatorDataProblem> {
    let member = |label| key.get(&CborItem::Integer(label));
    let is = |label, value| member(label) == Some(&CborItem::Integer(value));
    // kty EC2, alg ES256, crv P-256.
    if !(is(1, 2) && is(3, -7) && is(-1, 1)) {
        return Err(AuthenticatorDataProblem::OtherAlgorithm);
    }
    let coordinate = |label| {
        let octets = member(label).and_then(CborItem::bytes).filter(|octets| octets.len() == 32);
        octets.map(|octets| URL_SAFE_NO_PAD.encode(octets))
    };
    let malformed = AuthenticatorDataProblem::Malformed;
    let (x, y) = (coordinate(-2).ok_or(malformed)?, coordinate(-3).ok_or(malformed)?);
    Ok(json!({ "kty": "EC", "crv": "P-256", "kid": "passkey", "x": x, "y": y }).to_string())
}
