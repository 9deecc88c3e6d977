//! The vectors, in both directions, and sign-ins between both halves.

mod identity_js;
mod sign_ins;

use crypto_bigint::{U256, U3072};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::client::DishonestServer;
use super::group::{K, PRIME, element, power, u};
use super::pad::{hex, number, octets, pad_number};
use super::*;

const VECTORS: &str = include_str!("../../tests/vectors/srp.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("{name} in {row}"))
}

fn identity(row: &Value) -> SrpIdentity<'_> {
    let (realm, user_id) = (text(row, "pool"), text(row, "user"));
    SrpIdentity { realm, user_id, password: text(row, "password") }
}

fn client(digits: &str) -> ClientExchange {
    let (mut secret, octets) = ([0; 128], octets(digits).unwrap());
    secret[128 - octets.len()..].copy_from_slice(&octets);
    ClientExchange::new(&secret).unwrap()
}

fn small(digits: &str) -> U256 {
    number(&octets(digits).unwrap()).unwrap().resize()
}

/// `S`, as the server has it.
fn premaster(verifier: &PasswordVerifier, a: &U3072, b: &U256, u: &U256) -> U3072 {
    let base = element(a) * element(&power(verifier.number(), u, U256::BITS));
    *power(&base.retrieve(), b, b.bit_width())
}

/// Checks one row, from the client's side and from the server's.
fn check(row: &Value) {
    let name = text(row, "name");
    let (identity, client) = (identity(row), client(text(row, "a")));
    assert_eq!(client.public(), text(row, "A"), "{name}: A");
    let salt = octets(text(row, "salt")).unwrap();
    assert_eq!(hex(identity.x(&salt).to_be_bytes().as_ref()), text(row, "x"), "{name}: x");
    let verifier = PasswordVerifier::new(&identity, &salt);
    let secret = small(text(row, "b"));
    let server = ServerExchange::with_secret(&verifier, text(row, "A"), &secret).unwrap();
    assert_eq!(server.public, text(row, "B"), "{name}: B");

    let of = |name| number(&octets(text(row, name)).unwrap()).unwrap();
    let (a, b) = (of("A"), of("B"));
    let u = u(&a, &b);
    assert_eq!(hex(u.to_be_bytes().as_ref()), text(row, "u"), "{name}: u");
    let padded = pad_number(&premaster(&verifier, &a, &secret, &u));
    assert_eq!(padded.len() as u64, row["S_len"].as_u64().unwrap(), "{name}: S");
    assert_eq!(format!("{:02x}", padded[0]), text(row, "S_top"), "{name}: S");
    let digest: [u8; 32] = Sha256::digest(&padded).into();
    assert_eq!(hex(&digest), text(row, "S_sha256").trim_start_matches('0'), "{name}: S");

    let key = client.shared_key(&identity, text(row, "salt"), text(row, "B")).unwrap().unwrap();
    let block: Vec<u8> = (0..32).collect();
    for (side, key) in [("client", &key), ("server", &server.key)] {
        let octets: String = key.octets().iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(octets, text(row, "K"), "{name}: K of the {side}");
        let (realm, user_id) = (identity.realm, identity.user_id);
        let signature = key.signature(realm, user_id, &block, text(row, "timestamp"));
        assert_eq!(signature, text(row, "signature"), "{name}: signature of the {side}");
        assert!(key.accepts(text(row, "signature"), &signature), "{name}");
    }
}

/// Each row shows one mistake of padding that most sign-ins hide.
#[test]
fn the_vectors_hold_in_both_directions() {
    let vectors = vectors();
    assert_eq!(hex(K.to_be_bytes().as_ref()), text(&vectors, "k"));
    let rows = vectors["vectors"].as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| text(row, "name")).collect();
    let expected = "plain; salt with its top bit set; \
        salt of 16 octets whose first is zero: 15 octets once it is a number; \
        password that is not ASCII; u and S with their top bits set; S shorter than 384 bytes; \
        u shorter than 32 bytes; B shorter than 384 bytes";
    assert_eq!(names.join("; "), expected);
    rows.iter().for_each(check);
}

#[test]
fn a_device_registers_and_proves_itself() {
    let vectors = vectors();
    let (device, proof) = (&vectors["device"], &vectors["device_proof"]);
    check(proof);
    let salt = octets(text(proof, "salt")).unwrap();
    let registered = DeviceVerifier::new(&identity(proof), &salt);
    assert_eq!(registered.password_verifier, text(device, "PasswordVerifier"));
    assert_eq!(registered.salt, text(device, "Salt"));
    use base64::Engine as _;
    let sent = base64::engine::general_purpose::STANDARD.decode(registered.password_verifier);
    let stored = PasswordVerifier::from_octets(&sent.unwrap()).unwrap();
    assert_eq!(stored.number(), PasswordVerifier::new(&identity(proof), &salt).number());
    assert!(PasswordVerifier::from_octets(&[0, 0]).is_none());
    assert!(PasswordVerifier::from_octets(&[1; 385]).is_none());
    assert_ne!(new_device_password().unwrap(), new_device_password().unwrap());
    let random = || DeviceVerifier::random(&identity(proof)).unwrap();
    assert_ne!(random(), random());
}

#[test]
fn numbers_that_are_zero_in_the_group_or_no_numbers_are_refused() {
    let alice = SrpIdentity { realm: "LocalPool", user_id: "alice", password: "right" };
    let verifier = PasswordVerifier::new(&alice, &[0x80; 16]);
    let client = client("a5a5");
    let too_long = "1".repeat(PRIME.len() + 1);
    for bad in ["", "xyz", "-1", "1 2", "é", too_long.as_str()] {
        assert!(ServerExchange::new(&verifier, bad, &[7; 32]).is_none(), "{bad}");
        assert!(client.shared_key(&alice, "80", bad).is_none(), "{bad}");
        assert!(client.shared_key(&alice, bad, "2").is_none(), "{bad}");
    }
    for zero in ["0", "000", PRIME] {
        assert!(ServerExchange::new(&verifier, zero, &[7; 32]).is_none(), "{zero}");
        let key = client.shared_key(&alice, "80", zero).unwrap();
        assert_eq!(key.err(), Some(DishonestServer), "{zero}");
    }
    assert!(ServerExchange::new(&verifier, "0002", &[7; 32]).is_some());
}
