//! The group, and the numbers that both halves compute in the same way.

use std::sync::LazyLock;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams, FixedMontyForm, FixedMontyParams};
use crypto_bigint::{BoxedUint, Limb, Odd, U256, U3072, Uint};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use super::pad::{pad, pad_number};

pub(crate) const PRIME: &str = "\
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22\
    514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6\
    F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D\
    C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB\
    9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E8603\
    9B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
    15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D\
    B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864\
    D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB31\
    43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

/// A number modulo the prime.
pub(crate) type Element = FixedMontyForm<{ U3072::LIMBS }>;

static PARAMETERS: LazyLock<FixedMontyParams<{ U3072::LIMBS }>> =
    LazyLock::new(|| FixedMontyParams::new_vartime(Odd::<U3072>::from_be_hex(PRIME)));

/// The same for powers: on the heap, the arithmetic is compiled in the crate that it comes from, which is
/// optimised in a debug build of an application too.
static POWERS: LazyLock<BoxedMontyParams> = LazyLock::new(|| {
    let prime = Odd::<U3072>::from_be_hex(PRIME);
    BoxedMontyParams::new_vartime(Odd::<BoxedUint>::from(&prime))
});

/// `k = H(pad(N) | pad(g))`.
pub(super) static K: LazyLock<U256> =
    LazyLock::new(|| digest(&[&pad_number(&U3072::from_be_hex(PRIME)), &[2]]));

/// A number as one modulo the prime.
pub(super) fn element(number: &U3072) -> Element {
    Element::new(number, &PARAMETERS)
}

/// `base^exponent`, in a time that depends on neither. Only so many bits of the exponent count.
pub(super) fn power<const LIMBS: usize>(
    base: &U3072,
    exponent: &Uint<LIMBS>,
    bits: u32,
) -> Zeroizing<U3072> {
    let mut exponent = BoxedUint::from(exponent);
    let mut base = BoxedMontyForm::new(BoxedUint::from(base), &POWERS);
    let mut power = base.pow_bounded_exp(&exponent, bits);
    let mut number = power.retrieve();
    let mut limbs = Zeroizing::new([Limb::ZERO; U3072::LIMBS]);
    limbs.copy_from_slice(number.as_limbs());
    exponent.zeroize();
    number.zeroize();
    base.zeroize();
    power.zeroize();
    Zeroizing::new(U3072::new(*limbs))
}

/// `g^exponent`.
pub(super) fn power_of_generator<const LIMBS: usize>(exponent: &Uint<LIMBS>) -> Zeroizing<U3072> {
    power(&U3072::from_u8(2), exponent, Uint::<LIMBS>::BITS)
}

/// `u = H(pad(A) | pad(B))`.
pub(super) fn u(client_public: &U3072, server_public: &U3072) -> U256 {
    digest(&[&pad_number(client_public), &pad_number(server_public)])
}

/// The SHA-256 of the parts, as a number.
pub(super) fn digest(parts: &[&[u8]]) -> U256 {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    let octets: Zeroizing<[u8; 32]> = Zeroizing::new(hash.finalize().into());
    U256::from_be_slice(octets.as_ref())
}

/// `pad(n)` of a digest.
pub(super) fn pad_digest(number: &U256) -> Zeroizing<Vec<u8>> {
    pad(number.to_be_bytes().as_ref())
}
