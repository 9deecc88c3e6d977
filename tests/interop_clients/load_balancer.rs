//! The same tokens of load balancers to this verifier and to aws-jwt-verify's `AlbJwtVerifier`: the corpus of
//! `tests/alb`, and random ones. Wherever the two disagree, a row says why; a row that nothing falls under any more
//! is an error too. `DEEP=1` tries twenty times as many random tokens.

use std::collections::{BTreeMap, BTreeSet};

use cognito_auth::VerifyError;
use cognito_auth::alb::AlbVerifier;
use serde_json::{Value, json};

use crate::forge::{Forge, KEY_ID, OTHER_KEY_ID, Service};
use crate::peers::Peers;
use crate::pool::say;
use crate::support::{CLIENT_ID, ISSUER, NOW, Random};
use crate::world::world;
use crate::{form, header, members, payload, row, signature};

const ALB: Service = Service::LoadBalancer;

/// Who refuses the token; the other one accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refuser {
    We,
    They,
}

use Refuser::{They, We};

const TYPES: &str =
    "not looked at there; here a claim that is handed on has its type, or the token is refused";
const SUBJECT: &str = "not demanded there; here each user has a `sub` that is not empty";
const TWICE: &str =
    "the last of two equal members counts there; here none does (RFC 7515 §4, RFC 7519 §4)";
const TWO_READERS: &str = "JSON that parsers read differently: lone surrogates, numbers beyond every range, any \
     nesting; here the part is refused (RFC 7493 §2)";
const SPELLINGS: &str = "padding in some parts and not in others, in the wrong place or amount, and trailing bits that \
     are not zero are accepted there: one token has many texts then";
const OWN_CLAIMS: &str = "a claim that is not read here, or `null`, which the userInfo endpoint of some providers writes";

const ROWS: &[(Refuser, &str, &str)] = &[
    (We, "claim_malformed email", TYPES),
    (We, "claim_malformed name", TYPES),
    (We, "claim_malformed username", TYPES),
    (
        We,
        "claim_malformed exp",
        "`exp` of the header is not looked at there, and fractions and seconds beyond 2^63 are numbers like any other in the payload",
    ),
    (
        We,
        "claim_malformed nbf",
        "fractions, and seconds beyond 2^63, are numbers like any other there",
    ),
    (We, "claim_malformed sub", SUBJECT),
    (We, "claim_missing sub", SUBJECT),
    (
        We,
        "claim_missing exp",
        "`exp` of the header is not looked at there; AWS documents it in the header",
    ),
    (
        We,
        "expired",
        "`exp` of the header is not looked at there, and a token is good for the second in which it ends",
    ),
    (
        We,
        "issuer_not_allowed",
        "`iss` of the header is not looked at there, only that of the payload; AWS documents it in the header",
    ),
    (
        We,
        "critical_header",
        "`crit` and `b64` are not looked at there; RFC 7515 §4.1.11 makes `crit` a refusal where the extension is not known",
    ),
    (
        We,
        "embedded_key",
        "not looked at there, and never used; here a key, or the address of one, in a token is an attack (RFC 8725 §3.10)",
    ),
    (We, "header_duplicate_member", TWICE),
    (We, "payload_duplicate_member", TWICE),
    (We, "header_not_object", TWO_READERS),
    (We, "payload_not_object", TWO_READERS),
    (We, "header_too_large", "a header may be as long as it likes there"),
    (We, "header_not_base64url", SPELLINGS),
    (We, "payload_not_base64url", SPELLINGS),
    (We, "signature_not_base64url", SPELLINGS),
    (
        They,
        "JwtInvalidIssuerError: Missing Issuer",
        "`iss` of the payload is demanded there; AWS documents it in the header, which is demanded here",
    ),
    (They, "JwtParseError: JWT payload iss claim is not a string", OWN_CLAIMS),
    (They, "JwtParseError: JWT payload aud claim is not a string or array of strings", OWN_CLAIMS),
    (They, "JwtParseError: JWT payload iat claim is not a number", OWN_CLAIMS),
    (They, "JwtParseError: JWT payload scope claim is not a string", OWN_CLAIMS),
];

const RANDOM_TOKENS: usize = 1_500;

fn tokens() -> Vec<String> {
    let rows = [signature::rows(), header::rows(), members::rows(), form::rows(), payload::rows()];
    let rows = rows.iter().flatten().filter(|row| row.services.contains(&ALB));
    // Longer ones are refused for their length, which is a setting there is none of there.
    let mut tokens: Vec<_> =
        rows.map(|row| row.token(ALB)).filter(|token| token.len() < 100_000).collect();
    let count = if std::env::var_os("DEEP").is_some() { 20 * RANDOM_TOKENS } else { RANDOM_TOKENS };
    let mut random = Random(20_261_129);
    tokens.extend((0..count).map(|_| random_token(&mut random)));
    tokens
}

