//! What a verification costs, in signature checks. `cargo bench --bench verify`; benches/README.md
//! says how it is measured, and what came out.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "verify/harness.rs"]
mod harness;
#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, UserPool};
use harness::{Contestant, print, race};
use serde::Deserialize;
use serde_json::Value;
use support::{CLIENT_ID, ISSUER, POOL_ID, Signer, access_payload, jwks, with};

const MOMENT: Duration = Duration::from_micros(2500);

struct Settings {
    rounds: usize,
    /// Live tokens beside the 10,000, for the row that does not fit into any cache of the processor.
    live: usize,
}

impl Settings {
    fn read() -> Self {
        let arguments: Vec<_> = std::env::args().collect();
        let number = |name: &str, default| {
            let at = arguments.iter().position(|argument| argument == name);
            at.map_or(default, |at| arguments[at + 1].parse().unwrap())
        };
        Self { rounds: number("--rounds", 101), live: number("--live", 0) }
    }
}

struct World {
    signer: Signer,
    other: Signer,
    now: u64,
}

impl World {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        // Key ids as long as Cognito's.
        let [signer, other] = ["k", "o"].map(|id| Signer::new(&id.repeat(44)));
        Self { signer, other, now }
    }

    fn payload(&self) -> Value {
        let times = [("auth_time", 0), ("iat", 0), ("exp", 86_400)];
        times.iter().fold(access_payload(), |payload, (name, ahead)| {
            with(payload, name, Some((self.now + ahead).into()))
        })
    }

    /// As Cognito writes it: with escaped slashes.
    fn sign(&self, payload: &Value) -> String {
        self.signer.sign_raw(self.signer.header(), payload.to_string().replace('/', r"\/"))
    }

    fn numbered(&self, count: usize) -> Vec<String> {
        let payload = self.payload();
        let token = |number: usize| {
            let jti = format!("5e0d9a1b-0000-4000-8000-{number:012}");
            self.sign(&with(payload.clone(), "jti", Some(jti.into())))
        };
        let half = count / 2;
        std::thread::scope(|scope| {
            let second = scope.spawn(|| (half..count).map(token).collect::<Vec<_>>());
            let mut tokens: Vec<_> = (0..half).map(token).collect();
            tokens.extend(second.join().unwrap());
            tokens
        })
    }

    fn builder(&self) -> JwtVerifierBuilder {
        JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
            .client_id(CLIENT_ID)
            .require_scope("orders/read")
            .require_any_group(["admins", "owners"])
            .keys(StaticKeySet::from_jwks_json(&jwks(&[&self.other, &self.signer])).unwrap())
    }

    fn with_revocations(&self, count: usize) -> JwtVerifierBuilder {
        let store = Arc::new(MemoryRevocations::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for number in 0..count {
            for revocation in [
                Revocation::token(format!("token-{number}"), self.now),
                Revocation::session(format!("session-{number}"), self.now),
                Revocation::user(format!("user-{number}"), self.now),
            ] {
                runtime.block_on(store.revoke(&revocation)).unwrap();
            }
        }
        self.builder().revocations(store)
    }
}

/// The check of one token's signature and nothing else: what everything is compared with.
fn raw<'a>(world: &World, token: &'a str) -> Contestant<'a> {
    let modulus = world.signer.modulus();
    let key: ParsedPublicKey = RsaPublicKeyComponents { n: modulus.as_slice(), e: &[1, 0, 1][..] }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .unwrap();
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let signature = support::decode(signature);
    let mut spoiled = signature.clone();
    spoiled[0] ^= 1;
    key.verify_sig(signing_input.as_bytes(), &spoiled).unwrap_err();
    Contestant {
        name: "raw: aws-lc-rs, key parsed before".into(),
        operation: Box::new(move |_, _| {
            key.verify_sig(signing_input.as_bytes(), &signature).unwrap();
        }),
    }
}

