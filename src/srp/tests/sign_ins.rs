//! Sign-ins between both halves: random ones, and those whose numbers are padded in a way that few are.

use std::collections::BTreeMap;

use crypto_bigint::{U256, U3072};
use sha2::{Digest as _, Sha256};

use super::{client, hex, premaster};
use crate::srp::group::{Element, K, element, power_of_generator, u};
use crate::srp::pad::pad;
use crate::srp::{PasswordVerifier, ServerExchange, SharedKey, SrpIdentity};

/// How many sign-ins of each rare kind run; with `DEEP` the second number.
const RARE: (u32, u32) = (200, 1000);

/// What the search for each rare kind added to the secret number that it changes, for the first [`RARE`] sign-ins.
/// With `DEEP` the search runs, and has to find the same.
const FOUND: &str = include_str!("../../../tests/vectors/srp_rare.json");

fn is_deep() -> bool {
    std::env::var_os("DEEP").is_some()
}

/// Octets that depend on a sign-in's number, and on what they are for.
pub(super) fn stream(sign_in: u32, purpose: &str) -> [u8; 32] {
    Sha256::digest(format!("{purpose} {sign_in}")).into()
}

/// A sign-in, from its number: who, with which salt, and both secrets.
pub(super) struct TestSignIn {
    number: u32,
    password: String,
    pub(super) salt: Vec<u8>,
    pub(super) a: U3072,
    pub(super) b: U256,
}

/// The public numbers of a sign-in, and what the server has of the password.
pub(super) struct Exchanged {
    a: U3072,
    b: U3072,
    verifier: PasswordVerifier,
}

impl TestSignIn {
    pub(super) fn new(number: u32) -> Self {
        let a = ["a0", "a1", "a2", "a3"].map(|purpose| stream(number, purpose)).concat();
        Self {
            number,
            password: hex(&stream(number, "password")),
            salt: stream(number, "salt")[..16].to_vec(),
            a: super::number(&a).unwrap(),
            b: U256::from_be_slice(&stream(number, "b")),
        }
    }

    pub(super) fn identity(&self) -> SrpIdentity<'_> {
        SrpIdentity { realm: "AbCdEf123", user_id: "alice", password: &self.password }
    }

    pub(super) fn verifier(&self) -> PasswordVerifier {
        PasswordVerifier::new(&self.identity(), &self.salt)
    }

    /// `g^b` and `kv`, whose sum is the server's number.
    fn summands(&self, verifier: &PasswordVerifier) -> (Element, Element) {
        let kv = element(&K.resize()) * element(verifier.number());
        (element(&power_of_generator(&self.b)), kv)
    }

    /// The key that both sides come to.
    pub(super) fn key(&self) -> SharedKey {
        let client = client(&hex(self.a.to_be_bytes().as_ref()));
        let server = ServerExchange::with_secret(&self.verifier(), &client.public(), &self.b);
        let server = server.unwrap();
        let key = client.shared_key(&self.identity(), &hex(&self.salt), &server.public);
        let key = key.unwrap().unwrap();
        assert_eq!(key.octets(), server.key.octets(), "sign-in {}", self.number);
        key
    }

    /// Both sides come to the same key, and with another password they do not.
    pub(super) fn run(&self) -> Exchanged {
        let (identity, number) = (self.identity(), self.number);
        let client = client(&hex(self.a.to_be_bytes().as_ref()));
        let verifier = self.verifier();
        let server = ServerExchange::with_secret(&verifier, &client.public(), &self.b);
        let server = server.unwrap();
        let key = |identity: &SrpIdentity<'_>| {
            client.shared_key(identity, &hex(&self.salt), &server.public).unwrap().unwrap()
        };
        assert_eq!(key(&identity).octets(), server.key.octets(), "sign-in {number}");
        if number.is_multiple_of(50) {
            let wrong = SrpIdentity { password: "wrong", ..identity };
            assert_ne!(key(&wrong).octets(), server.key.octets(), "sign-in {number}");
        }
        let parsed = |digits: &str| super::number(&super::octets(digits).unwrap()).unwrap();
        Exchanged { a: parsed(&client.public()), b: parsed(&server.public), verifier }
    }
}

#[test]
fn random_sign_ins_succeed() {
    let count = if is_deep() { 20_000 } else { 200 };
    (0..count).for_each(|number| drop(TestSignIn::new(number).run()));
}

/// A number that is shorter than almost all are, by an octet at least; or `u` with the sign octet.
#[derive(Clone, Copy)]
enum Rare {
    ClientNumber,
    ServerNumber,
    U,
    TopBitOfU,
    Premaster,
}