/// Up to three things done to a good token.
fn random_token(random: &mut Random) -> String {
    let mut forge = Forge::good(ALB);
    for _ in 0..random.below(4) {
        forge = spoil(forge, random);
    }
    let mut token = forge.token();
    if random.chance(8) {
        let at = random.below(token.len());
        let edit = random.pick(&["=", "", ".", "A", "+", " "]);
        token.replace_range(at..=at, edit);
    }
    token
}

fn spoil(forge: Forge, random: &mut Random) -> Forge {
    let value = value(random);
    let in_header = ["alg", "kid", "typ", "signer", "iss", "client", "exp", "crit", "x5u", "a"];
    let in_payload = ["sub", "iss", "exp", "nbf", "iat", "aud", "email", "username", "scope", "a"];
    match random.below(9) {
        0 | 1 => forge.header(random.pick::<&str>(&in_header), value),
        2 | 3 => forge.claim(random.pick::<&str>(&in_payload), value),
        4 => forge.no_header(random.pick::<&str>(&in_header)),
        5 => forge.no_claim(random.pick::<&str>(&in_payload)),
        6 => forge.padded(false),
        7 => forge.by_stranger(),
        _ => {
            let name = random.pick::<&str>(&in_header);
            forge.header_last(&format!("\"{name}\":{value}"))
        }
    }
}

/// Times keep a distance from now: theirs is read in fractions of a second.
fn value(random: &mut Random) -> Value {
    let values = [
        Value::Null,
        json!(true),
        json!(1),
        json!(NOW + 1000),
        json!(NOW - 1000),
        json!(""),
        json!("other"),
        json!(KEY_ID),
        json!(OTHER_KEY_ID),
        json!(ISSUER),
        json!([ISSUER]),
        json!(CLIENT_ID),
        json!([CLIENT_ID]),
        json!(ALB.arn()),
        json!("ES256"),
        json!({"a": 1}),
    ];
    random.pick(&values).clone()
}

async fn ours(verifier: &AlbVerifier, token: &str) -> String {
    match verifier.verify(token).await {
        Ok(_) => "accepted".to_owned(),
        Err(VerifyError::ClaimMalformed { claim }) => format!("claim_malformed {claim}"),
        Err(VerifyError::ClaimMissing { claim }) => format!("claim_missing {claim}"),
        Err(error) => error.code().to_owned(),
    }
}

async fn theirs(peers: &Peers, tokens: &[String]) -> Vec<String> {
    let keys = json!([
        {"kid": KEY_ID, "pem": world().public_pem(ALB)},
        {"kid": OTHER_KEY_ID, "pem": world().stranger_pem(ALB)},
    ]);
    let document = json!({
        "now": NOW, "albArn": ALB.arn(), "issuer": ISSUER, "clientId": CLIENT_ID, "keys": keys,
        "tokens": tokens,
    });
    let file = std::env::temp_dir().join(format!("cognito-auth-alb-{}.json", std::process::id()));
    std::fs::write(&file, document.to_string()).unwrap();
    let said = peers.run("alb_judge.mjs", &[("CASES", file.display().to_string())]).await;
    std::fs::remove_file(&file).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_disagreement_has_a_reason() {
    let Some(peers) = Peers::installed() else { return };
    let tokens = tokens();
    let verdicts = theirs(&peers, &tokens).await;
    assert_eq!(verdicts.len(), tokens.len());
    let server = world().serve(ALB).await;
    let verifier = row::verifier(ALB, &server).build().unwrap();
    let mut agreements = BTreeMap::new();
    let mut disagreements = BTreeMap::new();
    for (token, theirs) in tokens.iter().zip(&verdicts) {
        let ours = ours(&verifier, token).await;
        let (we_accept, they_accept) = (ours == "accepted", theirs == "accepted");
        if we_accept == they_accept {
            *agreements.entry(we_accept).or_insert(0_usize) += 1;
            continue;
        }
        let class = if we_accept { (They, theirs.clone()) } else { (We, ours) };
        disagreements.entry(class).or_insert_with(Vec::new).push(token);
    }
    let explained: BTreeSet<_> =
        ROWS.iter().map(|(refuser, word, _)| (*refuser, (*word).to_owned())).collect();
    assert_eq!(explained.len(), ROWS.len(), "a class has two rows");
    let unexplained: Vec<_> = disagreements
        .iter()
        .filter(|(class, _)| !explained.contains(class))
        .map(|(class, tokens)| (class, tokens.len(), tokens[0].get(..400)))
        .collect();
    assert!(unexplained.is_empty(), "disagreements without a reason: {unexplained:#?}");
    let gone: Vec<_> =
        explained.iter().filter(|class| !disagreements.contains_key(class)).collect();
    assert!(gone.is_empty(), "no longer so: {gone:#?}");
    assert!(agreements.values().all(|count| *count > 50), "{agreements:?}");
    say(&format!(
        "load balancers: {} tokens, agreed on {}, the others in {} rows of reasons",
        tokens.len(),
        agreements.values().sum::<usize>(),
        ROWS.len(),
    ));
}
