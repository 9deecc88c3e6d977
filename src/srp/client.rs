//! The client's half: a public number out, a key in return for the server's.

use crypto_bigint::{U256, U512, U1024, U1280, U3072};
use zeroize::{Zeroize as _, Zeroizing};

use super::group::{K, element, power, power_of_generator, u};
use super::identity::SrpIdentity;
use super::pad::{hex, number, octets};
use super::shared_key::SharedKey;

/// The bits of `a + u·x`: `a` has 1024, and a sum of two such numbers one more.
const EXPONENT_BITS: u32 = 1025;

/// The server's number is zero in the group, or makes `u` zero: no server that knows the verifier sends
/// one (RFC 5054 §2.5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DishonestServer;

/// A client that has made its secret number. The secret is wiped on drop.
pub(crate) struct ClientExchange {
    secret: Zeroizing<U1024>,
    public: U3072,
}

impl ClientExchange {
    /// With 128 random octets; `None` when the operating system gives none.
    pub(crate) fn random() -> Option<Self> {
        let mut secret = Zeroizing::new([0; 128]);
        loop {
            getrandom::fill(secret.as_mut()).ok()?;
            if let Some(exchange) = Self::new(&secret) {
                return Some(exchange);
            }
        }
    }

    /// `A = g^a`; `None` where it is zero in the group.
    pub(super) fn new(secret: &[u8; 128]) -> Option<Self> {
        let secret = Zeroizing::new(U1024::from_be_slice(secret));
        let public = *power_of_generator(&*secret);
        (public != U3072::ZERO).then_some(Self { secret, public })
    }

    /// `SRP_A`.
    pub(crate) fn public(&self) -> String {
        hex(self.public.to_be_bytes().as_ref())
    }

    /// The key that the server has come to as well, if the password is right. `salt` and `server_public`
    /// are `SALT` and `SRP_B` in hexadecimal digits; `None` for what is no number of at most 3072 bits.
    pub(crate) fn shared_key(
        &self,
        identity: &SrpIdentity<'_>,
        salt: &str,
        server_public: &str,
    ) -> Option<Result<SharedKey, DishonestServer>> {
        let server_public = number(&octets(server_public)?)?;
        Some(self.key(&identity.x(&octets(salt)?), &server_public))
    }

    /// `S = (B - k·g^x)^(a + u·x)`.
    fn key(&self, x: &U256, server_public: &U3072) -> Result<SharedKey, DishonestServer> {
        let b = element(server_public);
        let u = u(&self.public, server_public);
        if b.retrieve() == U3072::ZERO || u == U256::ZERO {
            return Err(DishonestServer);
        }
        let verifier = power_of_generator(x);
        let mut base = b - element(&K.resize()) * element(&verifier);
        let number = Zeroizing::new(base.retrieve());
        base.as_montgomery_mut().zeroize();
        let ux: Zeroizing<U512> = Zeroizing::new(u.concatenating_mul(x));
        let secret = Zeroizing::new(self.secret.resize::<{ U1280::LIMBS }>());
        let sum = ux.resize::<{ U1280::LIMBS }>().wrapping_add(&secret);
        let premaster = power(&number, &*Zeroizing::new(sum), EXPONENT_BITS);
        Ok(SharedKey::derive(&premaster, &u))
    }
}