/// One token again and again.
fn one<'a>(name: &str, verifier: JwtVerifier, token: &'a str) -> Contestant<'a> {
    let spoiled = token.replacen(token.rsplit_once('.').unwrap().1, &"A".repeat(342), 1);
    assert_eq!(verifier.verify_access_now(&spoiled).unwrap_err().code(), "signature_invalid");
    verifier.verify_access_now(token).unwrap();
    Contestant {
        name: name.into(),
        operation: Box::new(move |_, _| {
            std::hint::black_box(verifier.verify_access_now(token).unwrap());
        }),
    }
}

/// Any of these tokens; they are all remembered.
fn random<'a>(name: String, verifier: JwtVerifier, tokens: &'a [String]) -> Contestant<'a> {
    for token in tokens {
        verifier.verify_access_now(token).unwrap();
    }
    let entries = format!("entries: {}", tokens.len());
    assert!(format!("{verifier:?}").contains(&entries), "{verifier:?}");
    Contestant {
        name,
        operation: Box::new(move |thread, call| {
            let token = &tokens[at_random(thread, call) % tokens.len()];
            std::hint::black_box(verifier.verify_access_now(token).unwrap());
        }),
    }
}

/// The same tokens, each copied into one buffer first, as a request that was just received lies in
/// the processor's cache. Without a verifier: the copy alone.
fn received<'a>(
    name: String,
    verifier: Option<JwtVerifier>,
    tokens: &'a [String],
) -> Contestant<'a> {
    for (verifier, token) in verifier.iter().flat_map(|one| tokens.iter().map(move |t| (one, t))) {
        verifier.verify_access_now(token).unwrap();
    }
    let buffers = [0, 1].map(|_| std::sync::Mutex::new(String::with_capacity(2048)));
    Contestant {
        name,
        operation: Box::new(move |thread, call| {
            let mut buffer = buffers[thread].lock().unwrap();
            buffer.clear();
            buffer.push_str(&tokens[at_random(thread, call) % tokens.len()]);
            match &verifier {
                Some(verifier) => drop(std::hint::black_box(verifier.verify_access_now(&buffer))),
                None => drop(std::hint::black_box(&buffer)),
            }
        }),
    }
}

fn at_random(thread: usize, call: usize) -> usize {
    ((((call * 2 + thread) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 20) as usize
}

/// Every token once, then from the start: none is remembered long enough.
fn flood<'a>(name: &str, verifier: JwtVerifier, tokens: &'a [String]) -> Contestant<'a> {
    Contestant {
        name: name.into(),
        operation: Box::new(move |_, call| {
            let token = &tokens[call % tokens.len()];
            std::hint::black_box(verifier.verify_access_now(token).unwrap());
        }),
    }
}

fn refusal<'a>(code: &'static str, verifier: &JwtVerifier, token: String) -> Contestant<'a> {
    let verifier = verifier.clone();
    assert_eq!(verifier.verify_access_now(&token).unwrap_err().code(), code);
    Contestant {
        name: format!("refused: {code}"),
        operation: Box::new(move |_, _| {
            std::hint::black_box(verifier.verify_access_now(&token).unwrap_err());
        }),
    }
}

