//! The server's half: what is stored of a password, and the answer to a client's number.

use crypto_bigint::{U256, U3072};
use zeroize::Zeroizing;

use super::group::{K, digest, element, power, power_of_generator, u};
use super::identity::SrpIdentity;
use super::pad::{hex, number, octets};
use super::shared_key::SharedKey;

/// What a server stores of a password: `v = g^x`. Wiped on drop.
pub(crate) struct PasswordVerifier(Zeroizing<U3072>);

impl PasswordVerifier {
    /// With the octets of the salt.
    pub(crate) fn new(identity: &SrpIdentity<'_>, salt: &[u8]) -> Self {
        Self(power_of_generator(&*identity.x(salt)))
    }

    /// The verifier that a device sent (`PasswordVerifier` of ConfirmDevice, decoded). `None` for zero, and
    /// for a number of more than 3072 bits.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        number(octets).filter(|number| *number != U3072::ZERO).map(|number| Self(number.into()))
    }

    /// The number, in octets.
    #[cfg(test)]
    pub(super) fn number(&self) -> &U3072 {
        &self.0
    }
}

/// A server's answer to a client.
pub(crate) struct ServerExchange {
    /// `SRP_B`: hexadecimal digits without leading zeros.
    pub(crate) public: String,
    /// What the client's proof has to be signed with.
    pub(crate) key: SharedKey,
}

impl ServerExchange {
    /// Answers a client's `SRP_A` with a random secret of at least 32 octets. `None` when `SRP_A` is no
    /// number of at most 3072 bits, or is zero in the group: every client would know the key then
    /// (RFC 5054 §2.5.4).
    pub(crate) fn new(
        verifier: &PasswordVerifier,
        client_public: &str,
        secret: &[u8],
    ) -> Option<Self> {
        Self::with_secret(verifier, client_public, &digest(&[secret]))
    }

    /// `B = k·v + g^b`, `S = (A·v^u)^b`.
    pub(super) fn with_secret(
        verifier: &PasswordVerifier,
        client_public: &str,
        secret: &U256,
    ) -> Option<Self> {
        let client_public = number(&octets(client_public)?)?;
        let a = element(&client_public);
        if a.retrieve() == U3072::ZERO {
            return None;
        }
        let summand = power_of_generator(secret);
        let server_public = element(&K.resize()) * element(&verifier.0) + element(&summand);
        let server_public = server_public.retrieve();
        let u = u(&client_public, &server_public);
        let base = a * element(&power(&verifier.0, &u, U256::BITS));
        let premaster = power(&Zeroizing::new(base.retrieve()), secret, U256::BITS);
        let public = hex(server_public.to_be_bytes().as_ref());
        Some(Self { public, key: SharedKey::derive(&premaster, &u) })
    }
}
