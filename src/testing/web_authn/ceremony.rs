//! The two ceremonies: registering a new credential
//! ([WebAuthn §7.1](https://www.w3.org/TR/webauthn-2/#sctn-registering-a-new-credential)), and verifying an
//! assertion ([§7.2](https://www.w3.org/TR/webauthn-2/#sctn-verifying-assertion)).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::authenticator_data::{AuthenticatorData, AuthenticatorDataProblem};
use super::cbor::CborItem;
use super::client_data::ClientData;
use super::signature::fixed_from_der;
use crate::keys::VerifyingKey;

/// What a relying party expects of a ceremony.
pub(crate) struct Expectation<'a> {
    /// The octets that it sent.
    pub(crate) challenge: &'a [u8],
    pub(crate) relying_party: &'a str,
}

/// A credential that was registered.
#[derive(Debug)]
pub(crate) struct RegisteredCredential {
    pub(crate) id: Vec<u8>,
    /// Its public key, as a JWK.
    pub(crate) public_jwk: String,
    pub(crate) signature_count: u32,
}

/// Why a ceremony failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CeremonyProblem {
    Malformed,
    /// The challenge is another one, or the browser was asked for another ceremony.
    OtherChallenge,
    /// The page belongs to another relying party.
    Origin,
    /// The authenticator answered for another relying party.
    RelyingParty,
    /// The user did not touch the authenticator.
    UserNotPresent,
    /// The key is of another algorithm than ES256.
    OtherAlgorithm,
    Signature,
    /// The counter did not go up: there may be a copy of the authenticator.
    SignatureCount,
}

impl From<AuthenticatorDataProblem> for CeremonyProblem {
    fn from(problem: AuthenticatorDataProblem) -> Self {
        match problem {
            AuthenticatorDataProblem::Malformed => Self::Malformed,
            AuthenticatorDataProblem::OtherAlgorithm => Self::OtherAlgorithm,
        }
    }
}

/// Registers a credential.
pub(crate) fn register(
    expected: &Expectation<'_>,
    client_data: &[u8],
    attestation_object: &[u8],
) -> Result<RegisteredCredential, CeremonyProblem> {
    expected.check_client_data(client_data, "webauthn.create")?;
    let malformed = CeremonyProblem::Malformed;
    let (object, rest) = CborItem::read(attestation_object).ok_or(malformed)?;
    if !rest.is_empty() {
        return Err(malformed);
    }
    let data = object.text_member("authData").and_then(CborItem::bytes).ok_or(malformed)?;
    let data = AuthenticatorData::read(data)?;
    expected.check_authenticator(&data)?;
    let credential = data.credential.as_ref().ok_or(malformed)?;
    // A point that is not on the curve is no key.
    VerifyingKey::from_jwk_json(&credential.public_jwk).map_err(|_| malformed)?;
    Ok(RegisteredCredential {
        id: credential.id.to_vec(),
        public_jwk: credential.public_jwk.clone(),
        signature_count: data.signature_count,
    })
}

/// Verifies an assertion, and gives the new count of signatures.
pub(crate) fn assert(
    expected: &Expectation<'_>,
    (public_jwk, last_count): (&str, u32),
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
) -> Result<u32, CeremonyProblem> {
    expected.check_client_data(client_data, "webauthn.get")?;
    let data = AuthenticatorData::read(authenticator_data)?;
    expected.check_authenticator(&data)?;
    let key = VerifyingKey::from_jwk_json(public_jwk).map_err(|_| CeremonyProblem::Malformed)?;
    let signature = fixed_from_der(signature).ok_or(CeremonyProblem::Signature)?;
    let signed = [authenticator_data, &Sha256::digest(client_data)].concat();
    key.verify(&signed, &signature).map_err(|_| CeremonyProblem::Signature)?;
    let count = data.signature_count;
    if (count != 0 || last_count != 0) && count <= last_count {
        return Err(CeremonyProblem::SignatureCount);
    }
    Ok(count)
}

impl Expectation<'_> {
    fn check_client_data(&self, json: &[u8], kind: &str) -> Result<(), CeremonyProblem> {
        let data = ClientData::read(json).ok_or(CeremonyProblem::Malformed)?;
        let own = URL_SAFE_NO_PAD.encode(self.challenge);
        let same: bool = own.as_bytes().ct_eq(data.challenge.as_bytes()).into();
        if !same || data.kind != kind {
            return Err(CeremonyProblem::OtherChallenge);
        }
        if data.is_from(self.relying_party) { Ok(()) } else { Err(CeremonyProblem::Origin) }
    }

    fn check_authenticator(&self, data: &AuthenticatorData<'_>) -> Result<(), CeremonyProblem> {
        if data.relying_party_hash != Sha256::digest(self.relying_party).as_slice() {
            return Err(CeremonyProblem::RelyingParty);
        }
        if data.user_is_present() { Ok(()) } else { Err(CeremonyProblem::UserNotPresent) }
    }
}