fn refusals<'a>(world: &World, verifier: &JwtVerifier, good: &str) -> Vec<Contestant<'a>> {
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signing_input.split_once('.').unwrap();
    let of_payload = |json: &str| format!("{header}.{}.{signature}", support::encode(json));
    let change = |name: &str, value: &str| {
        let payload = with(world.payload(), name, Some(value.into())).to_string();
        of_payload(&payload.replace('/', r"\/"))
    };
    let twice = world.payload().to_string().replacen('{', r#"{"jti":"again","#, 1);
    let of_header = |json: &str| format!("{}.{payload}.{signature}", support::encode(json));
    let no_dots = good.replace('.', "");
    let expired = with(world.payload(), "exp", Some((world.now - 1).into()));
    vec![
        refusal("not_three_parts", verifier, no_dots),
        refusal("payload_not_base64url", verifier, format!("{header}.{payload}+.{signature}")),
        refusal("payload_duplicate_member", verifier, of_payload(&twice)),
        refusal("algorithm_not_allowed", verifier, of_header(r#"{"kid":"k","alg":"HS256"}"#)),
        refusal("issuer_not_allowed", verifier, change("iss", &format!("{ISSUER}x"))),
        refusal("unknown_key", verifier, of_header(r#"{"kid":"nobody","alg":"RS256"}"#)),
        refusal("signature_invalid", verifier, change("username", "eve")),
        refusal("expired", verifier, world.sign(&expired)),
    ]
}

/// The most used peer, set up as well as it goes: keys by their id, a typed struct.
fn jsonwebtoken<'a>(world: &World, token: &'a str) -> Contestant<'a> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Claims {
        sub: String,
        iss: String,
        client_id: String,
        token_use: String,
        scope: String,
        username: String,
        #[serde(rename = "cognito:groups")]
        groups: Vec<String>,
        jti: String,
        origin_jti: String,
        exp: u64,
        iat: u64,
        auth_time: u64,
    }

    let keys: HashMap<_, _> = [&world.signer, &world.other]
        .map(|signer| {
            let modulus = support::encode(signer.modulus());
            let key = DecodingKey::from_rsa_components(&modulus, "AQAB").unwrap();
            (signer.key_id.clone(), key)
        })
        .into();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    validation.validate_aud = false;
    validation.leeway = 0;
    let verify = move |token: &str| -> Option<Claims> {
        let key = keys.get(&decode_header(token).ok()?.kid?)?;
        let claims: Claims = decode(token, key, &validation).ok()?.claims;
        let allowed = claims.client_id == CLIENT_ID
            && claims.token_use == "access"
            && claims.scope.split(' ').any(|scope| scope == "orders/read")
            && claims.groups.iter().any(|group| group == "admins" || group == "owners");
        allowed.then_some(claims)
    };
    let spoiled = token.replacen(token.rsplit_once('.').unwrap().1, &"A".repeat(342), 1);
    assert!(verify(&spoiled).is_none());
    Contestant {
        name: "jsonwebtoken 11, aws_lc_rs, typed struct".into(),
        operation: Box::new(move |_, _| {
            std::hint::black_box(verify(token).unwrap());
        }),
    }
}

fn main() {
    let Settings { rounds, live } = Settings::read();
    let world = World::new();
    let (tokens, more) = (world.numbered(10_000), world.numbered(live));
    let good = tokens[0].as_str();
    let build = |builder: JwtVerifierBuilder| builder.build().unwrap();
    let cold = |builder: JwtVerifierBuilder| build(builder.without_cache());
    let room = |tokens: &[String]| build(world.builder().cache_size(tokens.len() * 2));
    println!("token: {} bytes; {rounds} rounds of {MOMENT:?} for each contestant", good.len());

    let mut whole = vec![
        raw(&world, good),
        one("whole verification, not seen before", cold(world.builder()), good),
        one("the same, 30,000 revocations", cold(world.with_revocations(10_000)), good),
        flood(
            "not seen before, cache full of others",
            build(world.builder().cache_size(1000)),
            &tokens,
        ),
        jsonwebtoken(&world, good),
        one("seen before, one token", build(world.builder()), good),
        one("the same, 30,000 revocations", build(world.with_revocations(10_000)), good),
        random("seen before, 10,000 at random".into(), room(&tokens), &tokens),
        received("copy of a request, 10,000 at random".into(), None, &tokens),
        received("copy, then seen before, 10,000 at random".into(), Some(room(&tokens)), &tokens),
    ];
    if live > 0 {
        whole.push(random(format!("seen before, {live} at random"), room(&more), &more));
    }
    print("One thread", &race(&whole, rounds, MOMENT, 1));
    print("Two threads", &race(&whole, rounds, MOMENT * 2, 2));

    let mut refused = vec![raw(&world, good)];
    refused.extend(refusals(&world, &build(world.builder()), good));
    print("Refusals, one thread", &race(&refused, rounds, MOMENT, 1));
}
