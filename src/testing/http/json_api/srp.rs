//! The server's half of SRP, as USER_SRP_AUTH has it.
//!
//! The exchange is that of [RFC 5054 §2.5](https://www.rfc-editor.org/rfc/rfc5054#section-2.5) with
//! SHA-256, in the 3072-bit group of [RFC 3526 §4](https://www.rfc-editor.org/rfc/rfc3526#section-4),
//! whose generator is 2; the key comes out of HKDF
//! ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)). Numbers are hashed as signed ones: with a
//! zero in front where the first bit is set, and without any other.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U256, U3072};
use sha2::{Digest, Sha256};

use crate::testing::http::json_api::hmac::hmac_sha256;

const PRIME: &str = "\
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

type Number = FixedMontyForm<{ U3072::LIMBS }>;

/// Whose password it is about.
pub(crate) struct Account<'a> {
    pub(crate) pool_name: &'a str,
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) salt: &'a [u8],
}

/// What the server comes to.
pub(crate) struct Exchange {
    /// `B`, in hexadecimal digits.
    pub(crate) server_public: String,
    /// What the client's answer has to be signed with.
    pub(crate) key: [u8; 16],
}

/// Answers a client's `A`, with a random secret of 32 bytes. `None` when `A` is no number of the
/// group, or zero in it, with which every client would know the key (RFC 5054 §2.5.4).
pub(crate) fn answer(
    account: &Account<'_>,
    client_public: &str,
    secret: &[u8],
) -> Option<Exchange> {
    let group = FixedMontyParams::new_vartime(Odd::<U3072>::from_be_hex(PRIME));
    let generator = Number::new(&U3072::from_u8(2), &group);
    exchange(generator.pow(&x(account)), client_public, secret)
}

/// Answers a client's `A` where the password's verifier is known: that of a device, as big-endian octets.
pub(crate) fn answer_with_verifier(
    verifier: &[u8],
    client_public: &str,
    secret: &[u8],
) -> Option<Exchange> {
    let group = FixedMontyParams::new_vartime(Odd::<U3072>::from_be_hex(PRIME));
    exchange(Number::new(&number(&hex(verifier))?, &group), client_public, secret)
}

fn exchange(verifier: Number, client_public: &str, secret: &[u8]) -> Option<Exchange> {
    let group = FixedMontyParams::new_vartime(Odd::<U3072>::from_be_hex(PRIME));
    let client_public = number(client_public)?;
    let a = Number::new(&client_public, &group);
    if a.retrieve() == U3072::ZERO {
        return None;
    }
    let generator = Number::new(&U3072::from_u8(2), &group);
    let secret = digest(&[secret]);
    let b = Number::new(&k().resize(), &group) * verifier + generator.pow(&secret);
    let server_public = b.retrieve();
    let u = digest(&[&signed(&client_public), &signed(&server_public)]);
    let premaster = (a * verifier.pow(&u)).pow(&secret);
    let key = derive(&premaster.retrieve(), &u);
    Some(Exchange { server_public: hex(server_public.to_be_bytes().as_ref()), key })
}

/// What a client signs that has come to the same key.
pub(crate) fn signature(key: &[u8; 16], parts: &[&[u8]]) -> [u8; 32] {
    hmac_sha256(key, &parts.concat())
}

/// Two digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `k = H(N | g)`.
fn k() -> U256 {
    digest(&[&signed(&U3072::from_be_hex(PRIME)), &[2]])
}

/// `x = H(salt | H(pool name, user name, ":", password))`.
fn x(account: &Account<'_>) -> U256 {
    let Account { pool_name, username, password, salt } = account;
    let inner = Sha256::digest(format!("{pool_name}{username}:{password}"));
    digest(&[&with_sign(salt), &inner])
}

fn derive(premaster: &U3072, u: &U256) -> [u8; 16] {
    let extracted = hmac_sha256(&with_sign(u.to_be_bytes().as_ref()), &signed(premaster));
    let expanded = hmac_sha256(&extracted, b"Caldera Derived Key\x01");
    let mut key = [0; 16];
    key.copy_from_slice(&expanded[..16]);
    key
}

