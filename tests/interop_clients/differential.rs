//! The same tokens to this verifier, to aws-jwt-verify and to jose. Wherever two of them disagree, a
//! row of the table says why; a row that nothing falls under any more is an error too.
//!
//! ```text
//! cargo test --test interop_clients differential
//! ```

use std::collections::BTreeMap;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{JwtVerifier, UserPool, VerifyError};
use serde_json::{Value, json};

use crate::corpus::{self, Case};
use crate::disagreements::{self, Peer, Refuses};
use crate::peers::Peers;
use crate::pool::say;
use crate::support::{CLIENT_ID, ISSUER, POOL_ID, Signer};

/// What a token is presented as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Access,
    Id,
}

const REDIRECT_URI: &str = "http://localhost:3000/auth/callback";

fn ours(verifier: &JwtVerifier, case: &Case) -> String {
    let verdict = match case.kind {
        Kind::Access => verifier.verify_access_now(&case.token).map(drop),
        Kind::Id => verifier.verify_id_now(&case.token, Default::default()).map(drop),
    };
    match verdict {
        Ok(()) => "accepted".to_owned(),
        Err(VerifyError::ClaimMalformed { claim }) => format!("claim_malformed {claim}"),
        Err(VerifyError::ClaimMissing { claim }) => format!("claim_missing {claim}"),
        Err(error) => error.code().to_owned(),
    }
}

fn pool() -> LocalUserPool {
    let client = LocalClient::public(CLIENT_ID).redirect_uri(REDIRECT_URI);
    let alice = LocalUser::new("alice", "Passw0rd!").email("alice@example.com").group("admins");
    LocalUserPool::builder()
        .pool_id(POOL_ID)
        .client(client)
        .user(alice)
        .in_memory()
        .build()
        .unwrap()
}

/// The pool's own keys, and one to sign tokens with that no pool would.
fn jwks(pool: &LocalUserPool, signer: &Signer) -> Value {
    let mut jwks: Value = serde_json::from_str(&pool.jwks()).unwrap();
    jwks["keys"].as_array_mut().unwrap().push(signer.jwk());
    jwks
}

fn verifier(jwks: &Value) -> JwtVerifier {
    JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
        .client_id(CLIENT_ID)
        .keys(StaticKeySet::from_jwks_json(&jwks.to_string()).unwrap())
        .build()
        .unwrap()
}

/// What aws-jwt-verify and jose say.
async fn theirs(peers: &Peers, jwks: &Value, cases: &[Case]) -> Vec<[String; 2]> {
    let use_of = |kind| if kind == Kind::Access { "access" } else { "id" };
    let tokens: Vec<_> =
        cases.iter().map(|case| json!({"use": use_of(case.kind), "token": case.token})).collect();
    let document = json!({
        "jwks": jwks, "issuer": ISSUER, "poolId": POOL_ID, "clientId": CLIENT_ID, "cases": tokens,
    });
    let name = format!("cognito-auth-{}-{}.json", std::process::id(), cases.len());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, document.to_string()).unwrap();
    let said = peers.run("judges.mjs", &[("CASES", file.display().to_string())]).await;
    std::fs::remove_file(&file).unwrap();
    let verdicts = said.lines().map(|line| {
        let (aws_jwt_verify, jose) = line.split_once('\t').expect("two verdicts");
        [aws_jwt_verify.to_owned(), jose.to_owned()]
    });
    verdicts.collect()
}

#[tokio::test]
async fn every_disagreement_has_a_reason() {
    let Some(peers) = Peers::installed() else { return };
    // The second has the first one's key id.
    let signers = [Signer::new("k1"), Signer::new("k1")];
    let pool = pool();
    let jwks = jwks(&pool, &signers[0]);
    let verifier = verifier(&jwks);
    let mut cases = corpus::good(&pool, REDIRECT_URI).await;
    cases.extend(corpus::one_thing_wrong(&signers[0]));
    cases.extend(corpus::random(&signers));
    let verdicts = theirs(&peers, &jwks, &cases).await;
    assert_eq!(verdicts.len(), cases.len());
    let mut agreements = BTreeMap::new();
    let mut disagreements = BTreeMap::new();
    for (case, verdicts) in cases.iter().zip(&verdicts) {
        let ours = ours(&verifier, case);
        for (peer, theirs) in [Peer::AwsJwtVerify, Peer::Jose].into_iter().zip(verdicts) {
            let (we_accept, they_accept) = (ours == "accepted", theirs == "accepted");
            if we_accept == they_accept {
                *agreements.entry((peer, we_accept)).or_insert(0_usize) += 1;
                continue;
            }
            let (refuses, word) =
                if we_accept { (Refuses::They, theirs) } else { (Refuses::We, &ours) };
            let of_class = disagreements.entry((peer, refuses, word.clone()));
            of_class.or_insert_with(Vec::new).push(case);
        }
    }

    let explained = disagreements::explained();
    let unexplained: Vec<_> = disagreements
        .iter()
        .filter(|(class, _)| !explained.contains(class))
        .map(|(class, cases)| (class, cases.len(), &cases[0]))
        .collect();
    assert!(unexplained.is_empty(), "disagreements without a reason: {unexplained:#?}");
    let gone: Vec<_> =
        explained.iter().filter(|class| !disagreements.contains_key(class)).collect();
    assert!(gone.is_empty(), "no longer so: {gone:#?}");
    // The tokens are neither all good nor all rubbish.
    assert_eq!(agreements.len(), 4);
    assert!(agreements.values().all(|count| *count > cases.len() / 5), "{agreements:?}");
    let agreed = |peer| agreements[&(peer, true)] + agreements[&(peer, false)];
    say(&format!(
        "differential run: {} tokens, agreed on {} with aws-jwt-verify and on {} with jose, the \
         others in {} rows of reasons",
        cases.len(),
        agreed(Peer::AwsJwtVerify),
        agreed(Peer::Jose),
        disagreements::ROWS.len(),
    ));
}

#[tokio::test]
async fn what_a_pool_gives_out_is_accepted_by_all_three() {
    let Some(peers) = Peers::installed() else { return };
    let (pool, signer) = (pool(), Signer::new("k1"));
    let jwks = jwks(&pool, &signer);
    let verifier = verifier(&jwks);
    let good = corpus::good(&pool, REDIRECT_URI).await;
    let verdicts = theirs(&peers, &jwks, &good).await;
    assert_eq!(verdicts.len(), good.len());
    for (case, verdicts) in good.iter().zip(verdicts) {
        assert_eq!(ours(&verifier, case), "accepted", "{}", case.what);
        assert_eq!(verdicts, ["accepted", "accepted"], "{}", case.what);
    }
}
