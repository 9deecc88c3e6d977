//! The same random and spoiled tokens to this verifier and to jsonwebtoken: once as many services
//! set it up, once as strictly as it can be. Wherever the two disagree, a line of the table says
//! why; and a line that nothing falls under any more is an error too.
#![allow(clippy::unwrap_used, missing_debug_implementations, unreachable_pub)]

#[path = "differential/disagreements.rs"]
mod disagreements;
#[path = "differential/draft.rs"]
mod draft;
#[path = "differential/header.rs"]
mod header;
mod support;
#[path = "differential/theirs.rs"]
mod theirs;

use std::collections::BTreeMap;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::{JwtVerifier, UserPool, VerifyError};
use disagreements::DISAGREEMENTS;
use draft::{Draft, rubbish};
use header::with_header_anew;
use support::{CLIENT_ID, ISSUER, POOL_ID, Random, Signer};
use theirs::{Setup, Theirs};

const TOKENS_PER_KIND: usize = 6_000;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Access,
    Id,
}

fn ours(verifier: &JwtVerifier, kind: Kind, token: &str) -> String {
    let verdict = match kind {
        Kind::Access => verifier.verify_access_now(token).map(drop),
        Kind::Id => verifier.verify_id_now(token, Default::default()).map(drop),
    };
    match verdict {
        Ok(()) => "accepted".to_owned(),
        Err(VerifyError::ClaimMalformed { claim }) => format!("claim_malformed: {claim}"),
        Err(VerifyError::ClaimMissing { claim }) => format!("claim_missing: {claim}"),
        Err(error) => error.code().to_owned(),
    }
}

fn verifier(signer: &Signer) -> JwtVerifier {
    let pool = UserPool::new(POOL_ID).unwrap().with_issuers([ISSUER]).unwrap();
    JwtVerifier::builder(&pool)
        .client_id(CLIENT_ID)
        .keys(StaticKeySet::from_jwks_json(&support::jwks(&[signer])).unwrap())
        .build()
        .unwrap()
}

fn token(random: &mut Random, kind: Kind, signers: &[Signer; 2]) -> String {
    if random.chance(20) {
        return rubbish(random);
    }
    let mut draft = Draft::new(kind);
    for _ in 0..random.below(4) {
        draft.spoil(random);
    }
    draft.sign(random, signers)
}

#[test]
fn every_disagreement_has_a_reason() {
    // The second has the first one's key id.
    let signers = [Signer::new("k1"), Signer::new("k1")];
    let verifier = verifier(&signers[0]);
    let jsonwebtoken = Theirs::new(&signers[0]);

    let mut random = Random(20_260_101);
    let mut agreements = BTreeMap::new();
    let mut seen = BTreeMap::new();
    let mut unexplained = BTreeMap::new();
    for number in 0..2 * TOKENS_PER_KIND {
        let kind = if number % 2 == 0 { Kind::Access } else { Kind::Id };
        let token = token(&mut random, kind, &signers);
        let ours = ours(&verifier, kind, &token);
        for setup in [Setup::Plain, Setup::Strict] {
            let theirs = jsonwebtoken.verdict(setup, kind, &token);
            let (we_accept, they_accept) = (ours == "accepted", theirs == "accepted");
            if we_accept == they_accept {
                *agreements.entry((setup, we_accept)).or_insert(0) += 1;
                continue;
            }
            // What is accepted needs more of a reason: nothing but those members may be it.
            let is_proved = !we_accept
                || with_header_anew(&token, &signers[0]).is_some_and(|[whole, without]| {
                    jsonwebtoken.verdict(setup, kind, &whole) == theirs
                        && jsonwebtoken.verdict(setup, kind, &without) == "accepted"
                });
            let class = (setup, ours.as_str(), theirs.as_str());
            let known = DISAGREEMENTS.iter().filter(|_| is_proved);
            let mut known = known.filter(|(at, our, their, _)| (*at, *our, *their) == class);
            match known.next() {
                Some((at, our, their, _)) => *seen.entry((*at, *our, *their)).or_insert(0) += 1,
                None => drop(unexplained.insert((setup, ours.clone(), theirs), token.clone())),
            }
        }
    }
    assert!(unexplained.is_empty(), "disagreements without a reason: {unexplained:#?}");
    for (setup, ours, theirs, reason) in DISAGREEMENTS {
        let class = (*setup, *ours, *theirs);
        assert!(seen.contains_key(&class), "no longer so: {class:?} {reason}");
    }
    // The tokens are neither all good nor all rubbish.
    assert_eq!(agreements.len(), 4);
    assert!(agreements.values().all(|count| *count > TOKENS_PER_KIND / 4), "{agreements:?}");
}