fn digest(parts: &[&[u8]]) -> U256 {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    U256::from_be_slice(&hash.finalize())
}

fn signed(number: &U3072) -> Vec<u8> {
    with_sign(number.to_be_bytes().as_ref())
}

/// Big-endian two's complement of a number that is not negative, in as few bytes as it takes.
fn with_sign(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = &bytes[zeros..];
    let sign: &[u8] = if digits.first().is_none_or(|byte| *byte >= 0x80) { &[0] } else { &[] };
    [sign, digits].concat()
}

fn number(hex: &str) -> Option<U3072> {
    let digits = hex.trim_start_matches('0');
    let fits = digits.len() <= PRIME.len() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| U3072::from_be_hex(&format!("{digits:0>width$}", width = PRIME.len())))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    type Group = FixedMontyParams<{ U3072::LIMBS }>;

    fn group() -> Group {
        FixedMontyParams::new_vartime(Odd::<U3072>::from_be_hex(PRIME))
    }

    /// A client's `A`.
    pub(crate) fn client_public(a: u64) -> String {
        let public = Number::new(&U3072::from_u8(2), &group()).pow(&U256::from_u64(a));
        hex(public.retrieve().to_be_bytes().as_ref())
    }

    /// `g^x`, as a device registers it.
    pub(crate) fn verifier(account: &Account<'_>) -> Vec<u8> {
        let verifier = Number::new(&U3072::from_u8(2), &group()).pow(&x(account));
        signed(&verifier.retrieve())
    }

    /// The client's half: `S = (B - k * g^x) ^ (a + u * x)`.
    pub(crate) fn client_key(account: &Account<'_>, a: u64, server_public: &str) -> [u8; 16] {
        let group = group();
        let of = |number: &U3072| Number::new(number, &group);
        let (x, g) = (x(account), of(&U3072::from_u8(2)));
        let (client, server) = (number(&client_public(a)), number(server_public));
        let (client, server) = (client.unwrap(), server.unwrap());
        let u = digest(&[&signed(&client), &signed(&server)]);
        let base = of(&server) - of(&k().resize()) * g.pow(&x);
        let premaster = base.pow(&U256::from_u64(a)) * base.pow(&u).pow(&x);
        derive(&premaster.retrieve(), &u)
    }

    fn account(password: &'static str) -> Account<'static> {
        Account { pool_name: "LocalPool", username: "alice", password, salt: &[0x80; 16] }
    }

    #[test]
    fn both_sides_come_to_the_same_key_with_the_same_password_only() {
        let a = 0xa5a5_5a5a_1234_5678;
        let (right, wrong) = (account("right"), account("wrong"));
        let exchange = answer(&right, &client_public(a), &[7; 32]).unwrap();
        assert_eq!(client_key(&right, a, &exchange.server_public), exchange.key);
        assert_ne!(client_key(&wrong, a, &exchange.server_public), exchange.key);
        let other = answer(&right, &client_public(a), &[8; 32]).unwrap();
        assert_ne!(other.server_public, exchange.server_public);
    }

    #[test]
    fn zero_in_the_group_and_what_is_no_number_are_refused() {
        let too_long = "1".repeat(PRIME.len() + 1);
        for bad in ["", "0", "00", PRIME, "xyz", "-1", "1 2", "é", too_long.as_str()] {
            assert!(answer(&account("right"), bad, &[7; 32]).is_none(), "{bad}");
        }
        assert!(answer(&account("right"), "0002", &[7; 32]).is_some());
    }

    #[test]
    fn numbers_are_hashed_as_signed_ones() {
        assert_eq!(with_sign(&[0, 0, 0x7f, 1]), [0x7f, 1]);
        assert_eq!(with_sign(&[0x80]), [0, 0x80]);
        assert_eq!(with_sign(&[0, 0]), [0]);
        // As every client of Cognito has it.
        let known = "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6";
        assert_eq!(hex(k().to_be_bytes().as_ref()), known);
    }
}
