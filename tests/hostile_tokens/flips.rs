//! Every single bit of a good token flipped: none of them is a token any more.

use cognito_auth::JwtVerifier;

use crate::forge::{Forge, Kind};
use crate::row::default_rules;
use crate::support::encode;
use crate::world::world;

/// The other backend is slow without optimisation: it gets every seventh bit.
const STEP: usize = if cfg!(feature = "aws-lc-rs") { 1 } else { 7 };

fn is_accepted(verifier: &JwtVerifier, kind: Kind, token: &str) -> bool {
    match kind {
        Kind::Access => verifier.verify_access_now(token).is_ok(),
        Kind::Id => verifier.verify_id_now(token, Default::default()).is_ok(),
    }
}

fn no_flip_passes(kind: Kind) {
    let verifier = default_rules().build().unwrap();
    let good = Forge::good(kind);
    let [header, payload, _] = good.parts();
    let signature = world().signer.signature(format!("{header}.{payload}").as_bytes());
    let parts = [world().signer.header().into_bytes(), good.payload.clone(), signature];
    let join = |parts: &[Vec<u8>; 3]| parts.each_ref().map(encode).join(".");
    assert!(is_accepted(&verifier, kind, &join(&parts)));

    let mut flips = 0;
    for (index, part) in parts.iter().enumerate() {
        for bit in (0..part.len() * 8).step_by(STEP) {
            let mut flipped = parts.clone();
            flipped[index][bit / 8] ^= 1 << (bit % 8);
            assert!(
                !is_accepted(&verifier, kind, &join(&flipped)),
                "{kind:?}: bit {bit} of part {index}"
            );
            flips += 1;
        }
    }
    let bits: usize = parts.iter().map(|part| part.len() * 8).sum();
    assert!(flips >= bits / STEP, "{flips} of {bits}");

    // The same on the text: what is left of it is another spelling at best.
    let token = join(&parts);
    for bit in (0..token.len() * 8).step_by(STEP).filter(|bit| bit % 8 < 7) {
        let mut text = token.clone().into_bytes();
        text[bit / 8] ^= 1 << (bit % 8);
        let text = String::from_utf8(text).unwrap();
        assert!(!is_accepted(&verifier, kind, &text), "{kind:?}: bit {bit} of the text");
    }
    // And without one of its characters, or with one twice.
    for index in (0..token.len()).step_by(STEP) {
        let (before, after) = token.split_at(index);
        let shorter = format!("{before}{}", &after[1..]);
        assert!(!is_accepted(&verifier, kind, &shorter), "{kind:?}: without character {index}");
        let longer = format!("{before}{}{after}", &after[..1]);
        assert!(!is_accepted(&verifier, kind, &longer), "{kind:?}: character {index} twice");
    }
}

#[test]
fn of_an_access_token() {
    no_flip_passes(Kind::Access);
}

#[test]
fn of_an_id_token() {
    no_flip_passes(Kind::Id);
}