impl Rare {
    fn name(self) -> &'static str {
        match self {
            Self::ClientNumber => "A",
            Self::ServerNumber => "B",
            Self::U => "u",
            Self::TopBitOfU => "u with its top bit set",
            Self::Premaster => "S",
        }
    }

    /// The sign-in that the search begins with. For a short `S`, `b` is small, so that each try takes one power
    /// less.
    fn first(self, number: u32) -> TestSignIn {
        let mut sign_in = TestSignIn::new(number);
        if matches!(self, Self::Premaster) {
            sign_in.b = U256::ONE;
        }
        sign_in
    }

    /// So many numbers later.
    fn later(self, mut sign_in: TestSignIn, steps: u32) -> TestSignIn {
        match self {
            Self::ClientNumber => sign_in.a = sign_in.a.wrapping_add(&U3072::from_u32(steps)),
            _ => sign_in.b = sign_in.b.wrapping_add(&U256::from_u32(steps)),
        }
        sign_in
    }

    fn is_rare(self, sign_in: &TestSignIn, of: &Exchanged) -> bool {
        let u = || u(&of.a, &of.b);
        match self {
            Self::ClientNumber => of.a.bit_width() <= 3072 - 8,
            Self::ServerNumber => of.b.bit_width() <= 3072 - 8,
            Self::U => u().bit_width() <= 256 - 8,
            Self::TopBitOfU => u().bit_width() == 256,
            Self::Premaster => {
                let premaster = premaster(&of.verifier, &of.a, &sign_in.b, &u());
                pad(premaster.to_be_bytes().as_ref()).len() < 384
            }
        }
    }

    /// How many numbers later the first rare one comes.
    fn search(self, sign_in: &TestSignIn) -> u32 {
        let verifier = sign_in.verifier();
        let mut a = element(&power_of_generator(&sign_in.a));
        let (mut power, kv) = sign_in.summands(&verifier);
        let (mut exchanged, mut steps) =
            (Exchanged { a: a.retrieve(), b: a.retrieve(), verifier }, 0);
        let mut trial = self.first(sign_in.number);
        loop {
            exchanged.a = a.retrieve();
            exchanged.b = (power + kv).retrieve();
            if self.is_rare(&trial, &exchanged) {
                return steps;
            }
            steps += 1;
            trial = self.later(trial, 1);
            match self {
                Self::ClientNumber => a = a + a,
                _ => power = power + power,
            }
        }
    }

    fn run(self) {
        let found: BTreeMap<String, Vec<u32>> = serde_json::from_str(FOUND).unwrap();
        let found = &found[self.name()];
        assert_eq!(found.len(), RARE.0 as usize);
        let mut searched = Vec::new();
        for number in 0..if is_deep() { RARE.1 } else { RARE.0 } {
            let steps = if is_deep() {
                let steps = self.search(&self.first(number));
                searched.push(steps);
                steps
            } else {
                found[number as usize]
            };
            let sign_in = self.later(self.first(number), steps);
            let exchanged = sign_in.run();
            assert!(self.is_rare(&sign_in, &exchanged), "{} {number}", self.name());
        }
        if is_deep() {
            searched.truncate(found.len());
            assert_eq!(*found, searched, "\"{}\":{searched:?}", self.name());
        }
    }
}

#[test]
fn sign_ins_with_a_short_client_number_succeed() {
    Rare::ClientNumber.run();
}

#[test]
fn sign_ins_with_a_short_server_number_succeed() {
    Rare::ServerNumber.run();
}

#[test]
fn sign_ins_with_a_short_u_succeed() {
    Rare::U.run();
}

#[test]
fn sign_ins_with_a_short_premaster_succeed() {
    Rare::Premaster.run();
}

/// Sign-ins whose salt is changed so.
fn with_salt(change: impl Fn(u32, &mut Vec<u8>)) {
    for number in 0..if is_deep() { RARE.1 } else { RARE.0 } {
        let mut sign_in = TestSignIn::new(number);
        change(number, &mut sign_in.salt);
        sign_in.run();
    }
}

#[test]
fn sign_ins_with_a_salt_whose_top_bit_is_set_succeed() {
    with_salt(|_, salt| salt[0] |= 0x80);
}

#[test]
fn sign_ins_with_a_salt_of_an_odd_number_of_digits_or_zeros_in_front_succeed() {
    with_salt(|number, salt| salt[0] &= if number % 2 == 0 { 0x0f } else { 0 });
}

#[test]
fn sign_ins_with_a_u_whose_top_bit_is_set_succeed() {
    Rare::TopBitOfU.run();
}
